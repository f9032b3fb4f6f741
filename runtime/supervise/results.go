package supervise

import (
	"cmp"
	"time"
)

// result takes in what became of an action. What an operation that took time leaves behind is for observe to see.
func (l *look) result(r Result) {
	for _, text := range r.Warnings {
		l.event(r.Unit, true, "Failed", text)
	}
	if r.Of == OfSandbox {
		l.sandboxResult(r)
		return
	}
	u := l.m.Units[r.Unit]
	if u == nil {
		return
	}
	other := r.ID != "" && u.ID != "" && r.ID != u.ID // of a run that is over
	switch r.Of {
	case OfStart:
		l.startResult(u, r)
	case OfStop, OfRemove:
		l.stopResult(u, r)
	case OfPostStart:
		if !other {
			l.postStartResult(u, r)
		}
	case OfPreStop:
		if !other {
			l.preStopResult(u, r)
		}
	case OfProbe:
		if !other {
			l.probeResult(u, r)
		}
	}
}

// sandboxResult is of making the sandbox or of bringing it down.
func (l *look) sandboxResult(r Result) {
	made := l.m.Doing == Starting
	l.m.Doing = Idle
	switch {
	case r.OK && made:
		l.m.Problem, l.m.RetryAt, l.m.Tried = "", time.Time{}, ""
	case r.OK && l.in.Sandbox != nil && l.in.Sandbox.Up:
		l.m.RetryAt = l.now.Add(retryStop) // it was stopped, and still runs
	case r.OK, made && r.Hasty:
	case made:
		l.m.Problem, l.m.RetryAt = r.Message, l.now.Add(firstBackoff)
		l.event("", true, "FailedCreatePodSandBox", cmp.Or(r.Brief, r.Message))
	default:
		l.m.RetryAt = l.now.Add(retryStop)
		l.event("", true, "FailedKillPod", r.Message)
	}
}

// startResult: what "could not be started" means depends on how far it got. A run that
// ended before it began is a run; without an image, say, it has not even been tried.
func (l *look) startResult(u *Unit, r Result) {
	if u.Doing != Starting {
		return
	}
	u.Doing = Idle
	p := l.pod.Unit(r.Unit)
	if p == nil {
		return
	}
	if r.OK {
		l.started = append(l.started, r.Unit)
		u.Tried, u.Retry, u.RetryAt = "", 0, time.Time{}
		u.HookDue = true
		return
	}
	if r.Reason == canceled {
		u.State, u.Tried = Waiting, ""
		return
	}
	hasty := r.Hasty && r.Reason != startError
	if hasty {
		r.Reason, r.Message = creating, ""
	} else {
		l.event(r.Unit, true, "Failed", cmp.Or(r.Brief, r.Message))
	}
	u.HookDue, u.Killed, u.StartedAt = false, "", time.Time{}
	if c, there := l.in.Containers[r.Unit]; there && !c.Running {
		u.Replaces = c.ID
	}
	u.ID, u.Reason, u.Message = "", r.Reason, cut(r.Message, maxMessage)
	if r.Reason != startError {
		u.State = Waiting
		if hasty { // at once; that it was tried tells the container that ended, which may still be there, from a new run
			u.RetryAt = time.Time{}
			return
		}
		u.Retry = min(max(2*u.Retry, firstBackoff), maxBackoff)
		u.RetryAt = l.now.Add(u.Retry)
		return
	}
	l.stillborn(u, r)
}

// startError is the kubelet's word for a container whose first process could not be made.
const startError = "StartError"

// canceled is the reason of what was given up because nobody needs it any more.
const canceled = "Canceled"

// stillborn records a run that ended before it began.
func (l *look) stillborn(u *Unit, r Result) {
	if u.NextRestarts > u.Restarts {
		u.advance(l.now)
	}
	u.Restarts = u.NextRestarts
	u.NextRestarts++
	u.State, u.Retry, u.RetryAt = Terminated, 0, time.Time{}
	u.ExitCode, u.FinishedAt = 128, l.now
	u.Last = &Termination{ExitCode: 128, Reason: u.Reason, Message: u.Message, Brief: cut(r.Brief, maxMessage), FinishedAt: l.now}
}

// retryStop is the pause before something that could not be stopped or removed is tried again.
const retryStop = 2 * time.Second

func (l *look) stopResult(u *Unit, r Result) {
	if u.Doing != Stopping || r.Reason == canceled {
		return // of a stop that a faster one has overtaken
	}
	u.Doing, u.StopBy = Idle, time.Time{}
	u.PreStopped = u.PreStopped || r.Hooked
	if r.OK && r.Message != "" {
		l.event(r.Unit, true, "FailedPreStopHook", r.Message)
	}
	if c, there := l.in.Containers[r.Unit]; there && (c.Running || !r.OK && r.Of == OfRemove) {
		u.RetryAt = l.now.Add(retryStop)
		if r.OK {
			u.Undead, r.Message = true, "It was stopped, and still runs: it will be removed by force"
		}
		l.event(r.Unit, true, "FailedKillPod", r.Message)
	}
}

func (l *look) postStartResult(u *Unit, r Result) {
	if u.Doing != Hooking {
		return // the container ended meanwhile, or is being stopped
	}
	u.Doing = Idle
	if !r.OK {
		l.event(r.Unit, true, "FailedPostStartHook", r.Message)
		if p := l.pod.Unit(r.Unit); p != nil {
			l.kill(p, u, byPostStart, "FailedPostStartHook")
		}
	}
}

func (l *look) preStopResult(u *Unit, r Result) {
	if !u.PreStopping {
		return // the container has ended without it
	}
	u.PreStopping, u.PreStopped = false, true
	if !r.OK {
		l.event(r.Unit, true, "FailedPreStopHook", r.Message)
	}
}
