package podman

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
)

func TestProbe(t *testing.T) {
	tests := []struct {
		name, script string
		version      string
		problem      *runtime.Tried
	}{
		{name: "no podman", problem: &runtime.Tried{Name: "podman", Problem: "the command podman is not on the PATH",
			Hint: "install podman (Debian: apt-get install podman)"}},
		{name: "podman", script: "echo 4.3.1", version: "4.3.1"},
		{name: "broken", script: "echo 'Error: cannot open database' >&2; exit 125",
			problem: &runtime.Tried{Name: "podman", Problem: "Error: cannot open database", Hint: "see why with: podman info"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if test.script != "" {
				if err := os.WriteFile(filepath.Join(dir, "podman"), []byte("#!/bin/sh\n"+test.script+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", dir)
			version, problem := Probe(t.Context(), runtime.Exec{})
			if version != test.version {
				t.Errorf("got %q", version)
			}
			if diff := cmp.Diff(test.problem, problem); diff != "" {
				t.Error(diff)
			}
		})
	}
}
