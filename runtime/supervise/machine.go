package supervise

import (
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
		if l.removeUnknown() {
			l.stopSandbox() // the containers stay to be looked at
		}
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
	// started are the containers of which a start was reported. hashed is the hash of the plan, once it was needed.
	started []string
	hashed  string
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
		return l.past(s.CreatedAt)
	}
	return l.now
}

// hash identifies the whole plan.
func (l *look) hash() string {
	if l.hashed == "" {
		l.hashed = l.pod.Hash()
	}
	return l.hashed
}

// unit is what is remembered of a container.
func (l *look) unit(name string) *Unit {
	u := l.m.Units[name]
	if u == nil {
		u = &Unit{State: Waiting, Reason: creating}
		l.m.Units[name] = u
	}
	return u
}

// creating is the kubelet's word for a container that has not run yet.
const creating = "ContainerCreating"

// each calls f for the containers of these roles, in the order of the plan.
func (l *look) each(f func(p *plan.Unit, u *Unit), roles ...plan.Role) {
	for i := range l.pod.Units {
		if p := &l.pod.Units[i]; slices.Contains(roles, p.Role) {
			f(p, l.unit(p.Name))
		}
	}
}

// fits says whether the container, if there is one, is the planned one.
func (l *look) fits(p *plan.Unit) bool {
	c, there := l.in.Containers[p.Name]
	return !there || c.Current
}

// changed says whether the plan is another than the one that the container was last started from, or that
// could not be started: then the past counts no more.
func (l *look) changed(p *plan.Unit, u *Unit) bool {
	switch {
	case u.Tried != "":
		return u.Tried != l.hash()
	case l.has(p.Name):
		return !l.fits(p)
	}
	return u.Made != "" && u.Made != l.pod.UnitHash(*p)
}

func (l *look) has(name string) bool {
	_, there := l.in.Containers[name]
	return there
}
