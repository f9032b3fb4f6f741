package supervise

import (
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestAnew plays what users ask to have started anew: one container, or the pod.
func TestAnew(t *testing.T) {
	anew := func(units ...string) func(*world) {
		return func(w *world) {
			for _, u := range units {
				w.at(w.now+5*s, func() { w.wish(u) })
			}
			w.run(60 * s)
		}
	}
	timelines(t, "anew", []scene{
		{events: true, name: "one container: its hook, its grace period, no back-off, no restart that counts; the others run on",
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s"), unit(plan.Main, "a", preStop, postStart), unit(plan.Main, "b")),
			acts: map[string]*ways{"a": {preStop: hook{takes: 2 * s}, runs: []run{{heeds: s, termCode: 143}, {}}}}, play: anew("a")},
		{name: "a sidecar, and then it again", pod: testPod(plan.RestartAlways, unit(plan.Sidecar, "s"), unit(plan.Main, "a")), play: anew("s", "s")},
		{name: "one of a pod that restarts nothing", pod: testPod(plan.RestartNever, unit(plan.Main, "a"), unit(plan.Main, "b")), play: anew("a")},
		{name: "one that has done its work, in a pod that goes on", pod: testPod(plan.RestartNever, unit(plan.Main, "a"), unit(plan.Main, "b")),
			acts: map[string]*ways{"a": once(s, 0)}, play: anew("a")},
		{name: "one that waits for its back-off", pod: testPod(plan.RestartAlways, unit(plan.Main, "a"), unit(plan.Main, "b")),
			acts: map[string]*ways{"a": runs(run{lasts: s, code: 1}, run{lasts: s, code: 1}, run{})}, play: anew("a")},
		{name: "one whose image cannot be pulled", pod: testPod(plan.RestartAlways, unit(plan.Main, "a"), unit(plan.Main, "b")),
			acts: map[string]*ways{"a": runs(run{refuses: "ErrImagePull"}, run{})}, play: anew("a")},
		{name: "one whose postStart hook does not end", pod: testPod(plan.RestartAlways, unit(plan.Main, "a", postStart), unit(plan.Main, "b")),
			acts: map[string]*ways{"a": {postStart: hook{takes: time.Hour}}}, play: anew("a")},
		{name: "what is not there, and an init container", pod: testPod(plan.RestartAlways, unit(plan.Init, "i"), unit(plan.Main, "a")), play: anew("x", "i")},
		{events: true, name: "the pod: its containers end in order, then it is a new one",
			pod:  testPod(plan.RestartAlways, unit(plan.Init, "i"), unit(plan.Sidecar, "s"), unit(plan.Main, "a", preStop)),
			acts: map[string]*ways{"i": once(s, 0), "a": {preStop: hook{takes: s}, runs: []run{{heeds: s}}}}, play: anew("")},
		{name: "the pod and a container of it", pod: testPod(plan.RestartAlways, unit(plan.Main, "a"), unit(plan.Main, "b")), play: func(w *world) {
			w.at(5*s, func() { w.wish("a"); w.wish("") }).run(60 * s)
		}},
		{name: "a pod that is over", pod: testPod(plan.RestartNever, unit(plan.Main, "a")), acts: map[string]*ways{"a": runs(run{lasts: 5 * s}, run{lasts: s})},
			play: func(w *world) { w.at(10*s, func() { w.wish("") }).run(60 * s) }},
		{name: "a pod whose sandbox is lost", pod: testPod(plan.RestartAlways, unit(plan.Main, "a")), acts: map[string]*ways{"a": runs(run{heeds: 3 * s})},
			play: func(w *world) { w.at(5*s, w.killSandbox).at(6*s, func() { w.wish("") }).run(60 * s) }},
		{name: "a wish whose supervisor dies is heard by the next, once", pod: testPod(plan.RestartAlways, unit(plan.Main, "a")),
			acts: map[string]*ways{"a": runs(run{heeds: 3 * s})},
			play: func(w *world) {
				w.at(5*s, func() { w.wish("a") }).at(6*s, w.kill).at(20*s, func() { w.revive(true) }).run(60 * s)
			}},
	})
}
