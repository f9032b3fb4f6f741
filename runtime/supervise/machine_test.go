package supervise

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestQuiet counts how often the machine looks in an hour.
func TestQuiet(t *testing.T) {
	for _, test := range []struct {
		name string
		pod  plan.Pod
		acts map[string]*ways
		most int
	}{
		{"nothing happens", testPod(plan.RestartAlways, unit(plan.Sidecar, "s"), unit(plan.Main, "m")), nil, 0},
		{"back-off of 5 min: wake, started, ended", testPod(plan.RestartAlways, unit(plan.Main, "m")), map[string]*ways{"m": once(s, 1)}, 3 * 12},
		{"an image that is missing: wake, failed, back-off", testPod(plan.RestartAlways, unit(plan.Main, "m")), map[string]*ways{"m": runs(run{refuses: "ErrImagePull"})}, 3 * 12},
		{"liveness every minute: asked, answered", testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(0, 60, 3)))), nil, 2 * 60},
		{"never ready, with a period of a minute", testPod(plan.RestartAlways, unit(plan.Main, "m", readiness(probing(0, 60, 3)))), map[string]*ways{"m": {yes: always(no)}}, 2 * 60},
		{"over", testPod(plan.RestartNever, unit(plan.Main, "m")), map[string]*ways{"m": once(s, 1)}, 0},
	} {
		w := newWorld(test.pod, test.acts).run(time.Hour)
		before := w.calls
		if n := w.run(time.Hour).calls - before; n > test.most {
			t.Errorf("%s: %d looks in an hour, expected %d", test.name, n, test.most)
		}
	}
}

// TestBackoffMessage is fact 11.5.
func TestBackoffMessage(t *testing.T) {
	w := newWorld(testPod(plan.RestartAlways, unit(plan.Main, "m")), map[string]*ways{"m": once(s, 1)}).run(5 * time.Minute)
	u := w.memory.Units["m"]
	if u.Reason != "CrashLoopBackOff" || u.Message != "back-off 2m40s restarting failed container=m pod=web_default("+w.pod.Ref.UID()+")" {
		t.Errorf("%s: %s", u.Reason, u.Message)
	}
	if next := u.NextTry().Sub(u.FinishedAt); next != 160*s {
		t.Errorf("the next try is %s after the end", next)
	}
	if u.Last == nil || u.Last.Reason != "Error" || u.Last.ExitCode != 1 || u.Last.FinishedAt.Sub(u.Last.StartedAt) != s {
		t.Errorf("last: %+v", u.Last)
	}
}

func TestEvents(t *testing.T) {
	l := &look{m: Memory{}, now: epoch}
	l.event("m", false, "Started", "Started container m")
	for i := range 1000 {
		l.event("m", true, "Unhealthy", fmt.Sprintf("at %d: %s", i, strings.Repeat("ä", 1000)))
		l.event("m", true, "BackOff", "again")
	}
	if n := len(l.m.Events); n != keepAlike+2 {
		t.Errorf("%d events", n)
	}
	if e := l.m.Events[0]; e.Reason != "Started" {
		t.Errorf("what happened once is forgotten for what happens all the time: %v", e)
	}
	if e := l.m.Events[len(l.m.Events)-1]; e.Count != 1000 {
		t.Errorf("counted %d", e.Count)
	}
	for _, e := range l.m.Events {
		if len(e.Message) > maxNote || !utf8.ValidString(e.Message) {
			t.Errorf("%d bytes, valid: %v", len(e.Message), utf8.ValidString(e.Message))
		}
	}
	for i := range 1000 {
		l.event(fmt.Sprint(i), false, "Started", "")
	}
	if n := len(l.m.Events); n != keepEvents {
		t.Errorf("%d events", n)
	}
}

// TestCanceled: a start that was given up for the pod's end is no failure.
func TestCanceled(t *testing.T) {
	pod := testPod(plan.RestartAlways, unit(plan.Main, "m"))
	sandbox := &Sandbox{ID: "sandbox", Up: true, Current: true, CreatedAt: epoch}
	m, _, _ := Next(&pod, Memory{Units: map[string]*Unit{}}, Input{Now: epoch, Sandbox: sandbox})
	if m.Units["m"].Doing != Starting {
		t.Fatalf("the container is not started: %+v", m.Units["m"])
	}
	m, actions, _ := Next(&pod, m, Input{Now: epoch, Sandbox: sandbox, Stop: &Stop{}})
	if len(actions) != 0 {
		t.Errorf("before the start has come to its end: %v", actions)
	}
	m, actions, _ = Next(&pod, m, Input{Now: epoch, Sandbox: sandbox, Stop: &Stop{}, Results: []Result{{Of: OfStart, Unit: "m", Reason: canceled}}})
	if len(actions) != 1 || actions[0] != (StopSandbox{}) {
		t.Errorf("after it: %v", actions)
	}
	for _, e := range m.Events {
		t.Errorf("event: %v", e)
	}
}

// TestEndsBeforeItsStartIsReported is of a container so short that a look finds it ended while its start is under way.
func TestEndsBeforeItsStartIsReported(t *testing.T) {
	pod := testPod(plan.RestartNever, unit(plan.Main, "m"))
	in := Input{Now: epoch}
	m, _, _ := Next(&pod, Memory{}, in)
	in.Sandbox = &Sandbox{ID: "infra", Up: true, Current: true}
	in.Results = []Result{{Of: OfSandbox, OK: true}}
	m, _, _ = Next(&pod, m, in)
	in.Results = nil
	in.Containers = map[string]Container{"m": {ID: "c1", StartedAt: epoch, FinishedAt: epoch.Add(s), Current: true}}
	m, _, _ = Next(&pod, m, in)
	in.Results = []Result{{Of: OfStart, Unit: "m", OK: true}}
	m, _, _ = Next(&pod, m, in)
	if u := m.Units["m"]; u.State != Terminated || u.Reason != "Completed" || u.Restarts != 0 || u.HookDue || m.Phase != Succeeded && !m.Over {
		t.Errorf("%+v of a pod that %s", u, m.Phase)
	}
	if n := len(m.Events); n != 1 || m.Events[0].Reason != "Started" {
		t.Errorf("events: %v", m.Events)
	}
}
