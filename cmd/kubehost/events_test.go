package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func TestPrintEvents(t *testing.T) {
	web := plan.Ref{Namespace: "shop", Name: "web"}
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d) }
	all := []happened{
		{web, supervise.Event{Time: ago(90 * time.Minute), Unit: "a", Reason: "Started", Message: "Started container a", Count: 1}},
		{web, supervise.Event{Time: ago(3 * time.Minute), Unit: "a", Warning: true, Reason: "Unhealthy", Message: "probe failed:\nno\x1b[2J", Count: 4}},
	}
	for namespace, want := range map[string]string{
		"shop": "LAST SEEN   TYPE      REASON      OBJECT    MESSAGE\n" +
			"90m         Normal    Started     Pod/web   Started container a\n" +
			"3m (x4)     Warning   Unhealthy   Pod/web   probe failed: no^[[2J\n",
		"": "NAMESPACE   LAST SEEN   TYPE      REASON      OBJECT    MESSAGE\n" +
			"shop        90m         Normal    Started     Pod/web   Started container a\n" +
			"shop        3m (x4)     Warning   Unhealthy   Pod/web   probe failed: no^[[2J\n",
	} {
		var b strings.Builder
		if err := (eventing{pods: selection{namespace: namespace}}).print(&b, all, true); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("namespace %q:\n%swant\n%s", namespace, b.String(), want)
		}
	}
}

// TestNewEvents: what happened again is new, what is still there is not.
func TestNewEvents(t *testing.T) {
	at := time.Now()
	before := []happened{{plan.Ref{Name: "web"}, supervise.Event{Time: at, Reason: "BackOff", Count: 1}}, {plan.Ref{Name: "web"}, supervise.Event{Time: at, Reason: "Started", Count: 1}}}
	now := slices.Clone(before)
	now[0].Time, now[0].Count = at.Add(time.Second), 2
	if got := newEvents(now, before); len(got) != 1 || got[0].Count != 2 {
		t.Errorf("got %v", got)
	}
	if got := newEvents(before, before); len(got) != 0 {
		t.Errorf("nothing happened, but %v", got)
	}
}
