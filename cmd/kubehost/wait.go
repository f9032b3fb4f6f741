package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/report"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
)

func (p *program) waitCommand() *cli.Command {
	return &cli.Command{
		Name:      "wait",
		Usage:     "wait until pods are ready, have a value in a field, or are gone",
		UsageText: "kubehost wait --for=condition=Ready|jsonpath=…|create|delete pod/POD … | pods -l SELECTOR | pods --all | -f FILE … [flags]",
		Description: `The exit code is 1 when the time is over first. The conditions are those of a Kubernetes pod: Ready, ContainersReady,
Initialized, PodScheduled, PodReadyToStartContainers. A path is one into what "get -o json" prints; without a value
it is enough that the field is there. Of pods without a supervisor no condition is known, and fields are looked at every 2 seconds.

Examples:
  kubehost wait --for=condition=Ready pod/web
  kubehost wait --for=condition=Ready pods -l app=shop
  kubehost wait --for=jsonpath='{.status.phase}'=Running pod/web
  kubehost wait --for=condition=Ready -f pod.yaml
  kubehost wait --for=delete pod/web --timeout 2m`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "for", Usage: "`WHAT` to wait for: condition=Ready, condition=Ready=false, jsonpath='{.status.phase}'=Running, create or delete"},
			&cli.DurationFlag{Name: flagTimeout, Value: 30 * time.Second, Usage: "longest `TIME` to wait; 0 looks once, less than 0 waits for a week"},
			allFlag(),
		}, slices.Concat(selectionFlags("of the pods (default: default)"), fileFlags(), settings.ChangeFlags())...),
		Action: p.wait,
	}
}

// lookLimit is the longest that the runtime is waited for when a pod is looked at.
const lookLimit = 10 * time.Second

// waiting is one run of wait.
type waiting struct {
	view.Watcher
	awaited
	files *supervise.PodWatch
	show  *report.Work
	// over ends the waiting, but not a look that is under way.
	over context.Context
}

func (p *program) wait(c *cli.Context) error {
	sel, err := p.choose(c)
	if err != nil {
		return err
	}
	if len(sel.names) == 0 && !selects(c) {
		return commandline.Usage(c, "must name a pod, or select pods with -l or --all")
	}
	if c.String("for") == "" {
		return commandline.Usage(c, "must say with --for what to wait for: condition=Ready, jsonpath='{.status.phase}'=Running, create or delete")
	}
	w := waiting{}
	if w.awaited, err = parseFor(c.String("for")); err != nil {
		return commandline.Usage(c, "--for: %v", err)
	}
	e, s, err := p.host(c)
	if err != nil {
		return err
	}
	store := runtime.Store{Dir: s.StateDir}
	if w.files, err = supervise.WatchPods(store, s.RunDir); err != nil {
		return settings.StateError(err)
	}
	defer w.files.Close()
	names, err := sel.targets(store)
	if err != nil {
		return err
	}
	if len(names) == 0 && !w.gone {
		return errors.New("no matching resources found")
	}
	limit := c.Duration(flagTimeout)
	if limit < 0 {
		limit = 7 * 24 * time.Hour
	}
	over, cancel := context.WithTimeout(c.Context, limit)
	defer cancel()
	ctx, cancel := context.WithTimeout(c.Context, limit+lookLimit)
	defer cancel()
	w.Watcher, w.over = view.NewWatcher(e), over
	w.show = p.reporting(c, s)
	defer w.show.Close()
	var errs []error
	for _, n := range names {
		err := w.one(ctx, n)
		w.show.Settle()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			errs = append(errs, fmt.Errorf("timed out waiting for the condition on pods/%s", n.Name))
		case err != nil:
			errs = append(errs, err)
		default:
			fmt.Fprintf(p.stdout, "pod/%s condition met\n", n.Name)
		}
	}
	return errors.Join(errs...)
}

// one looks at a pod, again with each change, until it is as it should be.
func (w *waiting) one(ctx context.Context, t target) error {
	if t.Kind != "Pod" {
		return fmt.Errorf("%s/%s: only pods can be waited for", strings.ToLower(t.Kind), t.Name)
	}
	tick := time.NewTicker(pollPods)
	defer tick.Stop()
	begun := time.Now()
	silence := time.NewTimer(report.Moment)
	defer silence.Stop()
	for first := true; ; first = false {
		v, err := w.Read(t.Ref)
		var poll <-chan time.Time
		switch {
		case errors.Is(err, fs.ErrNotExist) && w.gone:
			return nil
		case errors.Is(err, fs.ErrNotExist) && !w.come:
			return t.notFound()
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case err == nil && w.come:
			return nil
		case err == nil:
			if !v.Stored.Plan.Supervised {
				poll = tick.C
			}
			if done, err := w.look(ctx, v, first, time.Since(begun)); done || err != nil {
				return err
			}
		}
		select {
		case <-w.over.Done():
			return context.Cause(w.over)
		case _, ok := <-w.files.Changes:
			if !ok {
				return w.files.Err()
			}
		case <-silence.C:
			if time.Since(begun) < report.LongWait {
				silence.Reset(report.LongWait)
			}
		case <-poll:
		}
	}
}

// look says whether a pod is as it should be, and shows how it stands.
func (w *waiting) look(ctx context.Context, v view.Pod, first bool, waited time.Duration) (bool, error) {
	var m supervise.Memory
	if v.Memory != nil {
		m = *v.Memory
	}
	p := &v.Stored.Plan
	done, err := w.arrived(ctx, v)
	if err != nil || !p.Supervised {
		return done, err
	}
	if first {
		w.show.Remember(p, m)
	}
	if done {
		w.show.Arrived(p, m, 0)
	} else {
		w.show.Watched(p, m, waited)
	}
	return done, nil
}

// arrived says whether a pod is as it should be. One whose supervisor has not heard of what was applied last is not.
func (w *waiting) arrived(ctx context.Context, v view.Pod) (bool, error) {
	switch supervised := v.Stored.Plan.Supervised; {
	case w.gone:
		return false, nil
	case supervised && (v.Memory == nil || v.Memory.Plan != v.Stored.Plan.Hash()):
		return false, nil
	case !supervised && w.supervised:
		return false, fmt.Errorf("pod %q has no supervisor that knows its condition\n  hint: apply it with a supervisor other than none", v.Ref.Name)
	}
	if w.asks {
		var err error
		if v, err = w.Complete(ctx, v); err != nil {
			return false, err
		}
	}
	return w.met(v)
}
