package view

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

// Watcher looks at the same pods again and again. The runtime is asked of a pod only when its files tell of something that
// the runtime knows more of: another container, or the start or end of one.
type Watcher struct {
	*engines.Finder
	seen map[plan.Ref]Pod
}

// NewWatcher is one that has not looked yet.
func NewWatcher(e *engines.Finder) Watcher { return Watcher{e, map[plan.Ref]Pod{}} }

// Read returns what files tell of a pod. The error is fs.ErrNotExist when it is not, or no more, applied.
func (w *Watcher) Read(r plan.Ref) (Pod, error) {
	stored, err := runtime.Store{Dir: w.Settings.StateDir}.Pod(r)
	if errors.Is(err, fs.ErrNotExist) {
		delete(w.seen, r)
		return Pod{}, err
	}
	if err != nil {
		return Pod{}, settings.StateError(err)
	}
	w.Place(r, stored.Runtime)
	v := Pod{Ref: r, Stored: &stored}
	return v, v.remember(w.Settings)
}

// Complete adds what the runtime tells of the pod.
func (w *Watcher) Complete(ctx context.Context, v Pod) (Pod, error) {
	if before, known := w.seen[v.Ref]; known && v.Supervised() && v.heard() == before.heard() {
		v.Engine, v.containers, v.Details = before.Engine, before.containers, before.Details
		w.seen[v.Ref] = v
		return v, nil
	}
	engine, err := w.Own(ctx, v.Ref)
	if err != nil {
		return v, err
	}
	v.Engine = engine
	if err := v.inspect(ctx); err != nil {
		return v, err
	}
	w.seen[v.Ref] = v
	return v, nil
}

// Saw takes over what was seen of a pod elsewhere.
func (w *Watcher) Saw(v Pod) { w.seen[v.Ref] = v }

// Supervised says whether a supervisor tells of the pod.
func (v Pod) Supervised() bool { return v.Stored != nil && v.Memory != nil }

// heard is what the pod's supervisor tells of the runs of its containers, with what was last wanted and applied.
func (v Pod) heard() string {
	if !v.Supervised() {
		return ""
	}
	m := v.Memory
	text := fmt.Sprint(v.Stored.Plan.Hash(), m.Sandbox, m.Over, m.Ending != nil, v.Wanted.Stopped)
	for _, name := range slices.Sorted(maps.Keys(m.Units)) {
		u := m.Units[name]
		text += fmt.Sprint(" ", name, u.ID, u.State, u.Restarts)
	}
	return text
}

// Ending says whether the pod is being brought down, as was asked.
func (v Pod) Ending() bool {
	return v.Memory != nil && v.Memory.Ending != nil && v.Memory.Ending.Why == supervise.Asked && v.Up()
}
