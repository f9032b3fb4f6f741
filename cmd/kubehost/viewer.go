package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// viewer looks at the same pods again and again. The runtime is asked of a pod only when its files tell of something that
// the runtime knows more of: another container, or the start or end of one.
type viewer struct {
	*engines.Finder
	seen map[plan.Ref]podView
}

// read returns what files tell of a pod. The error is fs.ErrNotExist when it is not, or no more, applied.
func (w *viewer) read(r plan.Ref) (podView, error) {
	stored, err := runtime.Store{Dir: w.Settings.StateDir}.Pod(r)
	if errors.Is(err, fs.ErrNotExist) {
		delete(w.seen, r)
		return podView{}, err
	}
	if err != nil {
		return podView{}, settings.StateError(err)
	}
	w.Place(r, stored.Runtime)
	v := podView{Ref: r, stored: &stored}
	return v, v.remember(w.Settings)
}

// complete adds what the runtime tells of the pod.
func (w *viewer) complete(ctx context.Context, v podView) (podView, error) {
	if before, known := w.seen[v.Ref]; known && v.supervised() && v.heard() == before.heard() {
		v.engine, v.containers, v.details = before.engine, before.containers, before.details
		w.seen[v.Ref] = v
		return v, nil
	}
	engine, err := w.Own(ctx, v.Ref)
	if err != nil {
		return v, err
	}
	v.engine = engine
	if err := v.inspect(ctx); err != nil {
		return v, err
	}
	w.seen[v.Ref] = v
	return v, nil
}

// supervised says whether a supervisor tells of the pod.
func (v podView) supervised() bool { return v.stored != nil && v.memory != nil }

// heard is what the pod's supervisor tells of the runs of its containers, with what was last wanted and applied.
func (v podView) heard() string {
	if !v.supervised() {
		return ""
	}
	m := v.memory
	text := fmt.Sprint(v.stored.Plan.Hash(), m.Sandbox, m.Over, m.Ending != nil, v.wanted.Stopped)
	for _, name := range slices.Sorted(maps.Keys(m.Units)) {
		u := m.Units[name]
		text += fmt.Sprint(" ", name, u.ID, u.State, u.Restarts)
	}
	return text
}

// ending says whether the pod is being brought down, as was asked.
func (v podView) ending() bool {
	return v.memory != nil && v.memory.Ending != nil && v.memory.Ending.Why == supervise.Asked && v.up()
}
