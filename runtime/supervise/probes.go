package supervise

import (
	"fmt"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// unreadyPeriod is how often a container that is not ready is asked at the least: a kubelet, too,
// asks more often than the period says until the container is ready.
const unreadyPeriod = time.Second

// probes asks the containers that run what is due to be asked.
func (l *look) probes() {
	l.each(func(p plan.Unit, u *Unit) {
		// A hook that has not ended keeps everything back; a container that is being stopped may only
		// still become unready.
		if u.State != Up || u.Doing == Starting || u.Doing == Hooking {
			return
		}
		stopping := u.Doing == Stopping
		switch {
		case !u.Started && !stopping:
			l.ask(p, u, Startup, p.Lifecycle.Startup)
		case u.Started:
			if !stopping {
				l.ask(p, u, Liveness, p.Lifecycle.Liveness)
			}
			l.ask(p, u, Readiness, p.Lifecycle.Readiness)
		}
	}, plan.Init, plan.Sidecar, plan.Main)
}

// ask runs a probe if it is due.
func (l *look) ask(p plan.Unit, u *Unit, kind ProbeKind, probe *plan.Probe) {
	if probe == nil {
		return
	}
	s := l.probe(u, kind)
	if s.Asking {
		return
	}
	if s.Next.IsZero() {
		s.Next = u.StartedAt.Add(seconds(probe.InitialDelay))
	}
	if !l.due(s.Next) {
		return
	}
	s.Asking = true
	// The next time stays on the grid of the period, however long the answer takes.
	period := seconds(probe.Period)
	if kind == Readiness && !u.Ready && s.Successes == 0 {
		period = min(period, unreadyPeriod)
	}
	s.Next = s.Next.Add(period)
	if !s.Next.After(l.now) {
		s.Next = l.now.Add(period)
	}
	l.do(RunProbe{p.Name, kind})
}

func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }

func (l *look) probe(u *Unit, kind ProbeKind) *ProbeState {
	s := u.Probes[kind]
	if s == nil {
		if u.Probes == nil {
			u.Probes = map[ProbeKind]*ProbeState{}
		}
		s = &ProbeState{}
		u.Probes[kind] = s
	}
	return s
}

// probeResult counts an answer. One of a container that is being stopped can no longer end it.
func (l *look) probeResult(u *Unit, r Result) {
	p := l.planned(r.Unit)
	s := l.probe(u, r.Probe)
	s.Asking = false
	probe := probeOf(p, r.Probe)
	if r.Unknown || probe == nil || u.State != Up {
		return
	}
	if r.OK {
		s.Successes, s.Failures, s.Output = s.Successes+1, 0, ""
		if s.Successes >= int(probe.Successes) {
			l.succeeded(*p, u, r.Probe)
		}
		return
	}
	s.Successes, s.Failures, s.Output = 0, s.Failures+1, r.Message
	l.event(r.Unit, true, "Unhealthy", fmt.Sprintf("%s probe failed: %s", title(r.Probe), r.Message))
	if s.Failures >= int(probe.Failures) {
		l.failed(r, u, probe)
	}
}

func (l *look) succeeded(p plan.Unit, u *Unit, kind ProbeKind) {
	switch {
	case kind == Startup && !u.Started:
		started(p, u)
		// The others begin now, unless their own delay says later.
		for other, probe := range map[ProbeKind]*plan.Probe{Liveness: p.Lifecycle.Liveness, Readiness: p.Lifecycle.Readiness} {
			if probe != nil {
				begin := u.StartedAt.Add(seconds(probe.InitialDelay))
				if begin.Before(l.now) {
					begin = l.now
				}
				l.probe(u, other).Next = begin
			}
		}
	case kind == Readiness:
		u.Ready = true
	}
}

func (l *look) failed(r Result, u *Unit, probe *plan.Probe) {
	switch {
	case r.Probe == Readiness:
		u.Ready = false
	case u.Doing != Idle:
	case r.Probe == Startup && !u.Started:
		l.kill(r.Unit, u, "Startup", probe.Grace, "Container "+r.Unit+" failed startup probe, will be restarted")
	case r.Probe == Liveness:
		l.kill(r.Unit, u, "Liveness", probe.Grace, "Container "+r.Unit+" failed liveness probe, will be restarted")
	}
}

func probeOf(p *plan.Unit, kind ProbeKind) *plan.Probe {
	switch {
	case p == nil:
		return nil
	case kind == Startup:
		return p.Lifecycle.Startup
	case kind == Liveness:
		return p.Lifecycle.Liveness
	}
	return p.Lifecycle.Readiness
}

func title(kind ProbeKind) string {
	switch kind {
	case Startup:
		return "Startup"
	case Liveness:
		return "Liveness"
	}
	return "Readiness"
}
