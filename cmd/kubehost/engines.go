package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// engines finds the runtime of each pod. A pod stays with the one that it was applied with, because another knows nothing
// of its containers: they would go on without anybody who looks after them. The settings say where new pods go.
type engines struct {
	*program
	settings settings.Settings
	// of are the runtimes of the applied pods, as far as it is known; empty where the plan is damaged.
	of    map[plan.Ref]string
	found map[string]foundEngine
	// trusting takes an engine that is named for one that answers: the first that is asked of it will tell.
	trusting bool
}

func (p *program) engines(s settings.Settings) (*engines, error) {
	of, err := runtime.Store{Dir: s.StateDir}.Runtimes()
	if err != nil && !os.IsPermission(err) {
		return nil, err
	}
	return &engines{program: p, settings: s, of: of, found: map[string]foundEngine{}}, nil
}

// foundEngine is what became of the search for an engine.
type foundEngine struct {
	runtime.Engine
	err error
}

// used are the runtimes that applied pods are with, sorted.
func (e *engines) used() []string {
	names := slices.Compact(slices.Sorted(maps.Values(e.of)))
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// preferred is the runtime of new pods, or auto. Where nobody has chosen one they go where the others are: pods find one
// another by name only there.
func (e *engines) preferred() string {
	if used := e.used(); e.settings.Runtime == settings.Auto && len(used) == 1 {
		return used[0]
	}
	return e.settings.Runtime
}

// chosen is the engine of new pods.
func (e *engines) chosen(ctx context.Context) (runtime.Engine, error) {
	name := e.preferred()
	engine, err := e.named(ctx, name)
	if err != nil && name != e.settings.Runtime {
		err = fmt.Errorf("%w\n  hint: the pods that were applied earlier are with %s; --runtime %s takes another for new ones", err, name, another(name))
	}
	return engine, err
}

func another(name string) string {
	return map[string]string{"docker": "podman", "podman": "docker"}[name]
}

// named is the engine of that name; auto is the first that answers.
func (e *engines) named(ctx context.Context, name string) (runtime.Engine, error) {
	if f, ok := e.found[name]; ok {
		return f.Engine, f.err
	}
	s := e.settings
	s.Runtime = name
	find := e.engine
	if e.trusting {
		find = e.trusted
	}
	engine, err := find(ctx, s)
	e.found[name] = foundEngine{engine, err}
	if err == nil {
		e.found[engine.Dialect.Name()] = e.found[name]
	}
	return engine, err
}

// pod is the engine of a pod that is named: its own, but only if the command line does not ask for another.
func (e *engines) pod(ctx context.Context, r plan.Ref) (runtime.Engine, error) {
	if err := e.check(r); err != nil {
		return runtime.Engine{}, err
	}
	if e.settings.RuntimeAsked {
		return e.chosen(ctx)
	}
	return e.own(ctx, r)
}

// own is the engine that a pod was applied with, or that of new pods.
func (e *engines) own(ctx context.Context, r plan.Ref) (runtime.Engine, error) {
	has, applied := e.of[r]
	switch {
	case has != "":
	case applied:
		return e.holder(ctx, r)
	default:
		return e.chosen(ctx)
	}
	engine, err := e.named(ctx, has)
	if err != nil {
		err = fmt.Errorf("pod %q was applied with %s: %w", r.Name, has, err)
		if !hasCommand(has) {
			err = fmt.Errorf("%w\n  hint: if it is gone for good: --runtime %s", err, another(has))
		}
	}
	return engine, err
}

// holder is the engine that has containers of a pod whose plan does not tell where it is, or that of new pods when there are
// none.
func (e *engines) holder(ctx context.Context, r plan.Ref) (runtime.Engine, error) {
	for _, name := range []string{"docker", "podman"} {
		if !hasCommand(name) {
			continue
		}
		engine, err := e.named(ctx, name)
		var seen runtime.Observed
		if err == nil {
			seen, err = engine.Observe(ctx, plan.Plan{})
		}
		if err != nil {
			return engine, fmt.Errorf("pod %q may be with %s: %w\n  hint: if it is not: --runtime %s", r.Name, name, err, another(name))
		}
		if known(seen, r) {
			e.of[r] = name
			return engine, nil
		}
	}
	return e.chosen(ctx)
}

// check is an error for each pod that is with another runtime than the one that the command line asks for. A runtime
// that is not even installed holds no pods.
func (e *engines) check(refs ...plan.Ref) error {
	var errs []error
	for _, r := range refs {
		has := e.of[r]
		if has == "" || !e.settings.RuntimeAsked || has == e.settings.Runtime || !hasCommand(has) {
			continue
		}
		errs = append(errs, fmt.Errorf("pod %q is with %s, not with %s\n  hint: leave out --runtime; or remove it there first: %s --runtime %s",
			r.Name, has, e.settings.Runtime, podCommand("delete", r), has))
	}
	return errors.Join(errs...)
}

// noteStaying tells of pods that are not where the settings would have new ones go.
func (e *engines) noteStaying(refs []plan.Ref) {
	for _, r := range refs {
		if has := e.of[r]; has != "" && e.settings.Runtime != settings.Auto && e.settings.Runtime != has {
			e.note("pod %q stays with %s\n  hint: to have it with %s, remove it first: %s", r.Name, has, e.settings.Runtime, podCommand("delete", r))
		}
	}
}

// podCommand is a command about a pod, as a user types it.
func podCommand(name string, r plan.Ref) string {
	namespace := ""
	if r.Namespace != "default" {
		namespace = " -n " + r.Namespace
	}
	return fmt.Sprintf("kubehost %s%s %s", name, namespace, r.Name)
}

func hasCommand(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// with says whether a pod is with an engine, as far as it is known.
func (e *engines) with(r plan.Ref, engine runtime.Engine) bool {
	return e.of[r] == "" || e.of[r] == engine.Dialect.Name()
}

// all are the engines that may have pods: that of new pods and those of the applied ones, unless the command line asks for
// one. The error is of those that cannot be used.
func (e *engines) all(ctx context.Context) ([]runtime.Engine, error) {
	names := e.used()
	preferred := e.preferred()
	switch {
	case e.settings.RuntimeAsked, len(names) == 0:
		names = []string{preferred}
	case preferred != settings.Auto && !slices.Contains(names, preferred):
		names = append(names, preferred)
	}
	var all []runtime.Engine
	var errs []error
	for _, name := range names {
		engine, err := e.named(ctx, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, engine)
	}
	return all, errors.Join(errs...)
}

// pods are the engines of pods that are named, and of others that change with them. The error is of all that cannot be had.
func (e *engines) pods(ctx context.Context, named, others []plan.Ref) (map[plan.Ref]runtime.Engine, error) {
	of := map[plan.Ref]runtime.Engine{}
	var errs []error
	for _, r := range named {
		engine, err := e.pod(ctx, r)
		of[r], errs = engine, append(errs, err)
	}
	for _, r := range others {
		engine, err := e.own(ctx, r)
		of[r], errs = engine, append(errs, err)
	}
	return of, errors.Join(errs...)
}

// share is what one engine has to do with.
type share[T any] struct {
	engine runtime.Engine
	of     []T
}

// byEngine divides things by their engines, in the order of the first of each.
func byEngine[T any](all []T, engine func(T) runtime.Engine) []share[T] {
	var parts []share[T]
	for _, t := range all {
		e := engine(t)
		i := slices.IndexFunc(parts, func(p share[T]) bool { return p.engine.Dialect.Name() == e.Dialect.Name() })
		if i < 0 {
			i = len(parts)
			parts = append(parts, share[T]{engine: e})
		}
		parts[i].of = append(parts[i].of, t)
	}
	return parts
}
