package supervise

import (
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// wholePod is the place of the pod in [Wanted.Anew].
const wholePod = ""

// askedFor is the cause of what a user asked for.
const askedFor = "asked for"

// anewAsked says whether a user wants to have started anew what runs since then. Each wish is heard once; one that was
// made before that has come true already, by chance or in the life of a supervisor of which nothing is remembered.
func (l *look) anewAsked(name string, since time.Time) bool {
	t, there := l.in.Anew[name]
	if !there || t.Equal(l.m.Anew[name]) {
		return false
	}
	if l.m.Anew == nil {
		l.m.Anew = map[string]time.Time{}
	}
	l.m.Anew[name] = t
	return since.Before(t) || since.Round(0).After(l.now.Round(0)) // or the clock was put back since then
}

// vainWishes hears those that come to nothing: for containers that are not there to be started, and of a pod that is over.
func (l *look) vainWishes() {
	for name := range l.in.Anew {
		p := l.pod.Unit(name)
		if name != wholePod && (l.m.Over && l.m.Ending == nil || p == nil || p.Role == plan.Init) {
			l.anewAsked(name, l.now)
		}
	}
}

// anewPod brings the pod down and up again, as a new one. That is more than any wish for one of its containers.
func (l *look) anewPod() {
	l.m.Over = false
	l.event("", false, "Restarting", "Pod will be started anew, as asked")
	if l.m.Ending != nil {
		l.m.Ending.Why = Replace // its end is under way
		return
	}
	l.ending(Replace)
}

// anewUnit ends a container with its hook and grace period, to be started again at once. One that waits does no longer.
func (l *look) anewUnit(p *plan.Unit, u *Unit) {
	if u.State != Up {
		l.afresh(p, u, askedFor)
		return
	}
	l.kill(p, u, byWish, "Container "+p.Name+" will be restarted, as asked")
}

// Follows says whether what is wanted is known to who has this memory, and is done or under way.
func (m Memory) Follows(w Wanted) bool { return m.Asked.Equal(w.Asked) && m.StartedAnew(w) }

// StartedAnew says whether all wishes to start something anew were heard.
func (m Memory) StartedAnew(w Wanted) bool {
	for name, t := range w.Anew {
		if !t.Equal(m.Anew[name]) {
			return false
		}
	}
	return true
}
