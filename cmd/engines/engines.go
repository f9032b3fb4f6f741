package engines

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

// Finder finds the runtime of each pod. A pod stays with the one that it was applied with, because another knows nothing
// of its containers: they would go on without anybody who looks after them. The settings say where new pods go.
type Finder struct {
	user settings.User
	// Settings are those that it was made with.
	Settings settings.Settings
	// of are the runtimes of the applied pods, as far as it is known; empty where the plan is damaged.
	of    map[plan.Ref]string
	found map[string]found
	// Trusting takes an engine that is named for one that answers: the first that is asked of it will tell.
	Trusting bool
}

// New reads from the state directory with which runtimes the applied pods are. Who may not read it finds the runtimes of new pods.
func New(u settings.User, s settings.Settings) (*Finder, error) {
	of, err := runtime.Store{Dir: s.StateDir}.Runtimes()
	if err != nil && !os.IsPermission(err) {
		return nil, err
	}
	return &Finder{user: u, Settings: s, of: of, found: map[string]found{}}, nil
}

// found is what became of the search for an engine.
type found struct {
	runtime.Engine
	err error
}

// Place says that a pod is with the runtime of that name, whatever was known of it.
func (e *Finder) Place(r plan.Ref, name string) { e.of[r] = name }

// Use takes an engine for the one of its name, without looking for that.
func (e *Finder) Use(engine runtime.Engine) {
	e.found[engine.Dialect.Name()] = found{Engine: engine}
}

// used are the runtimes that applied pods are with, sorted.
func (e *Finder) used() []string {
	names := slices.Compact(slices.Sorted(maps.Values(e.of)))
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// Preferred is the runtime of new pods, or auto. Where nobody has chosen one they go where the others are: pods find one
// another by name only there.
func (e *Finder) Preferred() string {
	if used := e.used(); e.Settings.Runtime == settings.Auto && len(used) == 1 {
		return used[0]
	}
	return e.Settings.Runtime
}

// Chosen is the engine of new pods.
func (e *Finder) Chosen(ctx context.Context) (runtime.Engine, error) {
	name := e.Preferred()
	engine, err := e.named(ctx, name)
	if err != nil && name != e.Settings.Runtime {
		err = fmt.Errorf("%w\n  hint: the pods that were applied earlier are with %s; --runtime %s takes another for new ones", err, name, another(name))
	}
	return engine, err
}

func another(name string) string {
	return map[string]string{"docker": "podman", "podman": "docker"}[name]
}

// named is the engine of that name; auto is the first that answers.
func (e *Finder) named(ctx context.Context, name string) (runtime.Engine, error) {
	if f, ok := e.found[name]; ok {
		return f.Engine, f.err
	}
	look := Find
	if e.Trusting {
		look = trusted
	}
	engine, err := look(ctx, e.user, name)
	e.found[name] = found{engine, err}
	if err == nil {
		e.found[engine.Dialect.Name()] = e.found[name]
	}
	return engine, err
}

// Pod is the engine of a pod that is named: its own, but only if the command line does not ask for another.
func (e *Finder) Pod(ctx context.Context, r plan.Ref) (runtime.Engine, error) {
	if err := e.Check(r); err != nil {
		return runtime.Engine{}, err
	}
	if e.Settings.RuntimeAsked {
		return e.Chosen(ctx)
	}
	return e.Own(ctx, r)
}

// Own is the engine that a pod was applied with, or that of new pods.
func (e *Finder) Own(ctx context.Context, r plan.Ref) (runtime.Engine, error) {
	name, applied := e.of[r]
	switch {
	case name != "":
	case applied:
		return e.holder(ctx, r)
	default:
		return e.Chosen(ctx)
	}
	engine, err := e.named(ctx, name)
	if err != nil {
		err = unusable(r, name, err)
	}
	return engine, err
}

// Answered is what failed when an engine of applied pods was asked for the first time, or what is wrong with the engine.
func (e *Finder) Answered(ctx context.Context, engine runtime.Engine, failed error) error {
	if failed == nil {
		return nil
	}
	return wrong(ctx, e.user, engine, failed)
}

// PodAnswered is Answered for the engine of one pod.
func (e *Finder) PodAnswered(ctx context.Context, r plan.Ref, engine runtime.Engine, failed error) error {
	err := e.Answered(ctx, engine, failed)
	if err == failed || e.Settings.RuntimeAsked {
		return err
	}
	return unusable(r, engine.Dialect.Name(), err)
}

// unusable says of which pod the engine cannot be used.
func unusable(r plan.Ref, name string, err error) error {
	err = fmt.Errorf("pod %q was applied with %s: %w", r.Name, name, err)
	if !hasCommand(name) {
		err = fmt.Errorf("%w\n  hint: if it is gone for good: --runtime %s", err, another(name))
	}
	return err
}

// holder is the engine that has containers of a pod whose plan does not tell where it is, or that of new pods when there are
// none.
func (e *Finder) holder(ctx context.Context, r plan.Ref) (runtime.Engine, error) {
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
		if Has(seen, r) {
			e.of[r] = name
			return engine, nil
		}
	}
	return e.Chosen(ctx)
}

// Check is an error for each pod that is with another runtime than the one that the command line asks for. A runtime
// that is not even installed holds no pods.
func (e *Finder) Check(refs ...plan.Ref) error {
	var errs []error
	for _, r := range refs {
		has := e.of[r]
		if has == "" || !e.Settings.RuntimeAsked || has == e.Settings.Runtime || !hasCommand(has) {
			continue
		}
		errs = append(errs, fmt.Errorf("pod %q is with %s, not with %s\n  hint: leave out --runtime; or remove it there first: %s --runtime %s",
			r.Name, has, e.Settings.Runtime, PodCommand("delete", r), has))
	}
	return errors.Join(errs...)
}

// Staying tells of the pods that are not where the settings would have new ones go: a note for each.
func (e *Finder) Staying(refs []plan.Ref) []string {
	var notes []string
	for _, r := range refs {
		if has := e.of[r]; has != "" && e.Settings.Runtime != settings.Auto && e.Settings.Runtime != has {
			notes = append(notes, fmt.Sprintf("pod %q stays with %s\n  hint: to have it with %s, remove it first: %s", r.Name, has, e.Settings.Runtime, PodCommand("delete", r)))
		}
	}
	return notes
}

// PodCommand is a command about a pod, as a user types it.
func PodCommand(name string, r plan.Ref) string {
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

// With says whether a pod is with an engine, as far as it is known.
func (e *Finder) With(r plan.Ref, engine runtime.Engine) bool {
	return e.of[r] == "" || e.of[r] == engine.Dialect.Name()
}

// All are the engines that may have pods: that of new pods and those of the applied ones, unless the command line asks for
// one. The error is of those that cannot be used.
func (e *Finder) All(ctx context.Context) ([]runtime.Engine, error) {
	names := e.used()
	preferred := e.Preferred()
	switch {
	case e.Settings.RuntimeAsked, len(names) == 0:
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

// Pods are the engines of pods that are named, and of others that change with them. The error is of all that cannot be had.
func (e *Finder) Pods(ctx context.Context, named, others []plan.Ref) (map[plan.Ref]runtime.Engine, error) {
	of := map[plan.Ref]runtime.Engine{}
	var errs []error
	for _, r := range named {
		engine, err := e.Pod(ctx, r)
		of[r], errs = engine, append(errs, err)
	}
	for _, r := range others {
		engine, err := e.Own(ctx, r)
		of[r], errs = engine, append(errs, err)
	}
	return of, errors.Join(errs...)
}

// Has says whether a runtime has a container of a pod.
func Has(o runtime.Observed, r plan.Ref) bool {
	for _, c := range o.Containers {
		if c.Ref == r {
			return true
		}
	}
	return false
}
