package main

import (
	"context"
	"errors"
	"os/exec"
	goruntime "runtime"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
)

// engine finds the runtime that the settings name: with auto the first that answers, docker
// and then podman.
func (p *program) engine(ctx context.Context, s settings) (runtime.Engine, error) {
	none := &runtime.NoRuntimeError{}
	if s.Runtime != "auto" {
		none.Wanted = s.Runtime
	}
	if s.Runtime != "podman" {
		_, problem, err := docker.Probe(ctx, runtime.Exec{})
		if problem == nil && err == nil {
			return p.dialect("docker")
		}
		switch {
		case err != nil && !errors.Is(err, docker.ErrPodman):
			return runtime.Engine{}, err
		case err != nil:
			problem = &runtime.Tried{Name: "docker", Problem: err.Error(), Hint: "use --runtime podman"}
		}
		none.Tried = append(none.Tried, *problem)
	}
	if s.Runtime != "docker" {
		_, problem := podman.Probe(ctx, runtime.Exec{})
		if problem == nil {
			return p.dialect("podman")
		}
		none.Tried = append(none.Tried, *problem)
	}
	if ctx.Err() != nil {
		return runtime.Engine{}, context.Cause(ctx)
	}
	return runtime.Engine{}, none
}

// dialect is the engine of that name, whether it answers or not.
func (p *program) dialect(name string) (runtime.Engine, error) {
	if name == "podman" {
		e := runtime.Engine{Dialect: podman.Dialect{Rootless: p.euid != 0}, Runner: runtime.Exec{}}
		if p.euid != 0 {
			e.Limits = userLimits()
		}
		return e, nil
	}
	d, err := docker.New(goruntime.GOARCH)
	return runtime.Engine{Dialect: d, Runner: runtime.Exec{}}, err
}

// installed is the runtime that a dry run speaks for when none is named: it must not ask
// any, so the command on the PATH decides.
func installed() string {
	if _, err := exec.LookPath("docker"); err == nil {
		return "docker"
	}
	if _, err := exec.LookPath("podman"); err == nil {
		return "podman"
	}
	return "docker"
}
