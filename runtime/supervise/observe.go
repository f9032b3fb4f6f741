package supervise

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// observe brings the memory up to what the runtime shows.
func (l *look) observe() {
	l.forget()
	l.sawSandbox()
	l.each(func(p *plan.Unit, u *Unit) {
		c, there := l.in.Containers[p.Name]
		switch {
		case there && c.Running:
			l.sawRunning(p, u, c)
		case there:
			l.sawEnded(p, u, c)
		case u.State == Up:
			// Somebody removed it. What became of its process nobody can tell.
			l.vanished(p, u, u.StartedAt)
		}
		if u.State != Up && u.HookDue && slices.Contains(l.started, p.Name) {
			if u.HookDue = false; !there {
				l.vanished(p, u, l.now) // before anybody saw it
			}
		}
		if u.State == Up && u.Doing == Idle && !holding(p, u) && p.Lifecycle.Startup == nil {
			begun(p, u)
		}
	}, plan.Init, plan.Sidecar, plan.Main)
	l.m.InitsDone = l.m.InitsDone || l.mainBegun()
}

// holding says whether a container that runs, or is about to, keeps others back: nothing counts
// of it until its postStart hook is done, and went well.
func holding(p *plan.Unit, u *Unit) bool {
	return u.Doing == Starting || u.Doing == Hooking || u.HookDue && p.Lifecycle.PostStart != nil || u.State == Up && u.Killed == byPostStart
}

// begun: the container has come up. Without a readiness probe it is ready.
func begun(p *plan.Unit, u *Unit) {
	u.Started = true
	u.Ready = u.Ready || p.Lifecycle.Readiness == nil && p.Role != plan.Init
}

// forget drops what is remembered of containers that the plan no longer has.
func (l *look) forget() {
	maps.DeleteFunc(l.m.Units, func(name string, u *Unit) bool { return !l.has(name) && u.Doing == Idle && l.pod.Unit(name) == nil })
}

// sawSandbox notes which sandbox the containers are in. When it is not the one that is remembered, and none
// of the remembered containers is left, somebody else has made the pod anew.
func (l *look) sawSandbox() {
	s := l.in.Sandbox
	if s == nil || s.ID == l.m.Sandbox {
		return
	}
	if l.m.Sandbox != "" {
		if l.stranded() {
			return
		}
		l.m.InitsDone = false
		for _, u := range l.m.Units {
			u.Passed = false
		}
	}
	l.m.Sandbox = s.ID
}

// stranded says whether the pod still has containers of the sandbox that is remembered.
func (l *look) stranded() bool {
	for name, u := range l.m.Units {
		if c, there := l.in.Containers[name]; there && c.ID == u.ID {
			return true
		}
	}
	return false
}

// sawRunning takes over a container that is not the one that is remembered, or was started again by hand.
func (l *look) sawRunning(p *plan.Unit, u *Unit, c Container) {
	if u.ID == c.ID && u.State == Up && u.StartedAt.Equal(c.StartedAt) {
		return
	}
	if l.news(p, u) {
		u.HookDue = true
	}
	l.begin(p, u, c)
}

// news tells of a new run. Of one that was there before the supervisor there is nothing to tell.
func (l *look) news(p *plan.Unit, u *Unit) bool {
	known := u.ID != "" || u.Doing == Starting || u.HookDue
	if known {
		l.event(p.Name, false, "Started", "Started container "+p.Name)
	}
	return known
}

// begin starts the memory of a new run.
func (l *look) begin(p *plan.Unit, u *Unit, c Container) {
	if u.NextRestarts > u.Restarts && c.Restarts >= u.NextRestarts {
		u.advance(l.past(c.StartedAt))
	}
	restarts := max(u.Restarts, c.Restarts)
	doing := u.Doing
	if doing == Hooking {
		doing = Idle // it is cut off with the run before
	}
	next := Unit{ID: c.ID, State: Up, StartedAt: steady(c.StartedAt, l.now), Restarts: restarts, NextRestarts: restarts, Last: u.Last,
		Backoff: u.Backoff, BackoffAt: u.BackoffAt, Passed: u.Passed, Doing: doing, StopBy: u.StopBy, HookDue: u.HookDue, Probes: map[ProbeKind]*ProbeState{}}
	if c.Current {
		next.Made = l.pod.UnitHash(*p)
	}
	*u = next
}

func (l *look) sawEnded(p *plan.Unit, u *Unit, c Container) {
	switch {
	case u.ID == c.ID && u.State != Up, u.Tried != "" && u.Replaces == c.ID:
		return // known, or being replaced
	case u.ID != c.ID: // it began and ended between two looks
		l.news(p, u)
		l.begin(p, u, c)
	}
	if c.Lost {
		l.unlocated(p, u, c.StartedAt)
		return
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

// vanished records the end of a run that nobody can tell anything about.
func (l *look) vanished(p *plan.Unit, u *Unit, since time.Time) {
	if u.State != Up {
		l.begin(p, u, Container{StartedAt: since, Restarts: u.NextRestarts})
	}
	l.unlocated(p, u, since)
}

// unlocated records an end of which nothing is known but that it was.
func (l *look) unlocated(p *plan.Unit, u *Unit, since time.Time) {
	l.ended(p, u, Container{ID: u.ID, ExitCode: 137, StartedAt: since, FinishedAt: l.now,
		Message: "The container could not be located"}, "ContainerStatusUnknown")
}

// ended records the end of a run. A postStart hook that was under way is cut off with it.
func (l *look) ended(p *plan.Unit, u *Unit, c Container, reason string) {
	if u.Doing == Hooking {
		u.Doing = Idle
	}
	u.HookDue, u.PreStopping = false, false
	u.State, u.Reason, u.Message = Terminated, reason, c.Message
	u.ExitCode, u.FinishedAt = c.ExitCode, l.past(c.FinishedAt)
	u.NextRestarts = u.Restarts + 1
	u.Last = &Termination{ID: c.ID, ExitCode: c.ExitCode, Reason: reason, Message: c.Message, StartedAt: c.StartedAt, FinishedAt: c.FinishedAt}
	u.Started, u.Ready, u.Probes = false, p.Role == plan.Init && c.ExitCode == 0, map[ProbeKind]*ProbeState{}
	if c.ExitCode != 0 && u.Doing != Stopping {
		l.event(p.Name, true, "Exited", fmt.Sprintf("Container %s exited with %d", p.Name, c.ExitCode))
	}
}
