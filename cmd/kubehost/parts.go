package main

import (
	"context"
	"errors"
	"slices"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// part is what one engine has to do in a run of apply.
type part struct {
	*program
	engine runtime.Engine
	want   plan.Plan
	// remove are pods that go before what is wanted starts. No step is theirs.
	remove []plan.Ref
	seen   runtime.Observed
	steps  runtime.Steps
}

// parts divides pods, and those that are stale, by their engines.
func (a *applying) parts(pods []plan.Pod) []part {
	var parts []part
	for _, s := range engines.Shares(pods, func(p plan.Pod) runtime.Engine { return a.engines[p.Ref] }) {
		pt := part{program: a.program, engine: s.Engine, want: plan.Plan{Pods: s.Of}}
		for _, r := range a.stale.pods {
			if a.engines[r].Dialect.Name() == s.Engine.Dialect.Name() {
				pt.remove = append(pt.remove, r)
			}
		}
		parts = append(parts, pt)
	}
	return parts
}

// decide looks at what is there, and says what is to be done.
func (pt *part) decide(ctx context.Context) (err error) {
	pt.seen, err = pt.engine.Observe(ctx, pt.want)
	if err := engines.Answered(ctx, pt.user(), pt.engine, pt.seen, err); err != nil {
		return err
	}
	want := runtime.Desired{Plan: pt.want}
	for _, r := range pt.remove {
		want.Remove = append(want.Remove, runtime.Removal{Ref: r})
	}
	pt.steps, err = runtime.Decide(want, pt.seen, pt.engine.Dialect.Infra())
	pt.steps = slices.DeleteFunc(pt.steps, func(s runtime.Step) bool { return slices.Contains(pt.remove, s.Pod) })
	return err
}

// look decides for all that is wanted.
func (a *applying) look(ctx context.Context) ([]part, error) {
	parts := a.parts(a.want.Pods)
	var errs []error
	for i := range parts {
		errs = append(errs, parts[i].decide(ctx))
	}
	return parts, errors.Join(errs...)
}

func podRefs(pods []plan.Pod) []plan.Ref {
	var refs []plan.Ref
	for _, p := range pods {
		refs = append(refs, p.Ref)
	}
	return refs
}
