package main

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/urfave/cli/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// watching is one run of get --watch.
type watching struct {
	view.Watcher
	pods    selection
	printer *printers.Printer
	// shown is what was last printed of each pod, without its age.
	shown map[plan.Ref]shown
	// warn tells of what keeps nothing else from being shown.
	warn func(error)
}

type shown struct {
	view.Pod
	text string
}

// pollPods is how often the runtime is asked of pods of which nobody else tells.
const pollPods = 2 * time.Second

func (p *program) watchPods(c *cli.Context, sel selection, printer *printers.Printer) error {
	only := c.Bool("watch-only")
	switch {
	case printer.Sorts() && only:
		p.note("warning: --watch-only requested, --sort-by will be ignored")
	case printer.Sorts():
		p.note("warning: --watch requested, --sort-by will be ignored for watch events received")
	}
	e, _, err := p.host(c)
	if err != nil {
		return err
	}
	if err := e.Check(refsOf(sel.names)...); err != nil {
		return err
	}
	w := watching{Watcher: view.NewWatcher(e), pods: sel, printer: printer, shown: map[plan.Ref]shown{}, warn: p.warn}
	return commandline.Quietly(c.Context, w.run(c.Context, only))
}

func (w *watching) run(ctx context.Context, only bool) error {
	// Before the first look: what changes in between is told.
	files, err := supervise.WatchPods(runtime.Store{Dir: w.Settings.StateDir}, w.Settings.RunDir)
	if err != nil {
		return settings.StateError(err)
	}
	defer files.Close()
	if err := w.first(ctx, only); err != nil {
		return err
	}
	tick := time.NewTicker(pollPods)
	defer tick.Stop()
	for {
		var poll <-chan time.Time
		if w.polls() {
			poll = tick.C
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case refs, ok := <-files.Changes:
			if !ok {
				return files.Err()
			}
			err = w.changed(ctx, refs)
		case <-poll:
			err = w.poll(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// first prints the pods that there are, unless only changes are wanted.
func (w *watching) first(ctx context.Context, only bool) error {
	all, err := view.All(ctx, w.Finder)
	if err != nil {
		return err
	}
	pods, missing := w.pods.of(all)
	if len(missing) > 0 {
		return errors.Join(missing...)
	}
	for _, err := range damages(pods) {
		w.warn(err)
	}
	for _, v := range pods {
		w.Saw(v)
		text, err := w.printer.Text(v)
		if err != nil {
			return err
		}
		w.shown[v.Ref] = shown{v, text}
	}
	if only {
		return nil
	}
	if err := w.printer.Sort(pods); err != nil {
		return err
	}
	return w.printer.PrintEach(pods)
}

// polls says whether there are pods whose changes no file tells.
func (w *watching) polls() bool {
	for _, s := range w.shown {
		if !s.Supervised() {
			return true
		}
	}
	return false
}

// changed looks at pods whose files have changed; nil are all.
func (w *watching) changed(ctx context.Context, refs []plan.Ref) error {
	if refs == nil {
		stored, _, err := w.pods.stored(runtime.Store{Dir: w.Settings.StateDir})
		if err != nil {
			return err
		}
		for _, p := range stored {
			refs = append(refs, p.Ref)
		}
		refs = slices.AppendSeq(refs, maps.Keys(w.shown))
		slices.SortFunc(refs, plan.Ref.Compare)
		refs = slices.Compact(refs)
	}
	for _, r := range refs {
		v, err := w.Read(r)
		switch {
		case runtime.DamagedIn(err) != nil:
			w.warn(err)
			err = nil
		case errors.Is(err, fs.ErrNotExist) && w.shown[r].Stored == nil:
			err = nil // a pod that was not made by apply has no files in the first place
		case errors.Is(err, fs.ErrNotExist), err == nil && (!w.pods.has(r, v.Labels()) || w.Check(r) != nil):
			err = w.gone(r)
		case err == nil:
			if v, err = w.Complete(ctx, v); err == nil {
				err = w.show(v)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// poll asks the runtime.
func (w *watching) poll(ctx context.Context) error {
	all, err := view.All(ctx, w.Finder)
	if err != nil {
		return err
	}
	there := map[plan.Ref]bool{}
	for _, v := range all {
		there[v.Ref] = w.pods.has(v.Ref, v.Labels())
		if there[v.Ref] && !v.Supervised() {
			if err := w.show(v); err != nil {
				return err
			}
		}
	}
	for _, r := range slices.SortedFunc(maps.Keys(w.shown), plan.Ref.Compare) {
		if !there[r] {
			if err := w.gone(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// show prints a pod of which there is something new to print.
func (w *watching) show(v view.Pod) error {
	text, err := w.printer.Text(v)
	if err != nil || text == w.shown[v.Ref].text {
		return err
	}
	w.shown[v.Ref] = shown{v, text}
	return w.printer.PrintEach([]view.Pod{v})
}

// gone prints, once more, a pod that was deleted, or whose labels are no longer those that are selected.
func (w *watching) gone(r plan.Ref) error {
	s, was := w.shown[r]
	if !was {
		return nil
	}
	delete(w.shown, r)
	if _, err := (runtime.Store{Dir: w.Settings.StateDir}).Pod(r); errors.Is(err, fs.ErrNotExist) {
		s.Deleted = metav1.Now()
	}
	return w.printer.PrintEach([]view.Pod{s.Pod})
}
