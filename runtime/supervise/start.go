package supervise

import (
	"slices"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// run starts what should run and does not.
func (l *look) run() {
	if !l.sandbox() {
		return
	}
	if l.initialize() {
		l.mains()
	}
	l.removeUnknown()
}

// sandbox says whether the pod's sandbox is there, and sees to it if not.
func (l *look) sandbox() bool {
	if l.m.Doing != Idle {
		return false
	}
	if l.in.Sandbox != nil {
		return true
	}
	if len(l.in.Unmet) > 0 {
		l.waits()
		return false
	}
	if l.m.Problem != "" && l.m.Tried != l.hash() {
		l.m.RetryAt = l.now // another plan may do better at once
	}
	if l.due(l.m.RetryAt) {
		l.m.Doing, l.m.Problem, l.m.Tried = Starting, "", l.hash()
		l.do(StartSandbox{"not found"})
	}
	return false
}

// initialize runs the init containers one after another and starts the sidecars in their places. It says
// whether the main containers may start.
func (l *look) initialize() bool {
	begun := l.m.InitsDone
	done := true
	l.each(func(p *plan.Unit, u *Unit) {
		switch {
		case p.Role == plan.Sidecar:
			// One that has let the next start is looked after whatever the others do.
			if done || u.Passed || begun {
				l.keep(p, u)
			}
			u.Passed = u.Passed || begun || u.State == Up && u.Started && u.Doing == Idle
			done = done && u.Passed
		case !done || begun:
		case u.State == Terminated && u.ExitCode == 0:
		default:
			done = false
			l.keep(p, u)
		}
	}, plan.Init, plan.Sidecar)
	l.m.InitsDone = begun || done
	return l.m.InitsDone
}

// mainBegun says whether there is a main container already: then the init containers
// are over, as in the kubelet, even if one that exited was pruned since.
func (l *look) mainBegun() bool {
	begun := false
	l.each(func(p *plan.Unit, _ *Unit) { begun = begun || l.has(p.Name) }, plan.Main)
	return begun
}

// mains keeps the main containers. They start together, but after one with a postStart hook
// the next waits until the hook has ended.
func (l *look) mains() {
	held := false
	l.each(func(p *plan.Unit, u *Unit) {
		if !held || u.ID != "" {
			l.keep(p, u)
		}
		held = held || p.Lifecycle.PostStart != nil && holding(p, u)
	}, plan.Main)
}

// removeUnknown removes containers that are not, or no longer, in the plan. It says whether that is
// done with, for better or worse.
func (l *look) removeUnknown() bool {
	var names []string
	for name := range l.in.Containers {
		if l.pod.Unit(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if u := l.unit(name); u.Doing == Idle && l.due(u.RetryAt) {
			u.Doing = Stopping
			l.do(RemoveUnit{name})
		}
	}
	for name, u := range l.m.Units {
		if u.Doing != Idle && l.pod.Unit(name) == nil {
			return false
		}
	}
	return true
}

// waits notes, once, what the pod waits for.
func (l *look) waits() {
	message := "Waiting for " + strings.Join(l.in.Unmet, ", ")
	if n := len(l.m.Events); n == 0 || l.m.Events[n-1].Message != message {
		l.event("", false, "Waiting", message)
	}
}
