package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// leftover is something of kubehost's own that a killed command or a deleted pod has left behind.
type leftover struct {
	thing
	// pod is the one that it is of, if any: it is removed under that pod's lock.
	pod plan.Ref
	// remove removes it, unless it is of use again. It says whether it did.
	remove func(ctx context.Context) (bool, error)
}

// leftovers finds them. It tells of what only a user can decide about, too.
func (p *pruning) leftovers(ctx context.Context) ([]leftover, error) {
	seen, err := p.engine.Observe(ctx, plan.Plan{})
	if err != nil {
		return nil, err
	}
	if err := p.strangers(seen); err != nil {
		return nil, err
	}
	var all []leftover
	for _, find := range []func(context.Context, runtime.Observed) ([]leftover, error){p.emptyPods, p.halfMade, p.stations, p.locks, p.halfWritten} {
		some, err := find(ctx, seen)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// strangers tells of pods that kubehost made, but that are not in its state directory. They may be those of
// another user of the same docker, who has a state directory of his own.
func (p *pruning) strangers(seen runtime.Observed) error {
	var names []string
	for _, c := range seen.Containers {
		if !c.Ours() || slices.Contains(names, c.Ref.String()) {
			continue
		}
		known, err := p.store.Known(c.Ref)
		if err != nil {
			return err
		}
		if !known {
			names = append(names, c.Ref.String())
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		p.show.Note("kept: pods of which %s does not know: %s\n  hint: what nobody needs: kubehost delete -n NAMESPACE POD", p.store.Dir, strings.Join(names, ", "))
	}
	return nil
}

// emptyPods are pods of podman of which kubehost was killed before it had made their infra. A pod that is not in the
// state directory may be one that another kubehost makes at this moment.
func (p *pruning) emptyPods(ctx context.Context, _ runtime.Observed) ([]leftover, error) {
	have, err := p.engine.Inventory(ctx)
	if err != nil {
		return nil, err
	}
	var all []leftover
	for _, e := range have.Empty {
		kept, err := p.store.Known(e.Ref)
		if err != nil {
			return nil, err
		}
		if !kept && !p.all {
			continue
		}
		all = append(all, leftover{thing{kind: "podman pod", name: e.Name}, e.Ref, func(ctx context.Context) (bool, error) {
			now, err := p.engine.Inventory(ctx)
			if err != nil || !slices.Contains(now.Empty, e) {
				return false, err
			}
			return p.do(ctx, e.Ref, runtime.RemoveEmptyPod{Pod: e})
		}})
	}
	return all, nil
}

// halfMade are the directories of pods without a plan, and without containers.
func (p *pruning) halfMade(_ context.Context, seen runtime.Observed) ([]leftover, error) {
	refs, data, err := p.store.HalfMade()
	if err != nil {
		return nil, err
	}
	var all []leftover
	for _, r := range refs {
		dir := p.store.PodDir(r)
		switch {
		case engines.Has(seen, r):
		case data[r]:
			p.show.Note("kept: %s may hold data of a pod that is gone\n  hint: if nobody needs it: kubehost delete -n %s %s", dir, r.Namespace, r.Name)
		default:
			all = append(all, leftover{thing{kind: "directory", name: dir}, r, func(ctx context.Context) (bool, error) {
				if still, err := p.store.HalfMadeStill(r); err != nil || !still {
					return false, err
				}
				return p.do(ctx, r, runtime.RemoveFiles{Dir: dir})
			}})
		}
	}
	return all, nil
}

// stations are the status directories of pods that are gone.
func (p *pruning) stations(_ context.Context, seen runtime.Observed) ([]leftover, error) {
	stations, err := supervise.Stations(p.settings.RunDir)
	if err != nil {
		return nil, err
	}
	var all []leftover
	for _, s := range stations {
		kept, err := p.store.Known(s.Ref)
		if err != nil {
			return nil, err
		}
		if pid, err := s.Alive(); err != nil || pid != 0 || kept || engines.Has(seen, s.Ref) {
			continue // one that cannot be asked is somebody else's
		}
		all = append(all, leftover{thing{kind: "status", name: s.Ref.String()}, s.Ref, func(context.Context) (bool, error) { return s.Leave(p.store) }})
	}
	return all, nil
}

// locks are the lock files of pods that are gone.
func (p *pruning) locks(context.Context, runtime.Observed) ([]leftover, error) {
	refs, err := p.store.Locked()
	if err != nil {
		return nil, err
	}
	var all []leftover
	for _, r := range refs {
		kept, err := p.store.Known(r)
		if err != nil {
			return nil, err
		}
		if !kept {
			// With the lock of a pod that is gone its file is removed.
			all = append(all, leftover{thing{kind: "lock", name: r.String()}, r, func(context.Context) (bool, error) {
				kept, err := p.store.Known(r)
				return !kept && err == nil, err
			}})
		}
	}
	return all, nil
}

// halfWritten are the files that a killed kubehost had begun to write.
func (p *pruning) halfWritten(context.Context, runtime.Observed) ([]leftover, error) {
	files, err := p.store.HalfWritten(time.Now())
	var all []leftover
	for _, f := range files {
		all = append(all, leftover{thing: thing{kind: "file", name: f}, remove: func(context.Context) (bool, error) {
			err := os.Remove(f)
			if errors.Is(err, fs.ErrNotExist) {
				return false, nil
			}
			return err == nil, err
		}})
	}
	return all, err
}

func (p *pruning) removeLeftovers(ctx context.Context, all []leftover) error {
	var errs []error
	for _, l := range all {
		if ctx.Err() != nil {
			break
		}
		done, err := p.removeLeftover(ctx, l)
		if err != nil {
			errs = append(errs, settings.StateError(err))
		}
		if done {
			p.deleted(l.thing, "")
		}
	}
	return errors.Join(errs...)
}

// removeLeftover leaves alone what is of a pod that somebody works on.
func (p *pruning) removeLeftover(ctx context.Context, l leftover) (bool, error) {
	if l.pod.Name == "" {
		return l.remove(ctx)
	}
	locks, err := p.store.TryLock(l.pod)
	if err != nil || locks == nil {
		return false, err
	}
	defer locks.Release()
	done, err := l.remove(locks.With(ctx))
	// The lock must not be one more leftover.
	kept, knownErr := p.store.Known(l.pod)
	if knownErr == nil && !kept {
		knownErr = p.store.RemoveLock(l.pod)
	}
	return done, errors.Join(err, knownErr)
}
