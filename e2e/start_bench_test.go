package e2e

import (
	"errors"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkStart measures what the program takes before it asks a runtime anything, from its start to its end as a process: with
// no command of a runtime on PATH, that is all that get does.
//
//	make bench-start
func BenchmarkStart(b *testing.B) {
	bin, err := programs()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for _, run := range []struct {
		name  string
		words []string
		code  int
	}{
		{"version", []string{"version"}, 0},
		{"help", []string{"--help"}, 0},
		{"get", []string{"get", "pods"}, 1},
	} {
		b.Run(run.name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), filepath.Join(bin, "kubehost"), run.words...)
				cmd.Env = []string{"PATH=" + dir, "KUBEHOST_STATE_DIR=" + dir}
				err := cmd.Run()
				if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
					b.Fatal(err)
				}
				if got := cmd.ProcessState.ExitCode(); got != run.code {
					b.Fatalf("exit code %d, want %d", got, run.code)
				}
			}
		})
	}
}
