package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"time"

	"github.com/kubehost/kubehost/runtime/pause"
)

// image is what all containers run: kubehost's own pause, a process that sleeps until SIGTERM.
const image = "localhost/kubehost-bench:1"

// patience is the longest that one command may take.
const patience = 10 * time.Minute

// host is one runtime, and a directory for what is measured on it.
type host struct {
	runtime, dir string
	kubehost     string
}

// prepare brings the image into the runtime.
func (h host) prepare(ctx context.Context) error {
	ref, archive, err := pause.Image(goruntime.GOARCH)
	if err != nil {
		return err
	}
	load := exec.CommandContext(ctx, h.runtime, "load", "--quiet")
	load.Stdin = bytes.NewReader(archive)
	out, err := load.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	// Podman loads it as localhost/…, and says so.
	_, loaded, _ := strings.Cut(strings.TrimSpace(string(out)), ": ")
	if loaded == "" {
		loaded = ref
	}
	return h.run(ctx, nil, h.runtime, "tag", loaded, image)
}

// run runs a command to its end. What it printed is told only when it fails.
func (h host) run(ctx context.Context, env []string, argv ...string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	out, err := os.Create(filepath.Join(h.dir, "output"))
	if err != nil {
		return err
	}
	defer out.Close()
	// A file, because a supervisor that outlives its command would keep a pipe open.
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, text)
	}
	return nil
}

// running counts the containers that the names begin with the prefix of what is measured, and that run.
func (h host) running(ctx context.Context) (int, error) {
	out, err := exec.CommandContext(ctx, h.runtime, "ps", "--filter", "name=kb-", "--format", "{{.Names}} {{.Image}}").Output()
	n := 0
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, image) {
			n++
		}
	}
	return n, err
}
