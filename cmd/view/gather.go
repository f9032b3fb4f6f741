package view

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sort"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// All gathers what is known of all pods, sorted by namespace and name. The error is of runtimes, the pods of which
// are not among them.
func All(ctx context.Context, e *engines.Finder) ([]Pod, error) {
	stored, err := runtime.Store{Dir: e.Settings.StateDir}.Pods()
	damaged := runtime.DamagedIn(err)
	if err != nil && !os.IsPermission(err) && damaged == nil {
		return nil, err
	}
	var marks []Pod
	for _, d := range damaged { // first: all engines are known only when it is known where these pods are
		engine, err := e.Pod(ctx, d.Pod)
		marks = append(marks, Pod{Ref: d.Pod, Engine: engine, Damaged: errors.Join(d, err)})
	}
	found, err := e.All(ctx)
	errs := []error{err}
	var all []Pod
	for _, engine := range found {
		pods, err := observe(ctx, e, engine, stored)
		all, errs = append(all, pods...), append(errs, err)
	}
	for _, m := range marks {
		if i := slices.IndexFunc(all, func(v Pod) bool { return v.Ref == m.Ref }); i >= 0 {
			all[i].Damaged = m.Damaged
		} else {
			all = append(all, m)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Ref.Compare(all[j].Ref) < 0 })
	return all, errors.Join(errs...)
}

// observe gathers what is known of the pods that are with an engine.
func observe(ctx context.Context, e *engines.Finder, engine runtime.Engine, stored []runtime.StoredPod) ([]Pod, error) {
	views := map[plan.Ref]*Pod{}
	for _, p := range stored {
		if !e.With(p.Ref, engine) {
			continue
		}
		views[p.Ref] = &Pod{Ref: p.Ref, Stored: &p}
		// What is damaged of one pod hides no other.
		views[p.Ref].Damaged = views[p.Ref].remember(e.Settings)
	}
	// The runtime is asked last: who watches the files is told when they change after this.
	seen, err := engine.Containers(ctx)
	if err != nil {
		return nil, e.Answered(ctx, engine, err)
	}
	var ids []string
	for _, c := range seen {
		if !c.Ours() || !e.With(c.Ref, engine) {
			continue
		}
		if views[c.Ref] == nil {
			views[c.Ref] = &Pod{Ref: c.Ref}
		}
		views[c.Ref].containers = append(views[c.Ref].containers, c)
		ids = append(ids, c.ID)
	}
	details, err := engine.Inspect(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []Pod
	for _, v := range views {
		v.Engine, v.Details = engine, details
		all = append(all, *v)
	}
	return all, nil
}

// remember fills in what the supervisor says, and what is wanted of the pod.
func (v *Pod) remember(s settings.Settings) (err error) {
	if v.Wanted, err = supervise.ReadWanted(runtime.Store{Dir: s.StateDir}.PodDir(v.Ref)); err != nil {
		return settings.StateError(err)
	}
	if v.Memory, err = Memory(s, *v.Stored); err != nil || v.Memory == nil {
		return err
	}
	kept, err := supervise.Station{Dir: s.RunDir, Ref: v.Ref}.Kept(*v.Memory)
	if v.Abandoned = !kept && err == nil; errors.Is(err, fs.ErrPermission) {
		err = nil // another user's pod: what its status says is all there is to know
	}
	return err
}

// Memory is what the supervisor of a pod says; nil when there is none to ask.
func Memory(s settings.Settings, p runtime.StoredPod) (*supervise.Memory, error) {
	if !p.Plan.Supervised {
		return nil, nil
	}
	m, err := supervise.Station{Dir: s.RunDir, Ref: p.Ref}.Memory()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, nil
	}
	return &m, err
}

// One gathers what is known of one pod, with one question to the runtime where the pod's plan is kept.
func One(ctx context.Context, e *engines.Finder, r plan.Ref) (Pod, error) {
	if err := e.Check(r); err != nil {
		return Pod{}, err
	}
	none := fmt.Errorf("pods %q not found in %s namespace", r.Name, r.Namespace)
	stored, err := runtime.Store{Dir: e.Settings.StateDir}.Pod(r)
	if errors.Is(err, fs.ErrNotExist) || os.IsPermission(err) {
		all, err := All(ctx, e)
		if i := slices.IndexFunc(all, func(v Pod) bool { return v.Ref == r }); i >= 0 {
			return all[i], nil
		}
		return Pod{}, errors.Join(err, none)
	}
	if err != nil {
		return Pod{}, err
	}
	v := Pod{Ref: r, Stored: &stored}
	if err := v.remember(e.Settings); err != nil {
		return v, err
	}
	if v.Engine, err = e.Pod(ctx, r); err != nil {
		return v, err
	}
	return v, e.PodAnswered(ctx, r, v.Engine, v.inspect(ctx))
}

// inspect asks the runtime for the containers of a pod that was applied.
func (v *Pod) inspect(ctx context.Context) (err error) {
	names := []string{v.Stored.Plan.Sandbox.ID}
	for _, u := range v.Stored.Plan.Units {
		names = append(names, u.ID)
	}
	if v.Details, err = v.Engine.Inspect(ctx, names); err != nil {
		return err
	}
	for _, d := range v.Details {
		if d.Container.Ref == v.Ref {
			v.containers = append(v.containers, d.Container)
		}
	}
	return nil
}
