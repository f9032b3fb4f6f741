package supervise

import (
	"slices"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// leastGrace is what every container has between SIGTERM and SIGKILL, whatever was used up before.
const leastGrace = 2 * time.Second

// decideEnding looks for a reason to bring the pod down. A reason that holds is not replaced, except
// that somebody who asks is obeyed at once.
func (l *look) decideEnding() {
	if s := l.in.Stop; s != nil {
		grace := l.grace()
		if s.Grace != nil {
			grace = *s.Grace
		}
		if e := l.m.Ending; e == nil || e.Why != Asked {
			l.ending(Asked, grace)
		} else {
			l.m.Ending.Grace = min(e.Grace, grace)
		}
		return
	}
	if l.m.Ending != nil && l.m.Ending.Why == Asked {
		l.m.Ending = nil // nobody asks any more: the pod is wanted again
	}
	if l.m.Over && !l.current() {
		l.anew()
	}
	if l.m.Ending != nil || l.m.Over {
		return
	}
	if why := l.reasonToEnd(); why != "" {
		l.ending(why, l.grace())
	}
}

func (l *look) grace() time.Duration { return time.Duration(l.pod.GracePeriod) * time.Second }

func (l *look) ending(why Why, grace time.Duration) {
	l.m.Ending = &Ending{Why: why, Since: l.now, Grace: grace}
	l.m.Settled = false
}

// reasonToEnd is why the pod, which should run, is to be brought down.
func (l *look) reasonToEnd() Why {
	s := l.in.Sandbox
	switch {
	case s != nil && !s.Current:
		return Replace
	case l.ranOut():
		return Deadline
	case l.finished():
		return Finished
	case s != nil && !s.Up && l.m.Doing == Idle, s == nil && len(l.in.Containers) > 0:
		return Restart
	}
	return ""
}

// ranOut says whether the active deadline has come.
// See https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#detailed-behavior.
func (l *look) ranOut() bool {
	d := l.pod.ActiveDeadline
	return d != nil && l.due(l.m.Started.Add(time.Duration(*d)*time.Second))
}

// finished says whether the pod ran to its end: every main container ended for good, or an
// init container failed for good.
func (l *look) finished() bool {
	done, mains := 0, 0
	failed := false
	l.each(func(p plan.Unit, u *Unit) {
		ended := u.State == Terminated && u.Doing == Idle && l.fits(p) && !l.restarts(p, u)
		switch {
		case p.Role == plan.Main:
			mains++
			if ended {
				done++
			}
		case ended && u.ExitCode != 0:
			failed = true
		}
	}, plan.Init, plan.Main)
	return failed || done == mains
}

// fits says whether the container, if there is one, is the planned one.
func (l *look) fits(p plan.Unit) bool {
	c, there := l.in.Containers[p.Name]
	return !there || c.Current
}

// current says whether all that is there is as planned.
func (l *look) current() bool {
	if s := l.in.Sandbox; s != nil && !s.Current {
		return false
	}
	return !slices.ContainsFunc(l.pod.Units, func(p plan.Unit) bool { return !l.fits(p) })
}

// anew forgets the pod that was: the one that is planned now is another.
func (l *look) anew() {
	l.m.Units, l.m.Over, l.m.Ending = map[string]*Unit{}, false, nil
	l.m.Reason, l.m.Message, l.m.Started = "", "", l.now
	l.observe()
}

// end brings the containers down: preStop hooks at once; then the main and init containers; then the sidecars, one
// after another from the last. All share one grace period.
func (l *look) end() {
	if l.endMains() && l.endSidecars() && l.m.Doing == Idle {
		l.down()
	}
}

// endMains says whether all containers but the sidecars have ended.
func (l *look) endMains() bool {
	gone := true
	l.each(func(p plan.Unit, u *Unit) {
		gone = gone && u.State != Up && u.Doing == Idle
		if u.State == Up && u.Doing == Idle || u.Doing == Hooking {
			l.stop(p.Name, u, true, "Stopping container "+p.Name)
		}
	}, plan.Init, plan.Main)
	l.each(func(p plan.Unit, u *Unit) {
		if u.State == Up && u.Doing == Idle && !u.PreStopped && p.Lifecycle.PreStop != nil {
			u.PreStopped = true
			l.do(RunPreStop{p.Name, l.left()})
		}
	}, plan.Sidecar)
	return gone
}

func (l *look) endSidecars() bool {
	gone := true
	for _, p := range slices.Backward(l.pod.Units) {
		u := l.unit(p.Name)
		if p.Role != plan.Sidecar || !gone {
			continue
		}
		gone = u.State != Up && u.Doing == Idle
		if u.State == Up && u.Doing == Idle || u.Doing == Hooking {
			l.stop(p.Name, u, !u.PreStopped, "Stopping container "+p.Name)
		}
	}
	return gone
}

// left is what remains of the grace period of the pod.
func (l *look) left() time.Duration {
	e := l.m.Ending
	return max(e.Grace-l.now.Sub(e.Since), leastGrace)
}

func (l *look) stop(name string, u *Unit, hook bool, message string) {
	u.Doing = Stopping
	l.event(name, false, "Killing", message)
	l.do(StopUnit{Unit: name, Grace: l.left(), Hook: hook, Cause: string(l.m.Ending.Why)})
}

// kill ends one container of a pod that goes on.
func (l *look) kill(name string, u *Unit, why string, grace *int64, message string) {
	d := l.grace()
	if grace != nil {
		d = time.Duration(*grace) * time.Second
	}
	u.Doing, u.Killed = Stopping, why
	l.event(name, false, "Killing", message)
	l.do(StopUnit{Unit: name, Grace: max(d, leastGrace), Hook: true, Cause: why})
}

// down says what follows once all containers have ended.
func (l *look) down() {
	switch l.m.Ending.Why {
	case Asked:
		l.stopSandbox()
	case Deadline:
		l.m.Over, l.m.Ending = true, nil
		l.m.Reason, l.m.Message = "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"
		l.event("", true, "DeadlineExceeded", l.m.Message)
		l.over()
	case Finished:
		l.m.Over, l.m.Ending = true, nil
		l.over()
	case Restart, Replace:
		l.removeOld()
	}
}

// removeOld removes the sandbox that was lost or is out of date; with it go the containers that ended.
func (l *look) removeOld() {
	if l.in.Sandbox != nil || len(l.in.Containers) > 0 {
		l.m.Doing = Stopping
		l.do(RemoveSandbox{string(l.m.Ending.Why)})
		return
	}
	if l.m.Ending.Why == Replace {
		l.anew()
	} else {
		l.m.Ending = nil
		l.rerun()
	}
	l.run()
}

// rerun makes the containers of a lost sandbox start again from the first. A sidecar's count does not grow by it.
func (l *look) rerun() {
	l.each(func(p plan.Unit, u *Unit) {
		restarts := u.Restarts
		if u.ID != "" && p.Role != plan.Sidecar {
			restarts++
		}
		*u = Unit{State: Waiting, Reason: "ContainerCreating", Restarts: restarts, Backoff: u.Backoff, BackoffAt: u.BackoffAt}
	}, plan.Init, plan.Sidecar, plan.Main)
}

// over keeps a pod that ended for good as it is: its containers stay to be looked at.
func (l *look) over() { l.stopSandbox() }

// stopSandbox ends the infra, and with it the supervisor.
func (l *look) stopSandbox() {
	switch {
	case l.m.Doing != Idle:
	case l.in.Sandbox != nil && l.in.Sandbox.Up:
		l.m.Doing = Stopping
		l.do(StopSandbox{})
	default:
		l.do(Finish{})
	}
}
