package docker

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
)

// only makes PATH a directory with these scripts, which see nothing but what a shell has built in.
func only(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return dir
}

// says is a docker whose --version and version print these, with the status of the second.
func says(cli, server, stderr, status string) string {
	return `case "$1" in --version) echo '` + cli + `';; version) echo '` + server + `'; echo '` + stderr + `' >&2; exit ` + status + `;; *) exit 99;; esac`
}

func TestProbe(t *testing.T) {
	const cli = "Docker version 26.1.3, build b72abbb"
	dead := &runtime.Tried{Name: "docker", Problem: "the docker engine does not answer", Hint: "start it: systemctl start docker"}
	tests := []struct {
		name    string
		scripts map[string]string
		version string
		problem *runtime.Tried
		err     error
	}{
		{name: "no docker", problem: &runtime.Tried{Name: "docker", Problem: "the command docker is not on the PATH",
			Hint: "install docker (Debian: apt-get install docker.io), or podman"}},
		{name: "an engine", scripts: map[string]string{"docker": says(cli, "26.1.3 Engine containerd runc docker-init", "", "0")}, version: "26.1.3"},
		{name: "an old engine", scripts: map[string]string{"docker": says(cli, "20.10.24+dfsg1 Engine", "", "0")}, version: "20.10.24+dfsg1"},
		{name: "no engine", scripts: map[string]string{"docker": says(cli, "", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "1")}, problem: dead},
		{name: "no engine, in the words of a newer docker", scripts: map[string]string{"docker": says(cli, "", "failed to connect to the docker API at unix:///var/run/docker.sock", "1")}, problem: dead},
		{name: "no engine of a user", scripts: map[string]string{"docker": says(cli, "", "Cannot connect to the Docker daemon at unix:///run/user/1000/docker.sock. Is the docker daemon running?", "1")},
			problem: &runtime.Tried{Name: "docker", Problem: dead.Problem, Hint: "start it: systemctl --user start docker"}},
		{name: "no permission", scripts: map[string]string{"docker": says(cli, "", "permission denied while trying to connect to the Docker daemon socket", "1")},
			problem: &runtime.Tried{Name: "docker", Problem: "this user may not speak to the docker engine",
				Hint: "run kubehost as root, add the user to the group docker, or use rootless podman"}},
		{name: "another problem", scripts: map[string]string{"docker": says(cli, "", "context \"x\": not found", "1")},
			problem: &runtime.Tried{Name: "docker", Problem: "the docker engine does not answer: context \"x\": not found", Hint: dead.Hint}},
		{name: "podman-docker", scripts: map[string]string{"docker": says("podman version 4.3.1", "4.3.1", "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.", "0")}, err: ErrPodman},
		{name: "podman's service", scripts: map[string]string{"docker": says(cli, "4.3.1 Podman Engine Conmon OCI Runtime (runc)", "", "0")}, err: ErrPodman},
		{name: "a script around docker that speaks of podman", scripts: map[string]string{
			"docker": "# use podman if you can\n" + says(cli, "26.1.3 Engine", "", "0")}, version: "26.1.3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			only(t, test.scripts)
			check(t, test.version, test.problem, test.err)
		})
	}
}

func check(t *testing.T, wantVersion string, wantProblem *runtime.Tried, wantErr error) {
	t.Helper()
	version, problem, err := Probe(t.Context(), runtime.Exec{})
	if version != wantVersion || !errors.Is(err, wantErr) {
		t.Errorf("got %q, %v", version, err)
	}
	if diff := cmp.Diff(wantProblem, problem); diff != "" {
		t.Error(diff)
	}
}

// TestProbeSymlink: Fedora's podman-docker was a symlink once; it needs no question.
func TestProbeSymlink(t *testing.T) {
	dir := only(t, map[string]string{"podman": "exit 99"})
	if err := os.Symlink("podman", filepath.Join(dir, "docker")); err != nil {
		t.Fatal(err)
	}
	check(t, "", nil, ErrPodman)
}

// TestProbeBroken: a docker that cannot be run is a problem with a text, no failure of kubehost.
func TestProbeBroken(t *testing.T) {
	dir := only(t, nil)
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte("\x7fELF, not really"), 0o755); err != nil {
		t.Fatal(err)
	}
	version, problem, err := Probe(t.Context(), runtime.Exec{})
	if version != "" || problem == nil || problem.Problem == "" || err != nil {
		t.Errorf("got %q, %v, %v", version, problem, err)
	}
}
