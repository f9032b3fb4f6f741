package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime/systemd"
)

// TestUnitEnv: services have what says where a runtime and registries are, but nothing that is a secret.
func TestUnitEnv(t *testing.T) {
	t.Setenv("PATH", usualPath)
	config := t.TempDir()
	env := map[string]string{"XDG_DATA_HOME": "/srv/data", "XDG_CONFIG_HOME": config, "CONTAINERS_CONF_OVERRIDE": "/etc/c.conf", "REGISTRY_AUTH_FILE": "/etc/auth.json",
		"HTTP_PROXY": "http://proxy:3128", "https_proxy": "http://bob:pw@proxy:3128", "NO_PROXY": "127.0.0.1", "EDITOR": "vi"}
	var stderr bytes.Buffer
	p := &program{euid: 1000, getenv: func(name string) string { return env[name] }, stderr: &stderr}
	got, secret := p.unitEnv("podman")
	want := []systemd.Variable{{Name: "CONTAINERS_CONF_OVERRIDE", Value: "/etc/c.conf"}, {Name: "HTTP_PROXY", Value: "http://proxy:3128"}, {Name: "NO_PROXY", Value: "127.0.0.1"},
		{Name: "REGISTRY_AUTH_FILE", Value: "/etc/auth.json"}, {Name: "XDG_CONFIG_HOME", Value: config}, {Name: "XDG_DATA_HOME", Value: "/srv/data"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"https_proxy"}, secret); diff != "" {
		t.Errorf("secret (-want +got):\n%s", diff)
	}

	p.userUnits.Do(func() { p.userUnitDir = config })
	p.warnSecret()
	if text := stderr.String(); !strings.HasPrefix(text, "warning: https_proxy may have a password") || strings.Contains(text, "pw") || !strings.Contains(text, config+"/kubehost-.service.d/proxy.conf") {
		t.Errorf("told: %s", text)
	}
	// Who did as told is left in peace.
	stderr.Reset()
	drop := filepath.Join(config, "kubehost-.service.d", "proxy.conf")
	if err := os.MkdirAll(filepath.Dir(drop), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(drop, []byte("[Service]\nEnvironmentFile=/home/bob/proxy\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if p.warnSecret(); stderr.Len() > 0 {
		t.Errorf("told: %s", stderr.String())
	}
}

// TestLastingPath: a symlink that leads to the program will lead to the next one, too.
func TestLastingPath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	versioned, other := filepath.Join(dir, "1.2", "kubehost"), filepath.Join(dir, "1.3", "kubehost")
	link, open := filepath.Join(dir, "bin", "kubehost"), filepath.Join(dir, "open", "kubehost")
	for _, name := range []string{versioned, other, link, open} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{versioned, other} {
		if err := os.WriteFile(name, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{link, open} {
		if err := os.Symlink(versioned, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Dir(open), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ what, path, called, resolved, want string }{
		{"found by its name", filepath.Dir(link), "kubehost", versioned, link},
		{"called by the link", usualPath, link, versioned, link},
		{"called by the program, found by the link", filepath.Dir(link), versioned, versioned, link},
		{"only itself", usualPath, versioned, versioned, versioned},
		{"another is found", filepath.Dir(other), "kubehost", versioned, versioned},
		{"a link that anybody may change", filepath.Dir(open), open, versioned, versioned},
		{"a usual directory", filepath.Dir(link), link, "/usr/bin/kubehost", "/usr/bin/kubehost"},
	} {
		t.Setenv("PATH", test.path)
		if got := lastingPath(test.called, test.resolved); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
}
