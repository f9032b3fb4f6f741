package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// contender is one way to run the pods.
type contender struct {
	name string
	// steps are what is timed, in order: all contenders have the same. The last undoes all.
	steps []step
	// infra is how many containers of the image a pod has besides its two.
	infra int
}

type step struct {
	what string
	do   func(context.Context) error
}

// commands is a contender that is a program, with the command of each step.
func (h host) commands(name string, env []string, first, second, change, undo []string) contender {
	c := contender{name: name}
	for i, argv := range [][]string{first, second, change, undo} {
		what := []string{"first apply", "second apply", "one pod changed", "delete"}[i]
		c.steps = append(c.steps, step{what, func(ctx context.Context) error { return h.run(ctx, env, argv...) }})
	}
	return c
}

// contenders are the peer of the runtime, when there is one, and kubehost as it comes and without supervisors.
func (h host) contenders(ctx context.Context, f files) []contender {
	var all []contender
	if peer, ok := h.peer(ctx, f); ok {
		all = append(all, peer)
	}
	return append(all, h.kubehostWith("detached", f), h.kubehostWith("none", f))
}

func (h host) kubehostWith(supervisor string, f files, env ...string) contender {
	state := filepath.Join(h.dir, "state")
	env = append(env, "KUBEHOST_RUNTIME="+h.runtime, "KUBEHOST_SUPERVISOR="+supervisor, "KUBEHOST_STATE_DIR="+state,
		"KUBEHOST_RUN_DIR="+filepath.Join(state, "run"), "KUBEHOST_VOLUME_DIR="+filepath.Join(h.dir, "volumes"))
	apply := []string{h.kubehost, "apply", "-q", "-f", f.pods}
	return h.commands("kubehost, supervisor "+supervisor, env, apply, apply,
		[]string{h.kubehost, "apply", "-q", "-f", f.changedPods}, []string{h.kubehost, "delete", "-q", "-f", f.changedPods})
}

// peer is what else makes such pods of a manifest on this runtime.
func (h host) peer(ctx context.Context, f files) (contender, bool) {
	if h.runtime == "podman" {
		play := func(words ...string) []string { return append([]string{"podman", "kube"}, words...) }
		return h.commands("podman kube play", nil, play("play", f.pods), play("play", "--replace", f.pods),
			play("play", "--replace", f.changedPods), play("down", f.changedPods)), true
	}
	compose, version, ok := findCompose(ctx)
	if !ok {
		return contender{}, false
	}
	with := func(file string, words ...string) []string {
		return append(append(compose[:len(compose):len(compose)], "-p", "kb", "-f", file), words...)
	}
	c := h.commands("docker compose "+version, nil, with(f.compose, "up", "-d"), with(f.compose, "up", "-d"),
		with(f.changedCompose, "up", "-d"), with(f.changedCompose, "down"))
	c.infra = 1 // of the same image
	return c, true
}

// findCompose finds the plugin, or the program of its own.
func findCompose(ctx context.Context) (argv []string, version string, ok bool) {
	for _, argv := range [][]string{{"docker", "compose"}, {"docker-compose"}} {
		out, err := exec.CommandContext(ctx, argv[0], append(argv[1:len(argv):len(argv)], "version", "--short")...).Output()
		if err == nil {
			return argv, fmt.Sprintf("%s", trimmed(out)), true
		}
	}
	return nil, "", false
}
