package supervise

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// supervisor is the process around the machine in a world: it carries out actions and feeds their results.
type supervisor struct {
	*world
	memory  Memory
	stop    *Stop
	wishes  map[string]time.Time
	results []Result
	// busy are the operations under way, by container.
	busy map[string]string
	// life counts the lives of the process: what an earlier one began does not report to a later one.
	life  int
	dead  bool
	ended bool
	wake  time.Time
	calls int
	// sparse checks only every so many decisions; 0 checks all.
	sparse int
	// hash is that of the plan.
	hash string
	// look says that the runtime is to be asked; seen is what it said last.
	look     bool
	seen     *Sandbox
	have     map[string]Container
	problems []string
	// flight are the operations under way; coin says whether one goes on when its supervisor dies.
	flight []*flight
	coin   func() bool
}

// flight is an operation that the runtime carries out.
type flight struct {
	do   func()
	over bool
}

// effect is what an operation comes to after some time, even if its supervisor has died meanwhile; or not.
func (s *supervisor) effect(d time.Duration, do func()) {
	f := &flight{do: do}
	s.flight = append(s.flight, f)
	s.after(d, f.land)
}

func (f *flight) land() {
	if !f.over {
		f.over = true
		f.do()
	}
}

func (s *supervisor) wrong(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf("t=%s: ", s.now)+fmt.Sprintf(format, args...))
}

// run lets the world go on for some time.
func (w *world) run(d time.Duration) *world {
	until := w.now + d
	for turns, then := 0, w.now; ; turns++ {
		if w.now != then {
			turns, then = 0, w.now
		}
		if turns > 1000 {
			w.wrong("it goes on and on")
			return w
		}
		w.think()
		e, there := w.next(until)
		if wake := w.now + w.wake.Sub(w.time()); !w.dead && !w.ended && !w.wake.IsZero() && wake <= until && (!there || wake < e.at) {
			if there {
				w.events = append(w.events, e)
			}
			w.now, w.wake = max(w.now, wake), time.Time{}
			w.calls++
			w.decide()
			continue
		}
		if !there {
			w.now = until
			return w
		}
		w.now = e.at
		e.do()
	}
}

// think lets the machine decide when something happened.
func (s *supervisor) think() {
	if s.dead || s.ended || !s.look && len(s.results) == 0 {
		return
	}
	s.calls++
	s.decide()
}

func (s *supervisor) decide() {
	if s.look || s.have == nil {
		s.seen, s.have = s.view()
		s.look = false
	}
	in := Input{Now: s.time(), Sandbox: s.seen, Containers: s.have, Results: s.results, Stop: s.stop, Anew: s.wishes}
	thorough := s.sparse == 0 || s.calls%s.sparse == 0
	var before, asked string
	if thorough {
		before, asked = text(s.memory), text(in)
	}
	old := s.memory
	m, actions, wake := Next(&s.pod, old, in)
	if thorough {
		s.check(before, asked, old, m, in, actions, wake)
	}
	s.results = nil
	s.changes(old, m)
	s.memory, s.wake = m, wake
	if s.hash == "" {
		s.hash = s.pod.Hash()
	}
	s.memory.Plan = s.hash
	for _, a := range actions {
		s.act(a)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// check holds what is true of each decision.
func (s *supervisor) check(before, asked string, old, m Memory, in Input, actions []Action, wake time.Time) {
	if text(old) != before || text(in) != asked {
		s.wrong("Next changed its arguments")
	}
	if !wake.IsZero() && !wake.After(in.Now) {
		s.wrong("it wants to look again at %s, which is over", wake)
	}
	in.Results = nil
	again, more, later := Next(&s.pod, m, in)
	more = slices.DeleteFunc(more, func(a Action) bool { return a == Action(Finish{}) })
	if len(more) > 0 || text(again) != text(m) || !later.Equal(wake) {
		s.wrong("the same input again gives %v, until %s instead of %s\n%s", more, later, wake, cmp.Diff(m, again))
	}
	if size := len(text(m)); size > 200_000 || len(m.Events) > keepEvents {
		s.wrong("the memory has %d bytes and %d events", size, len(m.Events))
	}
}

// changes logs how the pod looks different.
func (s *supervisor) changes(old, m Memory) {
	show := func(m Memory) string {
		words := []string{string(m.Phase)}
		if m.Phase == "" {
			words = nil
		}
		for _, name := range slices.Sorted(maps.Keys(m.Units)) {
			if u := m.Units[name]; u.Ready {
				words = append(words, name+" ready")
			} else if u.State == Terminated || u.Reason != creating && u.Reason != "" {
				words = append(words, name+" "+u.Reason)
			} else if u.Started {
				words = append(words, name+" started")
			}
			if r := m.Units[name].Restarts; r > 0 {
				words[len(words)-1] += fmt.Sprintf(" (%d)", r)
			}
		}
		if m.Settled {
			words = append(words, "settled")
		}
		return strings.Join(append(words, m.Reason, m.Problem), " ")
	}
	if a, b := show(old), show(m); a != b {
		s.say("= %s", strings.TrimSpace(b))
	}
}

// begin notes an operation on a container; there may be no more than one.
func (s *supervisor) begin(unit, op string) {
	if was := s.busy[unit]; was != "" && !(was == "stop" && op == "hasten") {
		s.wrong("%s of %q while %s is under way", op, unit, was)
	}
	if op != "hasten" {
		s.busy[unit] = op
	}
}

// report gives a result to the process that asked for it.
func (s *supervisor) report(r Result) func() {
	life := s.life
	return func() {
		if life != s.life || s.dead {
			return
		}
		if r.Of != OfProbe && r.Of != OfPreStop {
			s.look = true
		}
		if r.Of != OfProbe && r.Of != OfPreStop && r.Of != OfPostStart {
			delete(s.busy, r.Unit)
		}
		s.results = append(s.results, r)
	}
}

// kill ends the supervisor without a word; start is another one. Without its memory it finds only what the runtime shows.
func (s *supervisor) kill() {
	s.dead = true
	s.life++
	s.busy, s.results = map[string]string{}, nil
	for _, f := range s.flight {
		if s.coin != nil && s.coin() {
			f.land()
		}
		f.over = true
	}
	s.flight = nil
}

func (s *supervisor) revive(remembers bool) {
	b := text(s.memory)
	s.memory = Memory{}
	if remembers {
		if err := json.Unmarshal([]byte(b), &s.memory); err != nil {
			panic(err)
		}
	}
	for _, u := range s.pod.Units {
		if c := s.containers[u.Name]; c != nil && c.Running && u.Role == plan.Sidecar && u.Lifecycle.Startup == nil && !remembers {
			s.passes(u.Name) // nobody knows of a hook that was cut off
		}
	}
	s.memory.Resume(s.time())
	s.dead, s.ended, s.look, s.wake = false, false, true, time.Time{}
}

// plan gives the pod another plan.
func (w *world) plan(change func(p *plan.Pod)) {
	w.pod.Units = slices.Clone(w.pod.Units)
	change(&w.pod)
	w.hash = ""
	w.say("> another plan")
	w.look = true
	if w.ended {
		w.revive(true)
	}
}

// wish asks to start a container anew, or with "" the pod.
func (w *world) wish(unit string) {
	w.wishes = maps.Clone(w.wishes)
	if w.wishes == nil {
		w.wishes = map[string]time.Time{}
	}
	w.wishes[unit], w.look = w.clock(), true
	w.say("> anew %s", unit)
	if w.ended {
		w.revive(true)
	}
}

// ask asks to stop the pod, or no longer.
func (w *world) ask(s *Stop) {
	w.stop, w.look = s, true
	if s == nil {
		w.say("> wanted")
	} else {
		w.say("> stop")
	}
	if w.ended {
		w.revive(true)
	}
}
