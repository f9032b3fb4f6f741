package engines

import (
	"context"
	"errors"
	"os"
	"os/exec"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/runtime/rootless"
)

// Find finds the engine of that name: with auto the first that answers, docker and then podman.
func Find(ctx context.Context, u settings.User, name string) (runtime.Engine, error) {
	none := &runtime.NoRuntimeError{}
	if name != settings.Auto {
		none.Wanted = name
	}
	if name != "podman" {
		_, problem, err := docker.Probe(ctx, runtime.Exec{})
		if problem == nil && err == nil {
			return dockerEngine(ctx, u)
		}
		switch {
		case err != nil && !errors.Is(err, docker.ErrPodman):
			return runtime.Engine{}, err
		case err != nil:
			problem = &runtime.Tried{Name: "docker", Problem: err.Error(), Hint: "use --runtime podman"}
		}
		none.Tried = append(none.Tried, *problem)
	}
	if name != "docker" {
		problem := podmanProblem(ctx, u)
		if problem == nil {
			return Named(u, "podman")
		}
		none.Tried = append(none.Tried, *problem)
	}
	if ctx.Err() != nil {
		return runtime.Engine{}, context.Cause(ctx)
	}
	return runtime.Engine{}, none
}

// trusted is the engine of that name, without a question whether it answers: that is what the first command asked of it tells,
// see [answered]. auto is the first that answers.
func trusted(ctx context.Context, u settings.User, name string) (runtime.Engine, error) {
	if name == settings.Auto || u.UID != 0 || !hasCommand(name) {
		return Find(ctx, u, name) // which says what is missing, or asks for what a user has
	}
	return Named(u, name)
}

// Answered says what is wrong with an engine that did not list what it has, and with a docker that is podman: it has not the
// networks that every docker has. seen and failed are what came of the first look at it.
func Answered(ctx context.Context, u settings.User, e runtime.Engine, seen runtime.Observed, failed error) error {
	odd := e.Dialect.Name() == "docker" && !slices.ContainsFunc(seen.Networks, func(n runtime.Network) bool { return n.Name == "none" })
	if failed == nil && !odd {
		return nil
	}
	return wrong(ctx, u, e, failed)
}

// wrong is what is wrong with an engine of which something failed: if it answers, that.
func wrong(ctx context.Context, u settings.User, e runtime.Engine, failed error) error {
	if ctx.Err() != nil {
		return failed
	}
	if _, err := Find(ctx, u, e.Dialect.Name()); err != nil {
		return err
	}
	return failed
}

// podmanProblem says why podman cannot be used, or nil. A user without a session has another podman than in one, which
// must not be taken for the same.
func podmanProblem(ctx context.Context, u settings.User) *runtime.Tried {
	if u.UID != 0 {
		if lack := UserHost(u).CheckSession(); lack != nil {
			return &runtime.Tried{Name: "podman", Problem: lack.Text, Hint: lack.Hint}
		}
	}
	_, problem := podman.Probe(ctx, runtime.Exec{})
	return problem
}

// dockerEngine is a docker engine that answers. A user may have one, or use that of root.
func dockerEngine(ctx context.Context, u settings.User) (runtime.Engine, error) {
	d, err := docker.New(goruntime.GOARCH)
	e := runtime.Engine{Dialect: d, Runner: runtime.Exec{}}
	if err != nil || u.UID == 0 {
		return e, err
	}
	user, err := docker.FindUser(ctx, e.Runner)
	return ofUser(u, e, d, user), err
}

// Expected is the one of that name, which perhaps does not run yet.
func Expected(ctx context.Context, u settings.User, name string) (runtime.Engine, error) {
	e, err := Named(u, name)
	d, ok := e.Dialect.(docker.Dialect)
	if err != nil || !ok || u.UID == 0 {
		return e, err
	}
	user, err := docker.ExpectUser(ctx, e.Runner, u.Getenv("XDG_RUNTIME_DIR"))
	return ofUser(u, e, d, user), err
}

// ofUser is a docker engine that belongs to that user, or to root.
func ofUser(u settings.User, e runtime.Engine, d docker.Dialect, user docker.User) runtime.Engine {
	if d.User = user; user != (docker.User{}) {
		e.Dialect, e.Limits = d, userLimits(UserHost(u))
	}
	return e
}

// Named is the engine of that name, whether it answers or not.
func Named(u settings.User, name string) (runtime.Engine, error) {
	if name == "podman" {
		if u.UID == 0 {
			return runtime.Engine{Dialect: podman.Dialect{}, Runner: runtime.Exec{}}, nil
		}
		h := UserHost(u)
		d := podman.Dialect{Rootless: true}
		if !h.GIDs.Unknown {
			d.Groups = h.GIDs.Count
		}
		return runtime.Engine{Dialect: d, Runner: runtime.Exec{}, Limits: userLimits(h)}, nil
	}
	d, err := docker.New(goruntime.GOARCH)
	return runtime.Engine{Dialect: d, Runner: runtime.Exec{}}, err
}

// Installed is the runtime that a dry run speaks for when none is named: it must not ask
// any, so the command on the PATH decides.
func Installed() string {
	if _, err := exec.LookPath("docker"); err == nil {
		return "docker"
	}
	if _, err := exec.LookPath("podman"); err == nil {
		return "podman"
	}
	return "docker"
}

// UserHost is what this host lets the user do.
func UserHost(u settings.User) rootless.Host {
	return rootless.Read(os.DirFS("/"), u.UID, u.Getenv)
}

// userLimits are what this host keeps from the containers of a user: no process may be
// less willing to be ended than the user's own, and not every host hands out the cpu controller.
func userLimits(h rootless.Host) runtime.Limits {
	l := runtime.Limits{NoCPUWeight: !h.Has("cpu")}
	if b, err := os.ReadFile("/proc/self/oom_score_adj"); err == nil {
		score, _ := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		l.MinOOMScore = max(score, 0)
	}
	return l
}
