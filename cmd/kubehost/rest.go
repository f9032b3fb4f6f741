package main

import (
	"slices"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// rest leaves those pods alone that a user has stopped, and that are looked at only because they use what is given: what
// is kept of them is up to date, and waits for their start. It returns the others, and leaves the parts their steps.
func (a *applying) rest(parts []part) ([]plan.Pod, error) {
	stopped := map[plan.Ref]bool{}
	for _, o := range a.set.Pods {
		if !o.Stored {
			continue
		}
		wanted, err := supervise.ReadWanted(a.store.PodDir(ref(o.Origin)))
		if err != nil {
			return nil, err
		}
		stopped[ref(o.Origin)] = wanted.Stopped
	}
	pods := slices.DeleteFunc(slices.Clone(a.want.Pods), func(p plan.Pod) bool { return stopped[p.Ref] })
	for _, pt := range parts {
		for i, s := range pt.steps {
			if stopped[s.Pod] {
				pt.steps[i].Op = runtime.Prepared{} // others may need it
			}
		}
	}
	return pods, nil
}

// unask forgets what users asked of pods that were applied without a supervisor: to be stopped, above all.
func (a *applying) unask(pods []plan.Pod) error {
	for _, p := range pods {
		if err := (supervise.Wanted{}).Write(a.store.PodDir(p.Ref)); err != nil {
			return err
		}
	}
	return nil
}
