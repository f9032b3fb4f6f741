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
	if u.Reason != "CrashLoopBackOff" || u.Message != "back-off 2m40s restarting failed container=m pod=web_default" {
		t.Errorf("%s: %s", u.Reason, u.Message)
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
