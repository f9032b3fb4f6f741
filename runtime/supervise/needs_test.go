package supervise

import (
	"strings"
	"testing"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

func TestAPodWaitsForWhatItNeeds(t *testing.T) {
	pod := &plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "web"}, Units: []plan.Unit{{Name: "a", Role: plan.Main}}}
	in := Input{Now: time.Unix(1000, 0), Unmet: []string{"default/db", "default/cache/redis"}}
	m, actions, _ := Next(pod, Memory{}, in)
	m, more, _ := Next(pod, m, in)
	if len(actions)+len(more) > 0 || len(m.Events) != 1 || m.Events[0].Message != "Waiting for default/db, default/cache/redis" || m.Events[0].Count != 1 {
		t.Errorf("actions %v %v, events %v", actions, more, m.Events)
	}
	in.Unmet = nil
	if _, actions, _ = Next(pod, m, in); len(actions) != 1 {
		t.Errorf("%v instead of the sandbox", actions)
	}
}

func TestWhatMeetsANeed(t *testing.T) {
	pod := &plan.Pod{Units: []plan.Unit{{Name: "a", Role: plan.Main}, {Name: "b", Role: plan.Main}}}
	m := Memory{Phase: Running, Units: map[string]*Unit{"a": {State: Up, Ready: true}, "b": {State: Up}}}
	for _, test := range []struct {
		need plan.Need
		want bool
	}{{plan.Need{}, false}, {plan.Need{Container: "a"}, true}, {plan.Need{Container: "b"}, false}, {plan.Need{Container: "c"}, false}} {
		if got := m.meets(test.need, pod); got != test.want {
			t.Errorf("%v: %v", test.need, got)
		}
	}
	m.Units["b"].Ready = true
	if !m.meets(plan.Need{}, pod) {
		t.Error("a pod that is ready does not meet")
	}
}

// TestPortsHeld: a pod waits for its ports until the sandbox that has them is gone, but not for ever for a supervisor that is.
func TestPortsHeld(t *testing.T) {
	store := runtime.Store{Dir: t.TempDir()}
	other := Station{Dir: t.TempDir(), Ref: plan.Ref{Namespace: "shop", Name: "db"}}
	waits := func(asked time.Time) string {
		s := &Supervisor{Store: store, Station: Station{Dir: other.Dir, Ref: plan.Ref{Namespace: "shop", Name: "web"}}}
		p := &process{Supervisor: s, pod: plan.Pod{Ref: s.Station.Ref}, wanted: Wanted{Asked: asked, After: Holders([]runtime.Container{{ID: "1234", Ref: other.Ref}})}}
		return strings.Join(p.unmetNeeds(), " ")
	}
	sandbox := func(id string) {
		t.Helper()
		if err := other.save([]byte(`{"sandbox": "` + id + `"}`)); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	before := now.Add(-2 * portsPatience)
	const held = "the ports of shop/db"
	release, err := other.Enter()
	if err != nil {
		t.Fatal(err)
	}
	sandbox("1234@2026-11-30T05:00:00Z")
	if got := waits(before); got != held {
		t.Errorf("as long as its supervisor lives: %q", got)
	}
	sandbox("")
	if got := waits(now); got != "" {
		t.Errorf("when it is gone: %q", got)
	}
	sandbox("5678@2026-11-30T06:00:00Z")
	if got := waits(now); got != "" {
		t.Errorf("when there is another: %q", got)
	}
	release()
	sandbox("1234@2026-11-30T05:00:00Z")
	if got := waits(now); got != held {
		t.Errorf("while its supervisor may be about to begin: %q", got)
	}
	if got := waits(before); got != "" {
		t.Errorf("without a supervisor: %q", got)
	}
}
