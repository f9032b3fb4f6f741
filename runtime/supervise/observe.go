package supervise

import (
	"fmt"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// observe brings the memory up to what the runtime shows.
func (l *look) observe() {
	l.forget()
	if s := l.in.Sandbox; s != nil {
		l.m.Sandbox = s.ID
	}
	l.each(func(p plan.Unit, u *Unit) {
		switch c, there := l.in.Containers[p.Name]; {
		case there && c.Running:
			l.sawRunning(p, u, c)
		case there:
			l.sawEnded(p, u, c)
		case u.State == Up:
			// Somebody removed it. What became of its process nobody can tell.
			l.ended(p, u, Container{ID: u.ID, ExitCode: 137, StartedAt: u.StartedAt, FinishedAt: l.now}, "ContainerStatusUnknown")
		}
		if u.State == Up && u.Doing != Starting && u.Doing != Hooking && p.Lifecycle.Startup == nil {
			started(p, u)
		}
	}, plan.Init, plan.Sidecar, plan.Main)
}

// started: the container has come up. Without a readiness probe it is ready.
func started(p plan.Unit, u *Unit) {
	u.Started = true
	u.Ready = u.Ready || p.Lifecycle.Readiness == nil && p.Role != plan.Init
}

// sawRunning takes over a container that is not the one that is remembered.
func (l *look) sawRunning(p plan.Unit, u *Unit, c Container) {
	if u.ID == c.ID && u.State == Up {
		return
	}
	l.begin(u, c)
	l.event(p.Name, false, "Started", "Started container "+p.Name)
}

// begin starts the memory of a new run.
func (l *look) begin(u *Unit, c Container) {
	doing := u.Doing
	*u = Unit{ID: c.ID, State: Up, StartedAt: c.StartedAt, Restarts: max(u.Restarts, c.Restarts), Last: u.Last,
		Backoff: u.Backoff, BackoffAt: u.BackoffAt, Passed: u.Passed, Doing: doing, Probes: map[ProbeKind]*ProbeState{}}
}

func (l *look) sawEnded(p plan.Unit, u *Unit, c Container) {
	switch {
	case u.ID == c.ID && u.State != Up:
		return // known, or being replaced
	case u.ID != c.ID:
		l.begin(u, c) // it began and ended between two looks
	}
	l.ended(p, u, c, endReason(c))
}

func endReason(c Container) string {
	switch {
	case c.OOMKilled:
		return "OOMKilled"
	case c.ExitCode == 0:
		return "Completed"
	}
	return "Error"
}

// ended records the end of a run. A postStart hook that was under way is cut off with it.
func (l *look) ended(p plan.Unit, u *Unit, c Container, reason string) {
	if u.Doing == Hooking {
		u.Doing = Idle
	}
	u.State, u.Reason, u.Message = Terminated, reason, c.Message
	u.ExitCode, u.FinishedAt = c.ExitCode, c.FinishedAt
	u.Last = &Termination{ID: c.ID, ExitCode: c.ExitCode, Reason: reason, Message: c.Message, StartedAt: c.StartedAt, FinishedAt: c.FinishedAt}
	u.Started, u.Ready, u.Probes = false, false, map[ProbeKind]*ProbeState{}
	if p.Role == plan.Init && c.ExitCode == 0 {
		u.Ready = true
		return
	}
	if c.ExitCode != 0 && u.Killed == "" {
		l.event(p.Name, true, "Exited", fmt.Sprintf("Container %s exited with %d", p.Name, c.ExitCode))
	}
}

// result takes in what became of an action.
func (l *look) result(r Result) {
	if r.Of == OfSandbox {
		l.sandboxResult(r)
		return
	}
	u := l.m.Units[r.Unit]
	if u == nil || r.ID != "" && u.ID != "" && r.ID != u.ID {
		return
	}
	switch r.Of {
	case OfStart:
		l.startResult(u, r)
	case OfPostStart:
		l.postStartResult(u, r)
	case OfStop, OfRemove:
		u.Doing = Idle
		if !r.OK {
			l.event(r.Unit, true, "FailedKillPod", r.Message)
		}
	case OfPreStop:
		if !r.OK {
			l.event(r.Unit, true, "FailedPreStopHook", r.Message)
		}
	case OfProbe:
		l.probeResult(u, r)
	}
}

func (l *look) sandboxResult(r Result) {
	l.m.Doing = Idle
	l.m.Problem, l.m.RetryAt = "", time.Time{}
	if !r.OK {
		l.m.Problem, l.m.RetryAt = r.Message, l.now.Add(firstBackoff)
		l.event("", true, "FailedCreatePodSandBox", r.Message)
	}
}

// startResult: a container that could not be started has ended before it began. Without an image it has not
// even been tried, which is no restart.
func (l *look) startResult(u *Unit, r Result) {
	u.Doing = Idle
	p := l.planned(r.Unit)
	if p == nil {
		return
	}
	if r.OK {
		u.Reason, u.Message = "", ""
		if p.Lifecycle.PostStart != nil {
			u.Doing = Hooking
			l.do(RunPostStart{r.Unit})
		}
		return
	}
	l.event(r.Unit, true, "Failed", r.Message)
	if imageReason(r.Reason) {
		u.State, u.Reason, u.Message, u.FinishedAt = Waiting, r.Reason, r.Message, l.now
		return
	}
	u.ID, u.State, u.Reason, u.Message = "", Terminated, r.Reason, r.Message
	u.ExitCode, u.StartedAt, u.FinishedAt = 128, time.Time{}, l.now
	u.Last = &Termination{ExitCode: 128, Reason: r.Reason, Message: r.Message, FinishedAt: l.now}
}

// imageReason says whether a container waits for its image.
func imageReason(reason string) bool {
	return reason == "ErrImagePull" || reason == "ImagePullBackOff" || reason == "ErrImageNeverPull"
}

func (l *look) postStartResult(u *Unit, r Result) {
	if u.Doing != Hooking {
		return // the container ended meanwhile
	}
	u.Doing = Idle
	if !r.OK {
		l.event(r.Unit, true, "FailedPostStartHook", r.Message)
		l.kill(r.Unit, u, "PostStart", nil, "FailedPostStartHook")
	}
}

func (l *look) planned(name string) *plan.Unit {
	for i := range l.pod.Units {
		if l.pod.Units[i].Name == name {
			return &l.pod.Units[i]
		}
	}
	return nil
}
