package supervise

import (
	"maps"
	"slices"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Next says what to do about a pod now. It changes neither the plan nor the memory it is given. The
// time is when to look again at the latest; it is zero when only something that happens can change anything.
//
// Calling it again with what it returned, and nothing new, gives no new actions: each operation that takes
// time is remembered until its result arrives.
func Next(p *plan.Pod, m Memory, in Input) (Memory, []Action, time.Time) {
	l := &look{pod: p, m: m.clone(), in: in, now: in.Now}
	l.m.Ref = p.Ref
	if l.m.Started.IsZero() {
		l.m.Started = l.firstSeen()
	}
	for _, r := range in.Results {
		l.result(r)
	}
	l.observe()
	l.decideEnding()
	switch {
	case l.m.Over:
		l.over()
	case l.m.Ending != nil:
		l.end()
	default:
		l.run()
	}
	l.probes()
	l.conclude()
	return l.m, l.actions, l.wake
}

// look is one call of Next.
type look struct {
	pod     *plan.Pod
	m       Memory
	in      Input
	now     time.Time
	actions []Action
	wake    time.Time
}

func (l *look) do(a Action) { l.actions = append(l.actions, a) }

// at asks to look again at t.
func (l *look) at(t time.Time) {
	if l.wake.IsZero() || t.Before(l.wake) {
		l.wake = t
	}
}

// due says whether t has come, and asks to look again then if not.
func (l *look) due(t time.Time) bool {
	if !t.After(l.now) {
		return true
	}
	l.at(t)
	return false
}

// firstSeen is when a pod began of which nothing is remembered: after a reboot or an upgrade its sandbox may tell.
func (l *look) firstSeen() time.Time {
	if s := l.in.Sandbox; s != nil && s.Current && !s.CreatedAt.IsZero() {
		return s.CreatedAt
	}
	return l.now
}

// unit is what is remembered of a container.
func (l *look) unit(name string) *Unit {
	u := l.m.Units[name]
	if u == nil {
		u = &Unit{State: Waiting, Reason: "ContainerCreating"}
		l.m.Units[name] = u
	}
	return u
}

// each calls f for the containers of these roles, in the order of the plan.
func (l *look) each(f func(u plan.Unit, m *Unit), roles ...plan.Role) {
	for _, u := range l.pod.Units {
		if slices.Contains(roles, u.Role) {
			f(u, l.unit(u.Name))
		}
	}
}

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
	if m.Ending != nil {
		e := *m.Ending
		m.Ending = &e
	}
	return m
}

// Resume makes a memory fit for a new process: what the old one was doing has ended with it, and is
// decided again from what is there.
func (m *Memory) Resume() {
	m.Doing = Idle
	for _, u := range m.Units {
		u.Doing, u.PreStopped = Idle, false
		for _, p := range u.Probes {
			p.Asking = false
		}
	}
}

// forget drops what is remembered of containers that the plan no longer has.
func (l *look) forget() {
	maps.DeleteFunc(l.m.Units, func(name string, _ *Unit) bool {
		_, there := l.in.Containers[name]
		return !there && !slices.ContainsFunc(l.pod.Units, func(u plan.Unit) bool { return u.Name == name })
	})
}
