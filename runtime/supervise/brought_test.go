package supervise

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// What apply has brought is not looked for again at the start that it asked for, but is at the next boot.
func TestBroughtByApply(t *testing.T) {
	now := Ask(time.Now())
	if now.Boot == "" {
		t.Skip("not tested: this host does not name its boot")
	}
	earlier, before := now, now
	earlier.Boot = "another"
	before.Asked = before.Asked.Add(-2 * justBrought)
	for name, test := range map[string]struct {
		wanted Wanted
		want   bool
	}{"just now": {now, true}, "in another boot": {earlier, false}, "a while ago": {before, false}} {
		ref := plan.Ref{Namespace: "default", Name: "web"}
		s := &Supervisor{Store: runtime.Store{Dir: t.TempDir()}, Station: Station{Dir: t.TempDir(), Ref: ref}}
		if err := s.Store.SavePod(runtime.StoredPod{Ref: ref, Plan: plan.Pod{Ref: ref, Units: []plan.Unit{{Name: "main"}}}}); err != nil {
			t.Fatal(err)
		}
		if err := test.wanted.Write(s.Store.PodDir(ref)); err != nil {
			t.Fatal(err)
		}
		p := &process{Supervisor: s, brought: map[string]bool{}}
		if err := p.read(); err != nil {
			t.Fatal(err)
		}
		if p.brought["main"] != test.want {
			t.Errorf("asked %s: taken for brought: %v, want %v", name, p.brought["main"], test.want)
		}
	}
}

// A runtime that had nothing of the pod when it was applied is not asked by the first supervisor; one that goes on from
// another one asks.
func TestFresh(t *testing.T) {
	ref := plan.Ref{Namespace: "default", Name: "web"}
	for name, test := range map[string]struct {
		memory Memory
		asks   int
	}{"the first": {Memory{}, 0}, "a later one": {Memory{Started: time.Now()}, 1}} {
		r := &asked{}
		s := &Supervisor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: r}, Store: runtime.Store{Dir: t.TempDir()}, Station: Station{Dir: t.TempDir(), Ref: ref}}
		if err := s.Store.SavePod(runtime.StoredPod{Ref: ref, Plan: plan.Pod{Ref: ref, Units: []plan.Unit{{Name: "main"}}}}); err != nil {
			t.Fatal(err)
		}
		w := Ask(time.Now())
		if w.Boot == "" {
			t.Skip("not tested: this host does not name its boot")
		}
		w.Fresh = true
		if err := w.Write(s.Store.PodDir(ref)); err != nil {
			t.Fatal(err)
		}
		p := &process{Supervisor: s, brought: map[string]bool{}, memory: test.memory}
		if err := p.reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r.times != test.asks {
			t.Errorf("%s asks %d times", name, r.times)
		}
		if err := p.reload(t.Context()); err != nil || r.times != test.asks+1 {
			t.Errorf("%s, told again, has asked %d times (%v)", name, r.times, err)
		}
	}
}

// A sandbox whose network apply has made is made without a look at networks and images. When it cannot be made, the next try looks; and so
// does the first try when it comes late.
func TestBroughtOnce(t *testing.T) {
	ref := plan.Ref{Namespace: "default", Name: "web"}
	pod := plan.Pod{Ref: ref, ID: "kubehost.default.web", Sandbox: plan.Sandbox{ID: "kubehost.default.web.infra", Network: "kubehost"}}
	for _, test := range []struct {
		asked time.Time
		hasty bool
	}{{time.Now(), true}, {time.Now().Add(-2 * justBrought), false}} {
		var r refusing
		s := &Supervisor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: &r}, Store: runtime.Store{Dir: t.TempDir()}}
		p := &process{Supervisor: s, pod: pod, brought: map[string]bool{wholePod: true}, wanted: Wanted{Asked: test.asked}, whole: t.Context()}
		p.lock = newPodLock(func(ctx context.Context) (*runtime.Locks, error) { return s.Store.Lock(ctx, []plan.Ref{ref}, nil) })
		for _, hasty := range []bool{test.hasty, false} {
			r.asked = nil
			got := p.prepare(StartSandbox{Cause: "not found"}).do(t.Context())
			if looked := slices.Contains(r.asked, "network ls"); got.OK || got.Hasty != hasty || looked == hasty {
				t.Errorf("asked %s ago: hasty %v, looked %v: %q (%s)", time.Since(test.asked), got.Hasty, looked, r.asked, got.Message)
			}
		}
	}
}

// refusing is a runtime that has nothing and makes no pods. It keeps the first two words of what it was asked.
type refusing struct {
	sync.Mutex
	asked []string
}

func (f *refusing) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	f.Lock()
	defer f.Unlock()
	words := strings.Join(c.Argv[1:3], " ")
	if f.asked = append(f.asked, words); words == "pod create" {
		return runtime.Result{Code: 125}, nil
	}
	return runtime.Result{Stdout: []byte("[]")}, nil
}

// asked is a runtime that has nothing, and counts.
type asked struct{ times int }

func (a *asked) Run(context.Context, runtime.Command) (runtime.Result, error) {
	a.times++
	return runtime.Result{}, nil
}
