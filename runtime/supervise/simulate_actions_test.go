package supervise

import (
	"fmt"
	"time"
)

// act carries out an action, as the process does.
func (s *supervisor) act(a Action) {
	if _, ok := a.(RunProbe); !ok || !s.quiet {
		s.say("%s", describe(a))
	}
	switch a := a.(type) {
	case StartSandbox:
		s.startSandbox()
	case RemoveSandbox:
		s.begin("", "remove sandbox")
		s.effect(removeTakes, func() {
			s.sandbox = nil
			clear(s.containers)
			s.look = true
		})
		s.after(removeTakes, s.report(Result{Of: OfSandbox, OK: true}))
	case StopSandbox:
		s.begin("", "stop sandbox")
		s.effect(removeTakes, func() {
			if s.sandbox != nil {
				s.sandbox.Up, s.look = false, true
			}
		})
		s.after(removeTakes, s.report(Result{Of: OfSandbox, OK: true}))
	case StartUnit:
		s.startUnit(a)
	case StopUnit:
		s.stopUnit(a)
	case RemoveUnit:
		s.begin(a.Unit, "remove")
		c, done := s.containers[a.Unit], s.report(Result{Of: OfRemove, Unit: a.Unit, OK: true})
		s.term(c, 30*time.Second, func() {
			if s.containers[a.Unit] == c {
				delete(s.containers, a.Unit)
			}
			s.look = true
			done()
		})
	case RunPostStart:
		h := s.world.ways(a.Unit).postStart
		s.after(h.takes, func() {
			if u := s.planned(a.Unit); u != nil && u.Lifecycle.Startup == nil && !h.fails {
				s.passes(a.Unit)
			}
		})
		s.after(h.takes, s.report(Result{Of: OfPostStart, Unit: a.Unit, ID: s.id(a.Unit), OK: !h.fails, Message: "exit code 1"}))
	case RunPreStop:
		h := s.world.ways(a.Unit).preStop
		s.after(min(h.takes, a.Grace), s.report(Result{Of: OfPreStop, Unit: a.Unit, ID: s.id(a.Unit), OK: !h.fails, Message: "exit code 1"}))
	case RunProbe:
		s.probe(a)
	case Finish:
		s.ended = true
		for unit, op := range s.busy {
			s.wrong("it finishes while %s of %q is under way", op, unit)
		}
	}
}

func (s *supervisor) id(unit string) string {
	if c := s.containers[unit]; c != nil {
		return c.ID
	}
	return ""
}

func (s *supervisor) startSandbox() {
	s.begin("", "start sandbox")
	if len(s.containers) > 0 || s.sandbox != nil {
		s.wrong("a sandbox is made while %d containers are there", len(s.containers))
	}
	p := s.pod
	if s.sandboxFails > 0 {
		s.sandboxFails--
		s.after(sandboxTakes, s.report(Result{Of: OfSandbox, Hasty: s.hasty, Message: "no network"}))
		s.hasty = false
		return
	}
	s.effect(sandboxTakes, func() {
		s.made++
		s.sandbox = &Sandbox{ID: fmt.Sprintf("infra-%d", s.made), Up: true, CreatedAt: s.clock()}
		s.sandboxFor = p
		s.look = true
	})
	s.after(sandboxTakes, s.report(Result{Of: OfSandbox, OK: true}))
}

func (s *supervisor) startUnit(a StartUnit) {
	s.begin(a.Unit, "start")
	if s.sandbox == nil {
		s.wrong("%s is started without a sandbox", a.Unit)
	}
	if c := s.containers[a.Unit]; c != nil && c.Running {
		s.wrong("%s is started while it runs", a.Unit)
	}
	if s.sandbox != nil && !s.ordered(a.Unit) {
		s.wrong("%s is started before its turn", a.Unit)
	}
	r, n := s.coming(a.Unit)
	if r.refuses != "" {
		if r.refuses == startError {
			delete(s.containers, a.Unit)
		}
		s.after(startTakes, s.report(Result{Of: OfStart, Unit: a.Unit, Hasty: r.hasty, Reason: r.refuses, Message: "no " + r.refuses}))
		return
	}
	s.effect(startTakes/2, func() { delete(s.containers, a.Unit) })
	s.effect(startTakes, func() { s.world.start(a.Unit, a.Restarts, n, r) })
	s.after(startTakes, s.report(Result{Of: OfStart, Unit: a.Unit, OK: true}))
}

// stopUnit is preStop, SIGTERM and SIGKILL, as the process does them.
func (s *supervisor) stopUnit(a StopUnit) {
	c := s.containers[a.Unit]
	if s.memory.Units[a.Unit].Doing == Stopping && s.busy[a.Unit] == "stop" {
		s.begin(a.Unit, "hasten")
	} else {
		s.begin(a.Unit, "stop")
	}
	r := Result{Of: OfStop, Unit: a.Unit, OK: true}
	if s.stopFails > 0 {
		s.stopFails--
		s.after(startTakes, s.report(Result{Of: OfStop, Unit: a.Unit, Message: "no answer"}))
		return
	}
	h := s.world.ways(a.Unit).preStop
	if unit := s.planned(a.Unit); !a.Hook || unit == nil || unit.Lifecycle.PreStop == nil {
		h = hook{}
	}
	if h.fails {
		r.Message = "exit code 1"
	}
	done := s.report(r)
	took := min(h.takes, a.Grace)
	life := s.life
	s.after(took, func() {
		if life != s.life {
			return // the hook ended with the supervisor, before the signal
		}
		s.term(c, max(a.Grace-took, leastGrace), done)
	})
}

func (s *supervisor) probe(a RunProbe) {
	c := s.containers[a.Unit]
	r := Result{Of: OfProbe, Unit: a.Unit, Probe: a.Kind, OK: true}
	if c == nil || !c.Running {
		r.OK, r.Message = false, "no container"
		s.after(answerTakes, s.report(r))
		return
	}
	r.ID = c.ID
	if f := s.world.ways(a.Unit).yes; f != nil {
		switch f(a.Kind, c.n, s.time().Sub(c.StartedAt)) {
		case no:
			r.OK, r.Message = false, "not well"
		case unknown:
			r.OK, r.Unknown = false, true
		case warning:
			r.Warning, r.Message = true, "odd"
		}
	}
	if a.Kind == Startup && r.OK {
		s.passes(a.Unit)
	}
	s.after(answerTakes, s.report(r))
}

// describe is an action as a line of a timeline.
func describe(a Action) string {
	switch a := a.(type) {
	case StartSandbox:
		return fmt.Sprintf("start sandbox (%s)", a.Cause)
	case RemoveSandbox:
		return fmt.Sprintf("remove sandbox (%s)", a.Cause)
	case StopSandbox:
		return "stop sandbox"
	case StartUnit:
		return fmt.Sprintf("start %s (%s) restarts %d", a.Unit, a.Cause, a.Restarts)
	case RunPostStart:
		return "postStart " + a.Unit
	case StopUnit:
		return fmt.Sprintf("stop %s (%s) grace %s%s", a.Unit, a.Cause, a.Grace, map[bool]string{true: " with hook"}[a.Hook])
	case RunPreStop:
		return fmt.Sprintf("preStop %s within %s", a.Unit, a.Grace)
	case RunProbe:
		return fmt.Sprintf("ask %s %s", a.Unit, a.Kind)
	case RemoveUnit:
		return "remove " + a.Unit
	case Finish:
		return "finish"
	}
	return fmt.Sprintf("%T", a)
}
