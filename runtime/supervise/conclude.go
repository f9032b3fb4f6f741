package supervise

import (
	"fmt"

	"github.com/kubehost/kubehost/translate/plan"
)

// conclude says what the pod as a whole is like.
func (l *look) conclude() {
	if d := l.deadline(); l.m.Ending == nil && !l.m.Over && d.After(l.now) {
		l.at(d)
	}
	l.vainWishes()
	l.m.Phase = l.phase()
	l.m.Settled = l.m.Ending == nil && (l.m.Over && !l.broken() || l.settled())
}

// broken says whether a pod that is over came so far only: an init container failed, or something could not be started.
func (l *look) broken() bool {
	broken := !l.m.InitsDone && l.m.Reason == ""
	l.each(func(_ *plan.Unit, u *Unit) { broken = broken || u.State == Terminated && u.ID == "" }, plan.Init, plan.Main)
	return broken
}

// phase follows https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase.
func (l *look) phase() Phase {
	waiting, failed, running := !l.m.InitsDone, false, false
	l.each(func(_ *plan.Unit, u *Unit) { running = running || u.State == Up || u.Doing != Idle }, plan.Init, plan.Sidecar, plan.Main)
	l.each(func(p *plan.Unit, u *Unit) {
		// One that has run before, and is about to again, does not make the pod wait.
		waiting = waiting || u.State == Waiting && u.Last == nil || u.State == Up && u.Last == nil && holding(p, u)
		failed = failed || u.State == Terminated && u.ExitCode != 0
	}, plan.Main)
	ended := l.m.Over || l.m.Ending != nil && l.m.Ending.Why == Asked && !running && !waiting
	switch {
	case ended && (l.m.Reason != "" || failed || waiting):
		return Failed // also because an init container did
	case ended:
		return Succeeded
	case waiting:
		return Pending
	}
	return Running
}

// settled says whether all that should run was started as planned, and nothing else is there.
func (l *look) settled() bool {
	s := l.in.Sandbox
	if l.m.Doing != Idle || s == nil || !s.Current || !s.Up {
		return false
	}
	for name := range l.in.Containers {
		if l.pod.Unit(name) == nil {
			return false
		}
	}
	settled := true
	l.each(func(p *plan.Unit, u *Unit) {
		ended := u.State == Terminated && !l.restarts(p, u)
		settled = settled && (u.ID != "" || ended) && !holding(p, u) && l.fits(p) && u.Killed != byChange && u.Killed != byWish
	}, plan.Sidecar, plan.Main)
	return settled
}

// Failed says whether the pod has failed for good.
func (m Memory) Failed() bool { return m.Over && m.Phase == Failed }

// Verdict says of a pod that has failed why it has: `pod "web" has failed: Pod was active on the node longer than the specified deadline`.
func (m Memory) Verdict(pod string) string {
	text := fmt.Sprintf("pod %q has failed", pod)
	if m.Message != "" {
		text += ": " + m.Message
	}
	return text
}

// Ready says whether every container that should run does, and is ready.
func (m Memory) Ready(p *plan.Pod) bool {
	if m.Over || m.Ending != nil {
		return false
	}
	for _, u := range p.Units {
		if u.Role == plan.Init {
			continue
		}
		if have := m.Units[u.Name]; have == nil || !have.Ready {
			return false
		}
	}
	return true
}
