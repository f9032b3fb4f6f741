package podman

import (
	"context"
	"os/exec"
	"strings"

	"github.com/kubehost/kubehost/runtime"
)

// Probe says whether podman can be used: its version, or what is wrong.
func Probe(ctx context.Context, r runtime.Runner) (version string, problem *runtime.Tried) {
	if _, err := exec.LookPath("podman"); err != nil {
		return "", &runtime.Tried{Name: "podman", Problem: "the command podman is not on the PATH",
			Hint: "install podman (Debian: apt-get install podman)"}
	}
	res, err := r.Run(ctx, runtime.Command{Argv: []string{"podman", "version", "--format", "{{.Client.Version}}"}})
	if err != nil {
		return "", &runtime.Tried{Name: "podman", Problem: err.Error()}
	}
	if res.Code != 0 {
		return "", &runtime.Tried{Name: "podman", Problem: strings.TrimSpace(string(res.Stderr)),
			Hint: "see why with: podman info"}
	}
	return strings.TrimSpace(string(res.Stdout)), nil
}
