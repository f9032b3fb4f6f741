package main

import (
	"context"
	"errors"
	"os/exec"
	goruntime "runtime"
	"slices"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
)

// engine finds the runtime that the settings name: with auto the first that answers, docker
// and then podman.
func (p *program) engine(ctx context.Context, s settings.Settings) (runtime.Engine, error) {
	none := &runtime.NoRuntimeError{}
	if s.Runtime != settings.Auto {
		none.Wanted = s.Runtime
	}
	if s.Runtime != "podman" {
		_, problem, err := docker.Probe(ctx, runtime.Exec{})
		if problem == nil && err == nil {
			return p.dockerEngine(ctx)
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
		problem := p.podmanProblem(ctx)
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

// trusted is the engine of that name, without a question whether it answers: that is what the first command asked of it tells,
// see [program.answered]. auto is the first that answers.
func (p *program) trusted(ctx context.Context, s settings.Settings) (runtime.Engine, error) {
	if s.Runtime == settings.Auto || p.euid != 0 || !hasCommand(s.Runtime) {
		return p.engine(ctx, s) // which says what is missing, or asks for what a user has
	}
	return p.dialect(s.Runtime)
}

// answered says what is wrong with an engine that did not list what it has, and with a docker that is podman: it has not the
// networks that every docker has.
func (p *program) answered(ctx context.Context, e runtime.Engine, seen runtime.Observed, failed error) error {
	odd := e.Dialect.Name() == "docker" && !slices.ContainsFunc(seen.Networks, func(n runtime.Network) bool { return n.Name == "none" })
	if failed == nil && !odd || ctx.Err() != nil {
		return failed
	}
	if _, err := p.engine(ctx, settings.Settings{Runtime: e.Dialect.Name()}); err != nil {
		return err
	}
	return failed
}

// podmanProblem says why podman cannot be used, or nil. A user without a session has another podman than in one, which
// must not be taken for the same.
func (p *program) podmanProblem(ctx context.Context) *runtime.Tried {
	if p.euid != 0 {
		if lack := p.userHost().CheckSession(); lack != nil {
			return &runtime.Tried{Name: "podman", Problem: lack.Text, Hint: lack.Hint}
		}
	}
	_, problem := podman.Probe(ctx, runtime.Exec{})
	return problem
}

// dockerEngine is a docker engine that answers. A user may have one, or use that of root.
func (p *program) dockerEngine(ctx context.Context) (runtime.Engine, error) {
	d, err := docker.New(goruntime.GOARCH)
	e := runtime.Engine{Dialect: d, Runner: runtime.Exec{}}
	if err != nil || p.euid == 0 {
		return e, err
	}
	user, err := docker.FindUser(ctx, e.Runner)
	return p.ofUser(e, d, user), err
}

// expectedEngine is the one of that name, which perhaps does not run yet.
func (p *program) expectedEngine(ctx context.Context, name string) (runtime.Engine, error) {
	e, err := p.dialect(name)
	d, ok := e.Dialect.(docker.Dialect)
	if err != nil || !ok || p.euid == 0 {
		return e, err
	}
	user, err := docker.ExpectUser(ctx, e.Runner, p.getenv("XDG_RUNTIME_DIR"))
	return p.ofUser(e, d, user), err
}

// ofUser is a docker engine that belongs to that user, or to root.
func (p *program) ofUser(e runtime.Engine, d docker.Dialect, user docker.User) runtime.Engine {
	if d.User = user; user != (docker.User{}) {
		e.Dialect, e.Limits = d, userLimits(p.userHost())
	}
	return e
}

// dialect is the engine of that name, whether it answers or not.
func (p *program) dialect(name string) (runtime.Engine, error) {
	if name == "podman" {
		if p.euid == 0 {
			return runtime.Engine{Dialect: podman.Dialect{}, Runner: runtime.Exec{}}, nil
		}
		h := p.userHost()
		d := podman.Dialect{Rootless: true}
		if !h.GIDs.Unknown {
			d.Groups = h.GIDs.Count
		}
		return runtime.Engine{Dialect: d, Runner: runtime.Exec{}, Limits: userLimits(h)}, nil
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
