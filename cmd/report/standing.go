package report

import (
	"strings"
	"time"

	"github.com/kubehost/kubehost/cmd/progress"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// A pod that is waited for is shown after a moment even when nothing of it changes. After a LongWait it is worth a line of its
// own where lines stay.
const (
	Moment   = time.Second
	LongWait = 5 * time.Second
)

// Remember notes how the containers of a pod stand before anything is done: only what becomes different is told.
func (r *Work) Remember(p *plan.Pod, m supervise.Memory) {
	for i := range p.Units {
		e := unitEvent(p, &p.Units[i], m)
		r.before[e.Item] = e
	}
}

// Watched shows what a supervisor tells of a pod that has been waited for so long.
func (r *Work) Watched(p *plan.Pod, m supervise.Memory, waited time.Duration) {
	var containers []progress.Event
	changed := waited > Moment || r.shown[p.Ref]
	for i := range p.Units {
		e := unitEvent(p, &p.Units[i], m)
		if before, known := r.before[e.Item]; known && before.State == e.State && before.Detail == e.Detail {
			e.Minor = true
		} else {
			delete(r.before, e.Item)
			changed = true
		}
		if e.State == "Stopping" && r.stops[p.Ref] {
			e.Minor = true // that was said, and why
		}
		containers = append(containers, e)
	}
	if !changed {
		return
	}
	for _, e := range containers {
		r.Report(e)
	}
	r.pod(p.Ref, podEvent(p, m, waited > LongWait))
}

// Arrived shows that a pod is as it was waited for, where it was not from the beginning.
func (r *Work) Arrived(p *plan.Pod, m supervise.Memory, waited time.Duration) {
	if r.Watched(p, m, 0); !r.shown[p.Ref] {
		return
	}
	e := podEvent(p, m, waited > LongWait)
	e.Phase = progress.Done
	if m.Failed() {
		e.Phase = progress.Failed
	}
	r.pod(p.Ref, e)
}

// Ending shows that a pod is being ended because somebody asked for it.
func (r *Work) Ending(p *plan.Pod, m supervise.Memory) {
	if m.Ending == nil || m.Ending.Why != supervise.Asked {
		return
	}
	for i := range p.Units {
		e := unitEvent(p, &p.Units[i], m)
		e.Minor = true
		r.Report(e)
	}
	e := podEvent(p, m, true)
	e.Minor = e.State == "Stopped" // the command's result says so
	r.pod(p.Ref, e)
}

// Ended shows that a pod has been ended.
func (r *Work) Ended(pod plan.Ref) {
	if r.shown[pod] {
		r.pod(pod, progress.Event{Phase: progress.Done, State: "Stopped", Minor: true})
	}
}

// podEvent is how a pod stands. Its containers tell most of it, unless it is waited for long.
func podEvent(p *plan.Pod, m supervise.Memory, long bool) progress.Event {
	e := progress.Event{Phase: progress.Working, State: "Waiting", Minor: !long} // for its supervisor
	if m.Phase != "" {
		e.State, e.Detail, _ = strings.Cut(m.Headline(p), ", ")
	}
	if n := len(m.Events); m.Sandbox == "" && n > 0 && m.Events[n-1].Reason == "Waiting" {
		e.State, e.Detail, _ = strings.Cut(m.Events[n-1].Message, " ")
	}
	if m.Ending != nil && e.State != "Stopped" {
		e.Until = m.Ending.Since.Add(m.Ending.Grace)
	}
	return e
}

// unitEvent is how a container of a pod stands.
func unitEvent(p *plan.Pod, u *plan.Unit, m supervise.Memory) progress.Event {
	e := progress.Event{Item: progress.Item{Namespace: p.Namespace, Pod: p.Name, Container: u.Name}, Phase: progress.Working}
	have := m.Units[u.Name]
	if have == nil {
		have = &supervise.Unit{State: supervise.Waiting}
	}
	c := have.Condition(u)
	e.State, e.Detail = c.Word, c.Detail
	switch {
	case c.Well:
		e.Phase = progress.Done
	case c.Wrong:
		e.Phase = progress.Failed
	case have.Doing == supervise.Stopping:
		e.Until = have.StopBy
	default:
		// Of one that waits or is being started more is heard soon, or nothing can be told.
		e.Minor = have.Doing == supervise.Starting || have.State == supervise.Waiting
	}
	return e
}
