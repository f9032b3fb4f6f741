package supervise

import (
	"slices"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// leastGrace is what every container has between SIGTERM and SIGKILL, whatever was used up before.
const leastGrace = 2 * time.Second

// end brings the containers down: preStop hooks at once; then the main and init containers; then the sidecars, one
// after another from the last. All share one grace period.
func (l *look) end() {
	tidy := l.removeUnknown()
	if l.endMains() && l.endSidecars() && tidy && l.m.Doing == Idle {
		l.down()
	}
}

// endMains says whether all containers but the sidecars have ended.
func (l *look) endMains() bool {
	gone := true
	l.each(func(p *plan.Unit, u *Unit) {
		gone = l.bringDown(p, u, true) && gone
	}, plan.Init, plan.Main)
	l.each(func(p *plan.Unit, u *Unit) {
		if u.State == Up && u.Doing == Idle && !u.PreStopping && !u.PreStopped && p.Lifecycle.PreStop != nil && l.left() > 0 {
			u.PreStopping = true
			l.do(RunPreStop{p.Name, l.left()})
		}
	}, plan.Sidecar)
	return gone
}

// endSidecars says whether the sidecars have ended. Each has to wait for those after it, and for its own preStop
// hook as long as there is time.
func (l *look) endSidecars() bool {
	for _, p := range slices.Backward(l.pod.Units) {
		if p.Role != plan.Sidecar {
			continue
		}
		u := l.unit(p.Name)
		if u.PreStopping && u.Doing == Idle && !l.due(l.endingBy()) {
			return false
		}
		if !l.bringDown(&p, u, !u.PreStopping && !u.PreStopped) {
			return false
		}
	}
	return true
}

// bringDown stops a container unless it has ended or is being stopped. It says whether it has ended.
func (l *look) bringDown(p *plan.Unit, u *Unit, hook bool) bool {
	switch {
	case u.Doing == Stopping && u.State == Up:
		// A shorter grace period holds for what has begun already, too.
		if by := l.now.Add(max(l.left(), leastGrace)); by.Before(u.StopBy) {
			l.stop(p, u, l.left(), false, string(l.m.Ending.Why))
		}
	case u.State == Up && u.Doing != Starting && l.due(u.RetryAt):
		l.event(p.Name, false, "Killing", "Stopping container "+p.Name)
		l.stop(p, u, l.left(), hook, string(l.m.Ending.Why))
	}
	return u.State != Up && u.Doing == Idle
}

// stop asks to end a container. Its preStop hook runs once, and not without any grace period.
func (l *look) stop(p *plan.Unit, u *Unit, grace time.Duration, hook bool, cause string) {
	hook = hook && !u.PreStopped && grace > 0
	u.Doing, u.StopBy = Stopping, l.now.Add(max(grace, leastGrace))
	l.do(StopUnit{Unit: p.Name, Grace: grace, Hook: hook, Force: u.Undead, Cause: cause})
}

// endingBy is when the grace period of the pod is used up.
func (l *look) endingBy() time.Time { return l.m.Ending.Since.Add(l.m.Ending.Grace) }

// left is what remains of the grace period of the pod.
func (l *look) left() time.Duration { return max(l.endingBy().Sub(l.now), 0) }

// down says what follows once all containers have ended.
func (l *look) down() {
	switch why := l.m.Ending.Why; {
	case why == Asked:
		l.stopSandbox()
	case why == Restart && l.ranOut():
		l.finish(Deadline)
	case why == Deadline, why == Finished, why == Restart && l.finished():
		l.finish(why)
	default:
		l.removeOld()
	}
}

// finish ends the pod for good, unless it is to be another one by now.
func (l *look) finish(why Why) {
	if l.in.Stop == nil && !l.current() {
		l.ending(Replace)
		l.removeOld()
		return
	}
	l.m.Over, l.m.Ending = true, nil
	if why == Deadline {
		l.m.Reason, l.m.Message = deadlineExceeded, "Pod was active on the node longer than the specified deadline"
		l.event("", true, l.m.Reason, l.m.Message)
	}
	l.stopSandbox()
}

// removeOld removes the sandbox that was lost or is out of date; with it go the containers that ended.
func (l *look) removeOld() {
	if !l.due(l.m.RetryAt) {
		return
	}
	if l.in.Sandbox != nil || len(l.in.Containers) > 0 {
		l.m.Doing = Stopping
		l.do(RemoveSandbox{string(l.m.Ending.Why)})
		return
	}
	if l.m.Ending.Why == Replace {
		l.anew()
	} else {
		l.rerun()
	}
	l.run()
}

// anew forgets the pod that was: the one that is planned now is another.
func (l *look) anew() {
	old := l.m
	l.m = Memory{Ref: old.Ref, Plan: old.Plan, Started: l.now, Units: map[string]*Unit{}, Events: old.Events, Anew: old.Anew}
	l.anewAsked(wholePod, l.now) // it is
}

// rerun makes the containers of a lost sandbox start again from the first. A sidecar's count does not grow
// by it. What ended for good is not run again.
func (l *look) rerun() {
	l.m.Ending, l.m.Sandbox, l.m.InitsDone = nil, "", false
	l.each(func(p *plan.Unit, u *Unit) {
		ran := u.ID != "" || u.State == Terminated
		if ran && p.Role == plan.Main && !l.restarts(p, u) {
			return
		}
		next := Unit{State: Waiting, Reason: creating, Restarts: u.Restarts, NextRestarts: u.NextRestarts, Last: u.Last,
			Backoff: u.Backoff, BackoffAt: u.BackoffAt, FinishedAt: u.FinishedAt}
		if ran && p.Role == plan.Sidecar {
			next.NextRestarts = u.Restarts
		}
		*u = next
	}, plan.Init, plan.Sidecar, plan.Main)
}

// stopSandbox ends the infra, unless it is about to be removed, and with it the supervisor.
func (l *look) stopSandbox() {
	switch {
	case l.m.Doing != Idle:
	case l.in.Stop != nil && l.in.Stop.Removed:
		l.do(Finish{})
	case l.in.Sandbox == nil || !l.in.Sandbox.Up:
		l.do(Finish{})
	case l.due(l.m.RetryAt):
		l.m.Doing = Stopping
		l.do(StopSandbox{})
	}
}

// deadlineExceeded is the kubelet's word for a pod that ran longer than it may.
const deadlineExceeded = "DeadlineExceeded"
