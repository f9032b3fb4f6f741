package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"runtme: docker\n", "FILE: \"runtme\" is no setting\n  hint: did you mean runtime?"},
		{"port: 1\n", "FILE: \"port\" is no setting\n  hint: it may hold runtime, volumeBaseDir, stateDir, seccompDir, supervisor"},
		{"runtime: [docker\n", "FILE: line 1: did not find"},
		{"stateDir: here\n", "FILE: stateDir: \"here\" is not an absolute path"},
	} {
		name := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		p := &program{getenv: func(string) string { return "" }}
		_, _, err := p.config(name)
		if err == nil || !strings.HasPrefix(strings.Replace(err.Error(), name, "FILE", 1), test.want) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}

func TestDefaultsWithoutHome(t *testing.T) {
	p := &program{euid: 4294967000, getenv: func(string) string { return "" }}
	if d := p.defaults(); d.StateDir != "/.local/state/kubehost" {
		t.Errorf("state in %s", d.StateDir)
	}
}
