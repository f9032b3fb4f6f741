package supervise

import (
	"fmt"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// keep starts or restarts one container if it should run, does not, and its time has come.
func (l *look) keep(p *plan.Unit, u *Unit) {
	switch {
	case p.Role != plan.Init && (u.Doing == Idle || u.Doing == Hooking) && l.anewAsked(p.Name, u.StartedAt):
		l.anewUnit(p, u)
	case u.Doing != Idle:
	case u.State == Up:
		l.mend(p, u)
	case u.Killed == byWish:
		l.afresh(p, u, askedFor)
	case u.Killed == byChange || l.changed(p, u):
		l.afresh(p, u, "configuration changed")
	case u.State == Waiting && u.Tried != "":
		l.retry(p, u)
	case u.State == Waiting:
		l.start(p, u, "not found")
	case l.restarts(p, u):
		l.restart(p, u)
	}
}

// mend sees to a container that runs: its hook, and its end if it should not run on.
func (l *look) mend(p *plan.Unit, u *Unit) {
	switch {
	case !l.fits(p):
		if l.due(u.RetryAt) {
			l.kill(p, u, byChange, "Container "+p.Name+" definition changed, will be restarted")
		}
	case u.Killed != "":
		// It should have ended, but could not be stopped, or its supervisor was.
		if l.due(u.RetryAt) {
			l.kill(p, u, u.Killed, "Stopping container "+p.Name)
		}
	case u.HookDue:
		u.HookDue = false
		if p.Lifecycle.PostStart != nil {
			u.Doing = Hooking
			l.do(RunPostStart{p.Name})
		}
	}
}

// afresh starts a container whose plan is another since it last ran, or that a user wants to: a new run, not a restart.
func (l *look) afresh(p *plan.Unit, u *Unit, cause string) {
	u.Backoff, u.BackoffAt, u.Retry, u.NextRestarts = 0, time.Time{}, 0, u.Restarts
	l.start(p, u, cause)
}

// start asks for a new run.
func (l *look) start(p *plan.Unit, u *Unit, cause string) {
	u.Doing, u.Tried, u.HookDue = Starting, l.hash(), false
	l.do(StartUnit{Unit: p.Name, Restarts: u.NextRestarts, Cause: cause})
}

// restarts says whether a container that ended is to be started again.
func (l *look) restarts(p *plan.Unit, u *Unit) bool {
	if p.Role == plan.Sidecar || u.Killed == byChange || u.Killed == byWish {
		return true
	}
	if p.Role == plan.Init && u.ExitCode == 0 {
		return false
	}
	// One that a probe ended has failed, whatever its handler of SIGTERM made of it. A kubelet
	// takes an exit with 0 for a success once the restart has to wait, and leaves the container ended for good.
	probed := u.Killed == byLiveness || u.Killed == byStartup
	return l.pod.Restarts(*p, u.ExitCode) || probed && l.pod.RestartOf(*p) == plan.RestartOnFailure
}

// restart starts a container again, when its back-off is over.
func (l *look) restart(p *plan.Unit, u *Unit) {
	pause := u.pause()
	if l.due(u.FinishedAt.Add(pause)) {
		l.start(p, u, fmt.Sprintf("exited with %d", u.ExitCode))
		return
	}
	if u.Reason != backingOff {
		l.event(p.Name, true, "BackOff", "Back-off restarting failed container "+p.Name)
	}
	u.Reason = backingOff
	u.Message = fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)", pause, p.Name, l.pod.Name, l.pod.Namespace, l.pod.Ref.UID())
}

// retry tries again to start what could not even be tried. That is no restart.
func (l *look) retry(p *plan.Unit, u *Unit) {
	if l.due(u.RetryAt) {
		cause := u.Reason
		if cause == creating {
			cause = "not found"
		}
		l.start(p, u, cause)
		return
	}
	if u.Reason == "ErrImagePull" && l.due(u.RetryAt.Add(showPull-u.Retry)) {
		u.Reason = "ImagePullBackOff"
		u.Message = fmt.Sprintf("Back-off pulling image %q: %s", p.Image, u.Message)
		l.event(p.Name, false, "BackOff", fmt.Sprintf("Back-off pulling image %q", p.Image))
	}
}

// showPull is how long the failure to pull is what a container waits for, before its back-off is.
const showPull = firstBackoff / 2

// The back-off of the kubelet: 10 s, doubling up to 5 min, forgotten after 10 min without need.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts.
const (
	firstBackoff = 10 * time.Second
	maxBackoff   = 5 * time.Minute
	forgetAfter  = 2 * maxBackoff
)

// pause is how long after its end a container is started again.
func (u *Unit) pause() time.Duration {
	if u.FinishedAt.Sub(u.BackoffAt) > forgetAfter {
		return 0
	}
	return u.Backoff
}

// NextTry is when a container that is in back-off is started again; zero when it is not.
func (u *Unit) NextTry() time.Time {
	switch {
	case u.Doing != Idle:
	case u.State == Waiting:
		return u.RetryAt
	case u.Reason == backingOff:
		return u.FinishedAt.Add(u.pause())
	}
	return time.Time{}
}

// backingOff is the kubelet's word for a container that ended too often to be started again at once.
const backingOff = "CrashLoopBackOff"

// advance makes the next pause longer, for a run that began at t after another had ended.
func (u *Unit) advance(t time.Time) {
	u.Backoff, u.BackoffAt = min(max(2*u.pause(), firstBackoff), maxBackoff), t
}

// Why the supervisor itself ends a run.
const (
	byLiveness  = "Liveness"
	byStartup   = "Startup"
	byPostStart = "PostStart"
	byChange    = "Changed"
	byWish      = "Asked"
)

// kill ends one container of a pod that goes on.
func (l *look) kill(p *plan.Unit, u *Unit, why, message string) {
	u.Killed = why
	l.event(p.Name, false, "Killing", message)
	l.stop(p, u, l.graceFor(p, why), true, why)
}

// graceFor is the grace period of the pod, or that of the probe that ends the container.
func (l *look) graceFor(p *plan.Unit, why string) time.Duration {
	probe := p.Lifecycle.Liveness
	if why == byStartup {
		probe = p.Lifecycle.Startup
	}
	if (why == byLiveness || why == byStartup) && probe != nil && probe.Grace != nil {
		return time.Duration(*probe.Grace) * time.Second
	}
	return l.grace()
}
