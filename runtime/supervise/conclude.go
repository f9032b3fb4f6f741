package supervise

import (
	"github.com/kubehost/kubehost/translate/plan"
)

// conclude says what the pod as a whole is like.
func (l *look) conclude() {
	l.m.Phase = l.phase()
	l.m.Settled = l.m.Ending == nil && (l.m.Over || l.settled())
}

// phase follows https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase.
func (l *look) phase() Phase {
	waiting, failed, initFailed := false, false, false
	l.each(func(p plan.Unit, u *Unit) {
		if p.Role == plan.Main {
			waiting = waiting || u.State == Waiting
			failed = failed || u.State == Terminated && u.ExitCode != 0
		} else {
			initFailed = initFailed || u.State == Terminated && u.ExitCode != 0
		}
	}, plan.Init, plan.Main)
	switch {
	case l.m.Over && (l.m.Reason != "" || failed || initFailed && waiting):
		return Failed
	case l.m.Over:
		return Succeeded
	case waiting:
		return Pending
	}
	return Running
}

// settled says whether all that should run was started as planned.
func (l *look) settled() bool {
	if l.m.Doing != Idle || l.in.Sandbox == nil || !l.in.Sandbox.Current {
		return false
	}
	settled := true
	l.each(func(p plan.Unit, u *Unit) {
		settled = settled && u.ID != "" && u.Doing != Starting && u.Doing != Hooking && l.fits(p)
	}, plan.Main)
	return settled
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

// Initialized says whether the init containers are done and the sidecars have started.
func (m Memory) Initialized(p *plan.Pod) bool {
	for _, u := range p.Units {
		have := m.Units[u.Name]
		switch {
		case have == nil:
			return false
		case u.Role == plan.Main && have.ID != "":
			return true // it could not have started otherwise
		case u.Role == plan.Init && !(have.State == Terminated && have.ExitCode == 0), u.Role == plan.Sidecar && !have.Passed:
			return false
		}
	}
	return true
}
