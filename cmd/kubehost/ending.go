package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// endSupervised ends supervised pods the way their plans say: hooks, order, grace periods. It asks the supervisor of
// each, or is the supervisor where there is none. What is to be removed afterwards keeps its sandbox until then. Pods that have
// not ended are noted as failed.
func (d *deleting) endSupervised(ctx context.Context, refs []plan.Ref, removed bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, d.limit, fmt.Errorf("not stopped after %s", d.limit))
	defer cancel()
	errs := make([]error, len(refs))
	var pods []plan.Pod
	var all sync.WaitGroup
	for i, r := range refs {
		stored, err := d.store.Pod(r)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !stored.Plan.Supervised {
			continue
		}
		if err != nil {
			errs[i] = settings.StateError(err)
			continue
		}
		pods = append(pods, stored.Plan)
		all.Go(func() {
			if err := d.endOne(ctx, r, removed); err != nil {
				errs[i] = fmt.Errorf("pod %q: %w", r.Name, err)
			}
		})
	}
	stop := d.showEnds(pods)
	all.Wait()
	stop()
	for i, err := range errs {
		if err != nil {
			d.show.Fail(refs[i], err)
		}
	}
	return errors.Join(errs...)
}

// showEnds shows how pods end, until the returned function has been called.
func (d *deleting) showEnds(pods []plan.Pod) (stop func()) {
	over, all := make(chan struct{}), sync.WaitGroup{}
	all.Go(func() {
		tick := time.NewTicker(pollStatus)
		defer tick.Stop()
		read := make([]string, len(pods))
		for looks := 1; ; looks++ {
			for i := range pods {
				station := d.station(pods[i].Ref)
				if looks%readAnyway != 0 && station.Still(read[i]) {
					continue
				}
				read[i] = station.Written()
				if m, err := station.Memory(); err == nil {
					d.show.Ending(&pods[i], m)
				}
			}
			select {
			case <-over:
				return
			case <-tick.C:
			}
		}
	})
	return func() { close(over); all.Wait() }
}

func (d *deleting) endOne(ctx context.Context, r plan.Ref, removed bool) error {
	if err := (supervise.Wanted{Stopped: true, Removed: removed, Grace: d.grace}).Write(d.store.PodDir(r)); err != nil {
		return settings.StateError(err)
	}
	sup := d.supervisor(d.engine, d.settings, r)
	// One that lives is told once, and holds its place until the pod has ended.
	alive, err := sup.Station.Poke()
	if err != nil {
		return err
	}
	tick := time.NewTicker(pollStatus)
	defer tick.Stop()
	for looks := 1; ; looks++ {
		if alive {
			pid, err := sup.Station.Alive()
			if err != nil {
				return err
			}
			if alive = pid != 0; !alive && sup.Rested() {
				return nil
			}
		}
		if !alive || looks%readAnyway == 0 {
			if over, err := d.overtaken(r); over || err != nil {
				return err
			}
		}
		if !alive {
			err := sup.Run(ctx, supervise.Signals{})
			if alive = errors.Is(err, supervise.ErrSupervised); !alive {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// overtaken says whether there is nothing more to wait for: the pod is gone, or, as an error, somebody wants it to run again.
func (d *deleting) overtaken(r plan.Ref) (bool, error) {
	there, err1 := d.store.Planned(r)
	wanted, err2 := supervise.ReadWanted(d.store.PodDir(r))
	switch {
	case err1 != nil || err2 != nil:
		return false, nil // whoever can read it ends the pod
	case !there:
		return true, nil
	case !wanted.Stopped:
		return true, errors.New("was applied or started at the same time by another kubehost\n  hint: run the same command again if this is to hold")
	}
	return false, nil
}
