package supervise

import (
	"slices"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// decideEnding looks for a reason to bring the pod down. A reason that holds is not replaced, except
// that somebody who asks is obeyed at once.
func (l *look) decideEnding() {
	if l.m.Ending == nil && !l.m.Over && l.finished() {
		l.ending(l.howFinished())
	}
	if l.in.Stop != nil {
		l.asked(l.in.Stop)
		return
	}
	switch e := l.m.Ending; {
	case e != nil && e.Why == Asked:
		l.ending(Replace) // nobody asks any more: the pod is wanted again
	case (e == nil || e.Why == Restart) && l.anewAsked(wholePod, l.m.Started):
		l.anewPod()
	case l.m.Over && !l.current():
		l.m.Over = false
		l.ending(Replace)
	case e != nil || l.m.Over:
	default:
		if why := l.reasonToEnd(); why != "" {
			l.ending(why)
		}
	}
}

// asked ends the pod for somebody. What has ended, or is about to for good, keeps its verdict.
func (l *look) asked(s *Stop) {
	if l.m.Over {
		return
	}
	if l.m.Ending == nil {
		l.ending(Asked)
	}
	e := l.m.Ending
	if e.Why == Restart || e.Why == Replace {
		e.Why = Asked
	}
	grace := l.grace()
	if s.Grace != nil {
		grace = *s.Grace
	}
	// A shorter period than what is left counts from now.
	if e.Since.Equal(l.now) {
		e.Grace = grace
	}
	e.Grace = min(e.Grace, l.now.Sub(e.Since)+grace)
}

func (l *look) grace() time.Duration { return time.Duration(l.pod.GracePeriod) * time.Second }

func (l *look) ending(why Why) {
	l.m.Ending = &Ending{Why: why, Since: l.now, Grace: l.grace()}
	switch why {
	case Replace:
		l.m.RetryAt = time.Time{}
	case Restart:
		l.lost()
	}
}

// lost notes that the sandbox is gone. When that happens again soon, the next one waits a while.
func (l *look) lost() {
	if l.m.Problem != "" {
		return // it was never there
	}
	l.event("", false, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
	if !l.m.LostAt.IsZero() && l.now.Sub(l.m.LostAt) < lostAgain {
		l.m.RetryAt = l.now.Add(firstBackoff)
	}
	l.m.LostAt = l.now
}

// lostAgain is how long after a loss another one comes soon.
const lostAgain = time.Minute

// reasonToEnd is why the pod, which should run, is to be brought down.
func (l *look) reasonToEnd() Why {
	s := l.in.Sandbox
	switch {
	case s != nil && !s.Current:
		return Replace
	case l.ranOut():
		return Deadline
	case l.m.Doing != Idle:
	case s == nil && (len(l.in.Containers) > 0 || l.m.Sandbox != ""),
		s != nil && (!s.Up || s.ID != l.m.Sandbox):
		return Restart
	}
	return ""
}

// deadline is when the pod has run as long as it may; zero when it has no limit.
// See https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#detailed-behavior.
func (l *look) deadline() time.Time {
	if l.pod.ActiveDeadline == nil {
		return time.Time{}
	}
	return l.m.Started.Add(time.Duration(*l.pod.ActiveDeadline) * time.Second)
}

func (l *look) ranOut() bool {
	d := l.deadline()
	return !d.IsZero() && !d.After(l.now)
}

// finished says whether the pod ran to its end: every main container ended for good, or an
// init container failed for good.
func (l *look) finished() bool {
	if s := l.in.Sandbox; s != nil && !s.Current {
		return false
	}
	done, failed := true, false
	l.each(func(p *plan.Unit, u *Unit) {
		ended := u.State == Terminated && u.Doing == Idle && !l.changed(p, u) && !l.restarts(p, u)
		if p.Role == plan.Main {
			done = done && ended
		} else {
			failed = failed || ended && u.ExitCode != 0
		}
	}, plan.Init, plan.Main)
	return failed || done
}

// howFinished tells a pod that ran to its end from one that its deadline has ended, of which
// nothing is remembered. When such a pod began is then known only nearly.
func (l *look) howFinished() Why {
	why := Finished
	d := l.deadline()
	if d.IsZero() || l.now.Before(d) {
		return why
	}
	l.each(func(_ *plan.Unit, u *Unit) {
		if !u.FinishedAt.Before(d.Add(-sandboxSlack)) {
			why = Deadline
		}
	}, plan.Init, plan.Main)
	return why
}

// sandboxSlack is how much later than its pod a sandbox is made.
const sandboxSlack = 5 * time.Second

// current says whether all that is there is as planned.
func (l *look) current() bool {
	if s := l.in.Sandbox; s != nil && !s.Current {
		return false
	}
	return !slices.ContainsFunc(l.pod.Units, func(p plan.Unit) bool { return l.changed(&p, l.unit(p.Name)) })
}
