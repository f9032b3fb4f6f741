package docker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kubehost/kubehost/runtime"
)

// ErrPodman says that the command "docker" is podman under another name, or speaks to podman's service.
var ErrPodman = errors.New("docker is really podman")

// Probe says whether a docker engine answers: its version, or what is wrong. ErrPodman is
// returned when there is no docker engine behind the command docker, but podman.
func Probe(ctx context.Context, r runtime.Runner) (version string, problem *runtime.Tried, err error) {
	path, err := exec.LookPath("docker")
	if err != nil {
		return "", &runtime.Tried{Name: "docker", Problem: "the command docker is not on the PATH",
			Hint: "install docker (Debian: apt-get install docker.io), or podman"}, nil
	}
	if isPodman(ctx, r, path) {
		return "", nil, ErrPodman
	}
	res, err := r.Run(ctx, runtime.Command{Argv: []string{"docker", "version", "--format",
		"{{.Server.Version}}{{range .Server.Components}} {{.Name}}{{end}}"}})
	if err != nil {
		return "", &runtime.Tried{Name: "docker", Problem: err.Error()}, nil
	}
	if res.Code != 0 {
		return "", unanswered(string(res.Stderr)), nil
	}
	if strings.Contains(string(res.Stdout), "Podman Engine") {
		return "", nil, ErrPodman
	}
	version, _, _ = strings.Cut(strings.TrimSpace(string(res.Stdout)), " ")
	return version, nil, nil
}

// isPodman recognises podman-docker: a symlink to podman, or a script that runs it. Only a
// script is asked: docker itself would tell by its server, in the call that follows.
func isPodman(ctx context.Context, r runtime.Runner, path string) bool {
	if target, err := filepath.EvalSymlinks(path); err == nil && filepath.Base(target) == "podman" {
		return true
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [2]byte
	if _, err := io.ReadFull(f, head[:]); err != nil || string(head[:]) != "#!" {
		return false
	}
	res, err := r.Run(ctx, runtime.Command{Argv: []string{"docker", "--version"}})
	return err == nil && bytes.Contains(bytes.ToLower(res.Stdout), []byte("podman"))
}

// unanswered turns what docker says of an engine that does not answer into what to do.
func unanswered(stderr string) *runtime.Tried {
	t := &runtime.Tried{Name: "docker", Problem: "the docker engine does not answer",
		Hint: "start it: systemctl start docker"}
	switch text := strings.ToLower(stderr); {
	case strings.Contains(text, "permission denied"):
		t.Problem = "this user may not speak to the docker engine"
		t.Hint = "run kubehost as root, add the user to the group docker, or use rootless podman"
	case strings.Contains(text, "cannot connect"), strings.Contains(text, "failed to connect"):
		if strings.Contains(text, "unix:///run/user/") { // in a user's runtime directory
			t.Hint = "start it: systemctl --user start docker"
		}
	default:
		t.Problem += ": " + strings.TrimSpace(stderr)
	}
	return t
}
