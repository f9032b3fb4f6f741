package supervise

import (
	"fmt"
	"slices"
	"time"

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
	if l.due(l.m.RetryAt) {
		l.m.Doing = Starting
		l.do(StartSandbox{"not found"})
	}
	return false
}

// initialize runs the init containers one after another and starts the sidecars in their places. It says
// whether the main containers may start.
func (l *look) initialize() bool {
	begun := l.mainBegun()
	done := true
	l.each(func(p plan.Unit, u *Unit) {
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
	return done || begun
}

// mainBegun says whether any main container was started in this sandbox: then the init containers
// are over, as in the kubelet, even if one that exited was pruned since.
func (l *look) mainBegun() bool {
	begun := false
	l.each(func(_ plan.Unit, u *Unit) { begun = begun || u.ID != "" }, plan.Main)
	return begun
}

// mains keeps the main containers. They start together, but after one with a postStart hook
// the next waits until the hook has ended.
func (l *look) mains() {
	held := false
	l.each(func(p plan.Unit, u *Unit) {
		if !held || u.ID != "" {
			l.keep(p, u)
		}
		held = held || p.Lifecycle.PostStart != nil && (u.Doing == Starting || u.Doing == Hooking)
	}, plan.Main)
}

// keep starts or restarts one container if it should run, does not, and its time has come.
func (l *look) keep(p plan.Unit, u *Unit) {
	c, there := l.in.Containers[p.Name]
	switch {
	case u.Doing != Idle:
	case u.State == Up && there && !c.Current:
		l.kill(p.Name, u, "Changed", nil, "Container "+p.Name+" definition changed, will be restarted")
	case u.State == Up:
	case there && !c.Current:
		// The plan is another since it ended: a new run, not a restart.
		u.Backoff, u.BackoffAt, u.Killed = 0, time.Time{}, "Changed"
		l.start(p, u, "configuration changed")
	case u.State == Waiting && imageReason(u.Reason):
		l.retry(p, u)
	case u.State == Waiting:
		l.start(p, u, "not found")
	case l.restarts(p, u):
		l.restart(p, u)
	}
}

// start asks for a new run.
func (l *look) start(p plan.Unit, u *Unit, cause string) {
	u.Doing = Starting
	l.do(StartUnit{Unit: p.Name, Restarts: u.Restarts, Cause: cause})
}

// removeUnknown removes containers that are not, or no longer, in the plan.
func (l *look) removeUnknown() {
	var names []string
	for name := range l.in.Containers {
		if l.planned(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if u := l.unit(name); u.Doing == Idle {
			u.Doing = Stopping
			l.do(RemoveUnit{name})
		}
	}
}

// The back-off of the kubelet: 10 s, doubling up to 5 min, forgotten after 10 min without need.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts.
const (
	firstBackoff = 10 * time.Second
	maxBackoff   = 5 * time.Minute
	forgetAfter  = 2 * maxBackoff
)

// restarts says whether a container that ended is to be started again.
func (l *look) restarts(p plan.Unit, u *Unit) bool {
	if p.Role == plan.Sidecar || u.Killed == "Changed" {
		return true
	}
	if p.Role == plan.Init && u.ExitCode == 0 {
		return false
	}
	// One that a probe ended has failed, whatever its handler of SIGTERM made of it.
	probed := u.Killed == "Liveness" || u.Killed == "Startup"
	return l.pod.Restarts(p, u.ExitCode) || probed && l.pod.RestartOf(p) == plan.RestartOnFailure
}

// restart starts a container again, when its back-off is over.
func (l *look) restart(p plan.Unit, u *Unit) {
	if u.Killed == "Changed" {
		u.Backoff, u.BackoffAt = 0, time.Time{}
		l.start(p, u, "configuration changed")
		return
	}
	if !l.backedOff(u) {
		if u.Reason != "CrashLoopBackOff" {
			l.event(p.Name, true, "BackOff", "Back-off restarting failed container "+p.Name)
		}
		u.Reason = "CrashLoopBackOff"
		u.Message = fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s", u.Backoff, p.Name, l.pod.Name, l.pod.Namespace)
		return
	}
	u.Restarts++
	l.start(p, u, fmt.Sprintf("exited with %d", u.ExitCode))
}

// retry tries to get an image again. That is no restart.
func (l *look) retry(p plan.Unit, u *Unit) {
	if u.Backoff == 0 {
		u.Backoff = firstBackoff
	} else if !l.due(u.FinishedAt.Add(u.Backoff)) {
		if u.Reason == "ErrImagePull" {
			u.Reason = "ImagePullBackOff"
		}
		return
	} else {
		u.Backoff = min(2*u.Backoff, maxBackoff)
		l.start(p, u, u.Reason)
		return
	}
	l.at(u.FinishedAt.Add(u.Backoff))
}

// backedOff says whether the pause since the last run is over; if so the next one is twice as long.
func (l *look) backedOff(u *Unit) bool {
	if u.FinishedAt.Sub(u.BackoffAt) > forgetAfter {
		u.Backoff = 0
	}
	if !l.due(u.FinishedAt.Add(u.Backoff)) {
		return false
	}
	u.BackoffAt = l.now
	u.Backoff = min(max(2*u.Backoff, firstBackoff), maxBackoff)
	return true
}
