package supervise

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// set is a time as it is read after the host's clock was set forward by whole seconds: of its two readings only one has moved.
// There is no other way to make such a one than to set the clock. The seconds stand above 30 bits of nanoseconds.
func set(t time.Time, forward time.Duration) time.Time {
	if t == t.Round(0) {
		return t.Add(forward)
	}
	*(*uint64)(unsafe.Pointer(&t)) += uint64(int64(forward/time.Second) << 30)
	return t
}

func TestSet(t *testing.T) {
	now := time.Now()
	for _, d := range []time.Duration{time.Hour, -time.Hour} {
		then := set(now, d)
		if by := then.Sub(now); by != 0 {
			t.Errorf("the steady reading has moved by %s", by)
		}
		if by := then.Round(0).Sub(now.Round(0)); by != d {
			t.Errorf("the clock's reading has moved by %s, not %s", by, d)
		}
	}
}

// TestClockIsSet plays random worlds twice, once with a clock that is set now and then: in both the same happens at
// the same moments.
func TestClockIsSet(t *testing.T) {
	for seed := range seeds(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			play := func(jump func() time.Duration) *world {
				r := chance{rand.New(rand.NewPCG(uint64(seed), 5))}
				w := newWorld(r.pod(), nil)
				w.origin, w.sparse = time.Now(), 10
				for _, u := range w.pod.Units {
					w.acts[u.Name] = r.wild(u.Role, true)
				}
				for range 20 {
					w.run(r.upTo(40 * s))
					w.jumped += jump()
					some := w.pod.Units[r.IntN(len(w.pod.Units))].Name
					switch r.IntN(8) {
					case 0:
						w.ask(&Stop{})
					case 1, 2, 3:
						w.ask(nil)
					case 4:
						w.wish(some)
					case 5:
						w.remove(some)
					}
				}
				w.run(10 * time.Minute)
				return w
			}
			n := 0
			steady := play(func() time.Duration { return 0 })
			set := play(func() time.Duration { n++; return time.Duration(n*n%11-5) * 20 * time.Minute })
			if diff := cmp.Diff(strings.Join(steady.log, "\n"), strings.Join(set.log, "\n")); diff != "" {
				t.Errorf("%s\n(-steady +set):\n%s", text(steady.pod), diff)
			}
			for _, p := range append(steady.problems, set.problems...) {
				t.Error(p)
			}
		})
	}
}

// TestClockIsPutBack has it put back while nobody looks: no pause is longer for it than the longest there is.
func TestClockIsPutBack(t *testing.T) {
	for _, remembers := range []bool{true, false} {
		w := newWorld(testPod(plan.RestartAlways, unit(plan.Main, "m"), unit(plan.Main, "asked", liveness(probing(0, 10, 3)))),
			map[string]*ways{"m": once(s, 1)})
		w.origin = time.Now()
		w.run(2 * time.Minute)
		w.kill()
		w.jumped -= time.Hour
		w.revive(remembers)
		w.log = nil
		w.run(maxBackoff)
		for _, what := range []string{"start m", "ask asked liveness"} {
			if !strings.Contains(strings.Join(w.log, "\n"), what) {
				t.Errorf("remembered: %t: nothing says %q in\n%s", remembers, what, strings.Join(w.log, "\n"))
			}
		}
		w.log = nil
		w.wish("asked")
		w.run(time.Minute)
		if !strings.Contains(strings.Join(w.log, "\n"), "stop asked") {
			t.Errorf("remembered: %t: the wish to start it anew is not heard:\n%s", remembers, strings.Join(w.log, "\n"))
		}
	}
}
