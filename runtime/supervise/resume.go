package supervise

import (
	"maps"
	"slices"
	"time"
)

// clone is a memory that can be changed without changing this one.
func (m Memory) clone() Memory {
	units := make(map[string]*Unit, len(m.Units))
	for name, u := range m.Units {
		c := *u
		c.Probes = make(map[ProbeKind]*ProbeState, len(u.Probes))
		for kind, p := range u.Probes {
			state := *p
			c.Probes[kind] = &state
		}
		if u.Last != nil {
			last := *u.Last
			c.Last = &last
		}
		units[name] = &c
	}
	m.Units = units
	m.Events = slices.Clone(m.Events)
	m.Anew = maps.Clone(m.Anew)
	if m.Ending != nil {
		e := *m.Ending
		m.Ending = &e
	}
	return m
}

// Resume makes a memory fit for a new process: what the old one was doing has ended with it, and is
// decided again from what is there. A postStart hook that was cut off runs again, as Kubernetes promises
// no more than that hooks run at least once.
// See https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-delivery-guarantees.
func (m *Memory) Resume(now time.Time) {
	m.Doing = Idle
	m.Started, m.LostAt, m.RetryAt = past(m.Started, now), past(m.LostAt, now), ahead(m.RetryAt, now, maxBackoff)
	if m.Ending != nil {
		m.Ending.Since = past(m.Ending.Since, now)
	}
	for _, u := range m.Units {
		u.HookDue = u.HookDue || u.Doing == Starting || u.Doing == Hooking
		u.Doing, u.PreStopping = Idle, false
		// When it was started tells one run from another, so that is not moved.
		u.StartedAt, u.FinishedAt, u.BackoffAt = steady(u.StartedAt, now), past(u.FinishedAt, now), past(u.BackoffAt, now)
		u.RetryAt = ahead(u.RetryAt, now, maxBackoff)
		for _, p := range u.Probes {
			p.Asking, p.Next = false, steady(p.Next, now)
		}
	}
}

// Retry forgets the pauses of what could not be started: a user who has mended the reason does not wait.
func (m *Memory) Retry() {
	m.Problem, m.Tried, m.RetryAt = "", "", time.Time{}
	for _, u := range m.Units {
		u.Retry, u.RetryAt = 0, time.Time{}
		switch {
		case u.State == Terminated && u.ID == "":
			u.Backoff = 0 // it never began; whether it is planned otherwise by now, Tried will tell
			continue
		case u.State == Waiting:
			u.Reason, u.Message = "ContainerCreating", ""
		}
		u.Tried = ""
	}
}
