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
		{web, supervise.Event{Time: ago(90 * time.Minute), Unit: "a", Reason: "Started", Message: "Started container a", Count: 1}, ""},
		{web, supervise.Event{Time: ago(3 * time.Minute), Unit: "a", Warning: true, Reason: "Unhealthy", Message: "probe failed:\nno\x1b[2J", Count: 4}, ""},
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

func TestEventObjects(t *testing.T) {
	pod := plan.Pod{Ref: plan.Ref{Namespace: "shop", Name: "web"}, Units: []plan.Unit{{Name: "a", Role: plan.Main}, {Name: "proxy", Role: plan.Sidecar}}}
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		event      supervise.Event
		path, kind string
		first      bool
	}{
		{supervise.Event{Time: at, Unit: "a", Reason: "Started", Count: 1}, "spec.containers{a}", "Normal", true},
		{supervise.Event{Time: at, Unit: "proxy", Warning: true, Reason: "BackOff", Count: 3}, "spec.initContainers{proxy}", "Warning", false},
		{supervise.Event{Time: at, Reason: "Waiting", Count: 1}, "", "Normal", true},
	} {
		o := objectsOf([]happened{{pod.Ref, test.event, fieldPath(pod, test.event.Unit)}})[0]
		if o.InvolvedObject.FieldPath != test.path || o.InvolvedObject.Name != "web" || o.Namespace != "shop" || o.Type != test.kind ||
			o.FirstTimestamp.IsZero() == test.first || !o.LastTimestamp.Time.Equal(at) || int(o.Count) != test.event.Count {
			t.Errorf("%+v: %+v", test.event, o)
		}
	}
}

// TestNewEvents: what happened again is new, what is still there is not.
func TestNewEvents(t *testing.T) {
	at := time.Now()
	before := []happened{{plan.Ref{Name: "web"}, supervise.Event{Time: at, Reason: "BackOff", Count: 1}, ""}, {plan.Ref{Name: "web"}, supervise.Event{Time: at, Reason: "Started", Count: 1}, ""}}
	now := slices.Clone(before)
	now[0].Time, now[0].Count = at.Add(time.Second), 2
	if got := newEvents(now, before); len(got) != 1 || got[0].Count != 2 {
		t.Errorf("got %v", got)
	}
	if got := newEvents(before, before); len(got) != 0 {
		t.Errorf("nothing happened, but %v", got)
	}
}
