package supervise

import (
	"testing"
	"time"

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
