package supervise

import (
	"fmt"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// probes asks the containers that run what is due to be asked.
func (l *look) probes() {
	l.each(func(p *plan.Unit, u *Unit) {
		// A hook that has not ended keeps everything back; a container that is to end may only
		// still become unready.
		if u.State != Up || holding(p, u) {
			return
		}
		ends := u.Doing == Stopping || l.m.Ending != nil || l.m.Over
		if !u.Started {
			if !ends {
				l.ask(p, u, Startup)
			}
			return
		}
		if !ends {
			l.ask(p, u, Liveness)
		}
		l.ask(p, u, Readiness)
	}, plan.Init, plan.Sidecar, plan.Main)
}

// ask runs a probe if there is one and it is due.
func (l *look) ask(p *plan.Unit, u *Unit, kind ProbeKind) {
	probe := probeOf(p, kind)
	if probe == nil {
		return
	}
	s := u.probe(kind)
	if s.Asking {
		return
	}
	s.Next = l.when(u, kind, probe, s.Next)
	if !l.due(s.Next) {
		return
	}
	s.Asking = true
	// The next time stays on the grid, however long the answer takes.
	step := l.step(u, kind, probe, s)
	if s.Next = s.Next.Add(step); !s.Next.After(l.now) {
		s.Next = l.now.Add(step)
	}
	l.do(RunProbe{p.Name, kind})
}

// grid is where the regular runs of a startup or liveness probe begin. A kubelet asks at ticks that began with the pod, before
// its container: the first answer that counts comes up to a period after the start.
func (l *look) grid(u *Unit, probe *plan.Probe) time.Time {
	return l.past(u.StartedAt).Add(seconds(max(probe.InitialDelay, probe.Period)))
}

// when is when a probe is due. Other times that the plan gives it now hold at once.
func (l *look) when(u *Unit, kind ProbeKind, probe *plan.Probe, next time.Time) time.Time {
	first := l.past(u.StartedAt).Add(seconds(probe.InitialDelay))
	if kind == Liveness {
		first = l.grid(u, probe)
	}
	period := seconds(probe.Period)
	switch latest := l.now.Add(period); {
	case next.IsZero() && kind == Liveness && first.Before(l.now):
		// It was held back until now, by a startup probe, or nothing is remembered of the container.
		return first.Add((l.now.Sub(first) + period - 1) / period * period)
	case next.IsZero():
		return first
	case next.After(latest) && next.After(first):
		return latest
	}
	return next
}

// unreadyPeriod is how often, at first, a container that is not ready is asked whether it is: a kubelet, too,
// asks more often than the period says until then. The pauses grow with the time that it has run.
const unreadyPeriod = time.Second

// step is the pause until the next run. Only good news are looked for between the runs of the grid.
func (l *look) step(u *Unit, kind ProbeKind, probe *plan.Probe, s *ProbeState) time.Duration {
	period := seconds(probe.Period)
	quick := min(period, max(unreadyPeriod, (l.now.Sub(u.StartedAt)/10).Truncate(unreadyPeriod)))
	begin := l.grid(u, probe)
	switch {
	case kind == Readiness && !u.Ready && s.Successes == 0:
		return quick
	case kind == Startup && s.Next.Before(begin):
		return min(quick, begin.Sub(s.Next))
	}
	return period
}

func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }

func (u *Unit) probe(kind ProbeKind) *ProbeState {
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

// probeResult counts an answer.
func (l *look) probeResult(u *Unit, r Result) {
	p, s := l.pod.Unit(r.Unit), u.Probes[r.Probe]
	if s == nil || !s.Asking {
		return
	}
	s.Asking = false
	probe := probeOf(p, r.Probe)
	if r.Unknown || probe == nil || u.State != Up {
		return
	}
	if r.OK {
		if r.Warning {
			l.event(r.Unit, true, "ProbeWarning", fmt.Sprintf("%s probe warning: %s", title(r.Probe), r.Message))
		}
		s.Successes, s.Failures, s.Output = s.Successes+1, 0, ""
		if s.Successes >= int(probe.Successes) {
			succeeded(p, u, r.Probe)
		}
		if r.Probe == Readiness && s.Successes == 1 {
			s.Next = l.now.Add(seconds(probe.Period)) // there is no hurry any more
		}
		return
	}
	if r.Probe == Startup && l.now.Before(l.grid(u, probe)) {
		return // it was only asked early
	}
	s.Successes, s.Failures, s.Output = 0, s.Failures+1, cut(r.Message, maxMessage)
	l.event(r.Unit, true, "Unhealthy", fmt.Sprintf("%s probe failed: %s", title(r.Probe), r.Message))
	if s.Failures >= int(probe.Failures) {
		l.failed(p, u, r.Probe)
	}
}

func succeeded(p *plan.Unit, u *Unit, kind ProbeKind) {
	switch {
	case kind == Startup && !u.Started:
		begun(p, u)
	case kind == Readiness:
		u.Ready = true
	}
}

// failed ends a container, unless it is ending anyway.
func (l *look) failed(p *plan.Unit, u *Unit, kind ProbeKind) {
	switch {
	case kind == Readiness:
		u.Ready = false
	case u.Doing != Idle || l.m.Ending != nil || l.in.Stop != nil:
	case kind == Startup && !u.Started:
		l.kill(p, u, byStartup, "Container "+p.Name+" failed startup probe, will be restarted")
	case kind == Liveness:
		l.kill(p, u, byLiveness, "Container "+p.Name+" failed liveness probe, will be restarted")
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
