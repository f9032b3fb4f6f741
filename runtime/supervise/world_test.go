package supervise

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// world is a host with one pod, as the machine's actions change it, in a time of its own. What each container
// does is told by its [ways]; everything that happens is a line in log.
type world struct {
	pod  plan.Pod
	acts map[string]*ways
	// now is the time since the world began.
	now    time.Duration
	origin time.Time
	// jumped is by how much the host's clock was set since.
	jumped time.Duration
	events []event
	order  int
	log    []string
	quiet  bool // leaves probes out of the log

	sandbox    *Sandbox
	sandboxFor plan.Pod
	containers map[string]*container
	made       int // IDs given
	// past are the containers that have let others go first in a sandbox, by the sandbox's ID: init containers
	// that are done, sidecars that came up, main containers that were started.
	past map[string]map[string]bool
	// sandboxFails is how many more tries to make the sandbox fail; stopFails the same for stops.
	sandboxFails, stopFails int
	// hasty says that the sandbox's network was taken for granted.
	hasty bool

	// countRuns counts runs, where each is to bear the number of those before it.
	countRuns map[string]int

	supervisor
}

type event struct {
	at    time.Duration
	order int
	do    func()
}

// How long what the runtime does takes.
const (
	sandboxTakes = time.Second
	startTakes   = 100 * time.Millisecond
	removeTakes  = 500 * time.Millisecond
	answerTakes  = 10 * time.Millisecond
)

var epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

func newWorld(p plan.Pod, acts map[string]*ways) *world {
	if acts == nil {
		acts = map[string]*ways{}
	}
	w := &world{origin: epoch, pod: p, acts: acts, containers: map[string]*container{}, past: map[string]map[string]bool{}}
	w.supervisor = supervisor{world: w, busy: map[string]string{}, look: true}
	return w
}

// time is now, as the supervisor sees it; clock is what the host's clock says.
func (w *world) time() time.Time  { return set(w.origin.Add(w.now), w.jumped) }
func (w *world) clock() time.Time { return w.time().Round(0) }

func (w *world) after(d time.Duration, do func()) {
	w.order++
	w.events = append(w.events, event{w.now + d, w.order, do})
}

func (w *world) say(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("t=%s ", w.now)+fmt.Sprintf(format, args...))
}

// next takes the next thing that happens until then.
func (w *world) next(until time.Duration) (event, bool) {
	i := -1
	for j, e := range w.events {
		if i < 0 || e.at < w.events[i].at || e.at == w.events[i].at && e.order < w.events[i].order {
			i = j
		}
	}
	if i < 0 || w.events[i].at > until {
		return event{}, false
	}
	e := w.events[i]
	w.events = slices.Delete(w.events, i, i+1)
	return e, true
}

func (w *world) ways(unit string) *ways {
	if w.acts[unit] == nil {
		w.acts[unit] = &ways{}
	}
	return w.acts[unit]
}

// coming is the run that a start of the container begins, and its number.
func (w *world) coming(unit string) (run, int) {
	a := w.ways(unit)
	a.begun++
	if len(a.runs) == 0 {
		return run{}, a.begun
	}
	return a.runs[min(a.begun, len(a.runs))-1], a.begun
}

// start puts a container in the place of the one before it.
func (w *world) start(unit string, restarts, n int, r run) {
	w.made++
	if w.countRuns != nil {
		if w.countRuns[unit] != restarts {
			w.wrong("%s is started with %d restarts after %d runs", unit, restarts, w.countRuns[unit])
		}
		w.countRuns[unit]++
	}
	c := &container{unit: unit, run: r, n: n, hash: w.hashOf(unit)}
	c.Container = Container{ID: fmt.Sprintf("%s-%d", unit, w.made), Running: true, StartedAt: w.clock(), Restarts: restarts}
	w.containers[unit] = c
	switch p := w.planned(unit); {
	case p != nil && (p.Role == plan.Main || p.Role == plan.Sidecar && p.Lifecycle.Startup == nil && p.Lifecycle.PostStart == nil):
		w.passes(unit)
	}
	if r.lasts > 0 {
		w.after(r.lasts, func() { w.exit(c, r.code) })
	}
}

func (w *world) planned(unit string) *plan.Unit {
	for i := range w.pod.Units {
		if w.pod.Units[i].Name == unit {
			return &w.pod.Units[i]
		}
	}
	return nil
}

func (w *world) hashOf(unit string) string {
	if u := w.planned(unit); u != nil {
		return w.pod.UnitHash(*u)
	}
	return ""
}

// passes notes that a container no longer keeps others back.
func (w *world) passes(unit string) {
	if w.sandbox == nil {
		return
	}
	if w.past[w.sandbox.ID] == nil {
		w.past[w.sandbox.ID] = map[string]bool{}
	}
	w.past[w.sandbox.ID][unit] = true
}

// ordered says whether a container may be started: once a main container was, all may.
func (w *world) ordered(unit string) bool {
	past := w.past[w.sandbox.ID]
	for _, u := range w.pod.Units {
		if u.Role == plan.Main && past[u.Name] {
			return true
		}
	}
	if past[unit] && w.planned(unit).Role == plan.Sidecar {
		return true
	}
	for _, u := range w.pod.Units {
		if u.Name == unit || u.Role == plan.Main {
			return true
		}
		if !past[u.Name] {
			return false
		}
	}
	return true
}

// exit ends a container's process, of which the kernel tells.
func (w *world) exit(c *container, code int) {
	if !c.Running {
		return
	}
	if p := w.planned(c.unit); p != nil && p.Role == plan.Init && code == 0 {
		w.passes(c.unit)
	}
	c.Running, c.ExitCode, c.FinishedAt, c.OOMKilled = false, code, w.clock(), c.run.oom && code == c.run.code
	if w.containers[c.unit] == c {
		w.say("  %s exits with %d", c.unit, code)
	}
	w.look = true
}

// term sends SIGTERM, and SIGKILL when the grace is over; then calls done.
func (w *world) term(c *container, grace time.Duration, done func()) {
	if c == nil || !c.Running {
		w.after(0, done)
		return
	}
	w.say("  TERM to %s", c.unit)
	at, code := c.run.heeds, c.run.termCode
	if c.run.deaf || at > grace {
		at, code = grace, 137
	}
	w.after(at, func() {
		w.exit(c, code)
		done()
	})
}

// remove takes a container away, as by hand.
func (w *world) remove(unit string) {
	if c := w.containers[unit]; c != nil {
		if c.Running {
			c.Running = false
			w.look = true
		}
		delete(w.containers, unit)
	}
}

// removeSandbox takes the infra away, as by hand.
func (w *world) removeSandbox() { w.sandbox, w.look = nil, true }

// killSandbox ends the infra's process.
func (w *world) killSandbox() { w.sandbox.Up, w.look = false, true }

// view is what the runtime shows.
func (w *world) view() (s *Sandbox, all map[string]Container) {
	if w.sandbox != nil {
		c := *w.sandbox
		c.Current = w.sandboxFor.Sandbox.Hash() == w.pod.Sandbox.Hash() && inits(w.sandboxFor) == inits(w.pod)
		s = &c
	}
	all = map[string]Container{}
	for name, have := range w.containers {
		c := have.Container
		c.Current = have.hash != "" && have.hash == w.hashOf(name)
		all[name] = c
	}
	return s, all
}

func inits(p plan.Pod) string {
	all := ""
	for _, u := range p.Units {
		if u.Role == plan.Init {
			all += p.UnitHash(u)
		}
	}
	return all
}
