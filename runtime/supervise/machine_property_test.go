package supervise

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

var worlds = flag.Int("worlds", 1, "how many times more random worlds to try")

// chance makes random worlds.
type chance struct{ *rand.Rand }

func (r chance) one(n int) bool { return r.IntN(n) == 0 }
func (r chance) upTo(d time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(d)/1e7)) * 1e7
}

func (r chance) probe() *plan.Probe {
	if !r.one(3) {
		return nil
	}
	p := probing(int32(r.IntN(4)), int32(2+r.IntN(10)), int32(1+r.IntN(3)))
	p.Successes = int32(1 + r.IntN(2))
	if r.one(3) {
		g := int64(1 + r.IntN(10))
		p.Grace = &g
	}
	return p
}

func (r chance) unit(role plan.Role, name string) plan.Unit {
	u := unit(role, name)
	if role == plan.Init {
		return u
	}
	u.Lifecycle.Startup, u.Lifecycle.Liveness, u.Lifecycle.Readiness = r.probe(), r.probe(), r.probe()
	for _, p := range []*plan.Probe{u.Lifecycle.Startup, u.Lifecycle.Liveness} {
		if p != nil {
			p.Successes = 1
		}
	}
	if r.one(3) {
		postStart(&u.Lifecycle)
	}
	if r.one(3) {
		preStop(&u.Lifecycle)
	}
	if role == plan.Main && r.one(5) {
		u.Lifecycle.Restart = []plan.RestartPolicy{plan.RestartAlways, plan.RestartNever, plan.RestartOnFailure}[r.IntN(3)]
	}
	return u
}

func (r chance) pod() plan.Pod {
	var units []plan.Unit
	for i := range r.IntN(4) {
		units = append(units, r.unit([]plan.Role{plan.Init, plan.Sidecar}[r.IntN(2)], fmt.Sprintf("i%d", i)))
	}
	for i := range 1 + r.IntN(3) {
		units = append(units, r.unit(plan.Main, fmt.Sprintf("m%d", i)))
	}
	p := testPod([]plan.RestartPolicy{plan.RestartAlways, plan.RestartAlways, plan.RestartOnFailure, plan.RestartNever}[r.IntN(4)], units...)
	p.GracePeriod = int64(r.IntN(12))
	if r.one(8) {
		d := int64(10 + r.IntN(300))
		p.ActiveDeadline = &d
	}
	return p
}

// wild is how a container behaves while the world is in disorder; calm is how it does afterwards.
func (r chance) wild(role plan.Role, refusals bool) *ways {
	w := &ways{postStart: hook{takes: r.upTo(8 * s), fails: r.one(8)}, preStop: hook{takes: r.upTo(8 * s), fails: r.one(8)}}
	for range 1 + r.IntN(4) {
		x := run{lasts: r.upTo(60 * s), code: r.IntN(3), heeds: r.upTo(5 * s), deaf: r.one(4), termCode: []int{0, 143}[r.IntN(2)]}
		if role != plan.Init && r.one(3) {
			x.lasts = 0
		}
		if refusals && r.one(6) {
			x.refuses = []string{startError, "ErrImagePull", "CreateContainerError"}[r.IntN(3)]
			x.hasty = r.one(3)
		}
		w.runs = append(w.runs, x)
	}
	if r.one(2) {
		w.yes = func(ProbeKind, int, time.Duration) answer { return []answer{yes, yes, no, unknown}[r.IntN(4)] }
	}
	return w
}

func (w *world) calm() {
	w.stopFails, w.sandboxFails = 0, 0
	for _, u := range w.pod.Units {
		c := w.ways(u.Name)
		c.yes, c.postStart.fails, c.runs = nil, false, []run{{}}
		if u.Role == plan.Init {
			c.runs = []run{{lasts: s}}
		}
	}
}

// disturb does one thing to a world.
func (r chance) disturb(w *world) {
	names := []string{}
	for _, u := range w.pod.Units {
		names = append(names, u.Name)
	}
	some := names[r.IntN(len(names))]
	switch r.IntN(18) {
	case 0, 1, 2:
		w.restartAs(r.one(3))
	case 3:
		if w.sandbox != nil && w.sandbox.Up {
			w.say("> the sandbox dies")
			w.killSandbox()
		}
	case 4:
		w.say("> %s is removed", some)
		w.remove(some)
	case 5:
		w.stopFails = r.IntN(3)
	case 6:
		w.sandboxFails, w.hasty = r.IntN(3), r.one(2)
	case 7:
		w.ask(&Stop{})
	case 8, 9:
		w.ask(nil)
	case 10:
		w.plan(func(p *plan.Pod) { p.Units[r.IntN(len(p.Units))].Image = fmt.Sprint("image:", r.IntN(3)) })
	case 16:
		w.wish(some)
	case 17:
		w.wish("")
	case 12:
		if c := w.containers[some]; c != nil && !c.Running {
			w.say("> %s is started again by hand", some)
			c.Running, c.StartedAt, w.look = true, w.clock(), true
		}
	case 13:
		if !w.ended {
			w.say("> an unknown container appears")
			w.start("x", 0, 1, run{deaf: r.one(2)})
			w.look = true
		}
	case 14:
		w.say("> everything is removed")
		clear(w.containers)
		w.removeSandbox()
	case 15:
		grace := r.upTo(5 * s)
		w.ask(&Stop{Grace: &grace})
	case 11:
		w.plan(func(p *plan.Pod) {
			if last := len(p.Units) - 1; last > 0 && p.Units[last-1].Role == plan.Main && r.one(2) {
				p.Units = p.Units[:last]
			} else {
				p.Units = append(p.Units, r.unit(plan.Main, fmt.Sprintf("m%d", r.IntN(20)+10)))
			}
		})
	}
}

// restartAs kills the supervisor and starts another one, that may have lost the memory.
func (w *world) restartAs(forgetful bool) {
	w.say("> another supervisor, forgetful: %v", forgetful)
	w.kill()
	w.revive(!forgetful)
}

// seeds are fewer with -short: the race detector has nothing to find in what runs in one goroutine.
func seeds(n int) int {
	if testing.Short() {
		n /= 20
	}
	return n * *worlds
}

func eachWorld(t *testing.T, n int, play func(t *testing.T, r chance, w *world)) {
	for seed := range seeds(n) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := chance{rand.New(rand.NewPCG(uint64(seed), 4))}
			w := newWorld(r.pod(), nil)
			w.quiet, w.sparse = true, 10
			w.coin = func() bool { return r.one(2) }
			play(t, r, w)
			for i, p := range w.problems {
				if i < 5 {
					t.Error(p)
				}
			}
			if t.Failed() {
				t.Logf("%s\n%s", text(w.pod), strings.Join(w.log, "\n"))
			}
		})
	}
}

// TestConverges disturbs random pods for some minutes in every way there is. When the world calms down, each pod gets to
// be as planned, or to its end, and is left alone then.
func TestConverges(t *testing.T) {
	eachWorld(t, 120, func(t *testing.T, r chance, w *world) {
		for _, u := range w.pod.Units {
			w.acts[u.Name] = r.wild(u.Role, true)
		}
		for range r.IntN(20) {
			w.run(r.upTo(40 * s))
			r.disturb(w)
		}
		w.run(r.upTo(60 * s))
		w.say("> calm")
		w.calm()
		if w.stop != nil {
			w.ask(nil)
		}
		w.run(10 * time.Minute)
		for _, c := range w.containers {
			if c.run != (run{}) {
				w.exit(c, 1) // it was begun in the disorder
			}
		}
		w.run(10 * time.Minute)
		if !w.memory.Settled && !w.memory.Over || w.memory.Over && !w.ended {
			t.Errorf("it does not come to rest: %s", text(w.memory))
		}
		if !w.memory.Over && !w.memory.Ready(&w.pod) && !completed(w) {
			t.Errorf("it does not get ready: %s", text(w.memory))
		}
		for name := range w.containers {
			if !slices.ContainsFunc(w.pod.Units, func(u plan.Unit) bool { return u.Name == name }) {
				t.Errorf("%s is still there", name)
			}
		}
		calls := w.calls
		w.run(10 * time.Minute)
		if n, most := w.calls-calls, mostCalls(w); n > most {
			t.Errorf("%d looks in ten quiet minutes, expected %d", n, most)
		}
	})
}

// completed says whether a container of the pod has ended for good while others run.
func completed(w *world) bool {
	return slices.ContainsFunc(w.pod.Units, func(u plan.Unit) bool {
		have := w.memory.Units[u.Name]
		return u.Role == plan.Main && have.State == Terminated && w.pod.RestartOf(u) != plan.RestartAlways
	})
}

// mostCalls is how often probes of a ready pod make the machine look in ten minutes: when they are due and when they are answered.
func mostCalls(w *world) int {
	n := 0
	if !w.ended && w.pod.ActiveDeadline != nil {
		n++
	}
	for _, u := range w.pod.Units {
		for _, p := range []*plan.Probe{u.Lifecycle.Liveness, u.Lifecycle.Readiness} {
			if p != nil && w.memory.Units[u.Name].State == Up {
				n += 2 * (600/int(p.Period) + 1)
			}
		}
	}
	return n
}

// TestSupervisorsComeAndGo kills supervisors while nothing else happens: no container that runs is started again.
func TestSupervisorsComeAndGo(t *testing.T) {
	eachWorld(t, 60, func(t *testing.T, r chance, w *world) {
		w.pod.ActiveDeadline = nil
		w.calm()
		w.run(time.Minute)
		begun := map[string]int{}
		for _, u := range w.pod.Units {
			begun[u.Name] = w.ways(u.Name).begun
		}
		for range 10 {
			w.run(r.upTo(20 * s))
			w.restartAs(r.one(2))
		}
		w.run(time.Minute)
		for _, u := range w.pod.Units {
			if n := w.ways(u.Name).begun; n != begun[u.Name] {
				t.Errorf("%s was started %d times, %d of them needless", u.Name, n, n-begun[u.Name])
			}
		}
	})
}

// TestCountsAreKept kills supervisors while containers crash: each run bears the number of the runs before it.
func TestCountsAreKept(t *testing.T) {
	eachWorld(t, 120, func(t *testing.T, r chance, w *world) {
		w.pod.ActiveDeadline = nil
		w.countRuns = map[string]int{}
		for _, u := range w.pod.Units {
			w.acts[u.Name] = r.wild(u.Role, false)
		}
		for range 20 {
			w.run(r.upTo(20 * s))
			w.say("> another supervisor")
			w.kill()
			// Of a container that was removed, and not made again yet, only the memory knows.
			w.revive(!r.one(4) || len(w.containers) < len(w.countRuns))
		}
		w.run(5 * time.Minute)
	})
}
