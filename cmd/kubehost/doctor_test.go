package main

import (
	"bytes"
	"errors"
	"os/exec"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/settings"
)

// foundText is a diagnosis as it is printed.
func foundText(d *diagnosis) string {
	var out bytes.Buffer
	d.print(&program{stdout: &out})
	return out.String()
}

// TestServiceManager: what apply would refuse is an error here, too.
func TestServiceManager(t *testing.T) {
	none := errors.New("systemd is not the service manager of this host")
	for _, test := range []struct {
		asked   string
		answers error
		failed  bool
		want    string
	}{
		{"", nil, false, "ok  service manager: systemd\n"},
		{settings.SupervisorSystemd, nil, false, "ok  service manager: systemd\n"},
		{settings.SupervisorSystemd, none, true, "!!  service manager: systemd is not the service manager of this host\n    hint: choose --supervisor=detached\n"},
		{"", none, false, "--  service manager: systemd is not the service manager of this host: each pod has a detached process, which nothing starts at boot\n    hint: call kubehost apply at boot\n"},
		{settings.SupervisorDetached, none, false, "ok  service manager: none: each pod has a detached process, as is set\n"},
		{settings.SupervisorNone, nil, false, "ok  service manager: none: restarts are left to the runtime, as is set\n"},
	} {
		d := &diagnosis{}
		d.serviceManager(&program{}, test.asked, test.answers)
		if diff := cmp.Diff(test.want, foundText(d)); diff != "" || d.failed != test.failed {
			t.Errorf("%q, %v: failed %v (-want +got):\n%s", test.asked, test.answers, d.failed, diff)
		}
	}
}

// TestPodmanTools: podman's own configuration tells where its programs are.
func TestPodmanTools(t *testing.T) {
	const dns, noDNS = "ok  container DNS: aardvark-dns\n",
		"!!  container DNS: aardvark-dns was not found: pods cannot find one another by name\n    hint: install it (Debian: apt-get install netavark aardvark-dns)\n"
	there := &fstest.MapFile{}
	conf := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for _, test := range []struct {
		what, version string
		user          bool
		files         fstest.MapFS
		env           map[string]string
		onPath, want  string
	}{
		{"usual", "4.3.1", false, fstest.MapFS{"usr/lib/podman/aardvark-dns": there}, nil, "", dns},
		{"nothing", "4.3.1", false, nil, nil, "", noDNS},
		{"a directory of the host's", "4.3.1", false, fstest.MapFS{"opt/podman/aardvark-dns": there,
			"etc/containers/containers.conf": conf("[engine]\nhelper_binaries_dir = [\n  \"$BINDIR\",\n  \"/opt/podman\",\n]\n")}, nil, "", dns},
		{"a directory of a drop-in", "4.3.1", false, fstest.MapFS{"opt/podman/aardvark-dns": there,
			"home/bob/.config/containers/containers.conf.d/a.conf": conf("[engine]\nhelper_binaries_dir=['/opt/podman']\n")}, nil, "", dns},
		{"a directory that is a comment", "4.3.1", false, fstest.MapFS{"opt/podman/aardvark-dns": there,
			"etc/containers/containers.conf": conf("#helper_binaries_dir = [\"/opt/podman\"]\n")}, nil, "", noDNS},
		{"a directory of the environment", "4.3.1", false, fstest.MapFS{"opt/podman/aardvark-dns": there}, map[string]string{"CONTAINERS_HELPER_BINARY_DIR": "/opt/podman"}, "", dns},
		{"a user", "4.3.1", true, fstest.MapFS{"usr/lib/podman/aardvark-dns": there}, nil, "slirp4netns", dns + "ok  network of a user: slirp4netns\n"},
		{"an old podman", "4.9.0", true, fstest.MapFS{"usr/lib/podman/aardvark-dns": there}, nil, "pasta", dns +
			"!!  network of a user: slirp4netns was not found: podman cannot start containers of a user\n    hint: install it (Debian: apt-get install slirp4netns)\n"},
		{"a new podman", "5.4.2", true, fstest.MapFS{"usr/lib/podman/aardvark-dns": there}, nil, "pasta", dns + "ok  network of a user: pasta\n"},
		{"a new podman without", "5.4.2", true, fstest.MapFS{"usr/lib/podman/aardvark-dns": there}, nil, "", dns +
			"!!  network of a user: pasta or slirp4netns was not found: podman cannot start containers of a user\n    hint: install one (Debian: apt-get install passt)\n"},
	} {
		d := &diagnosis{}
		d.podmanTools(podmanTools{root: test.files, config: "/home/bob/.config", getenv: func(name string) string { return test.env[name] },
			lookPath: func(name string) (string, error) {
				if name == test.onPath {
					return name, nil
				}
				return "", exec.ErrNotFound
			}}, test.user, test.version)
		if diff := cmp.Diff(test.want, foundText(d)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
}
