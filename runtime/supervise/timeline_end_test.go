package supervise

import (
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

func stopAfter(d time.Duration, grace ...time.Duration) func(*world) {
	return func(w *world) {
		w.at(d, func() {
			if len(grace) > 0 {
				w.ask(&Stop{Grace: &grace[0]})
			} else {
				w.ask(&Stop{})
			}
		}).run(100 * s)
	}
}

// TestEnds plays the ends of facts 8.13 and 9.
func TestEnds(t *testing.T) {
	deadline := func(p plan.Pod, seconds int64) plan.Pod { p.ActiveDeadline = &seconds; return p }
	grace := func(p plan.Pod, seconds int64) plan.Pod { p.GracePeriod = seconds; return p }
	deaf := runs(run{deaf: true})
	timelines(t, "ends", []scene{
		{name: "8.13 all main containers are done: the sidecars end in reverse order",
			pod:  testPod(plan.RestartNever, unit(plan.Sidecar, "s1"), unit(plan.Sidecar, "s2"), unit(plan.Main, "m1"), unit(plan.Main, "m2")),
			acts: map[string]*ways{"s1": deaf, "s2": runs(run{heeds: 3 * s}), "m1": once(5*s, 0), "m2": once(7*s, 0)}},
		{name: "9.6 preStop takes its time from the grace period",
			pod:  grace(testPod(plan.RestartAlways, unit(plan.Main, "m", preStop)), 20),
			acts: map[string]*ways{"m": {preStop: hook{takes: 2 * s}, runs: []run{{deaf: true}}}}, play: stopAfter(5 * s)},
		{name: "9.7 preStop longer than the grace period",
			pod:  grace(testPod(plan.RestartAlways, unit(plan.Main, "m", preStop)), 3),
			acts: map[string]*ways{"m": {preStop: hook{takes: 5 * s}, runs: []run{{deaf: true}}}}, play: stopAfter(5 * s)},
		{name: "9.10 no preStop for one that ended",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m1", preStop), unit(plan.Main, "m2")),
			acts: map[string]*ways{"m1": once(2*s, 0)}, play: stopAfter(5 * s)},
		{name: "9.12 no grace period", pod: grace(testPod(plan.RestartAlways, unit(plan.Main, "m")), 0), acts: map[string]*ways{"m": deaf}, play: stopAfter(5 * s)},
		{name: "9.13 9.15 main containers end together", pod: testPod(plan.RestartAlways, unit(plan.Main, "m1"), unit(plan.Main, "m2")),
			acts: map[string]*ways{"m1": deaf, "m2": runs(run{heeds: s, termCode: 143})}, play: stopAfter(5 * s)},
		{name: "9.16 9.17 sidecars end last, in reverse order; their hooks begin at once; one budget",
			pod: grace(testPod(plan.RestartAlways, unit(plan.Sidecar, "s1", preStop), unit(plan.Sidecar, "s2", preStop), unit(plan.Main, "m", preStop)), 20),
			acts: map[string]*ways{"s1": {preStop: hook{takes: s}, runs: []run{{deaf: true}}}, "s2": {preStop: hook{takes: 6 * s}, runs: []run{{heeds: s}}},
				"m": {preStop: hook{takes: s}, runs: []run{{heeds: 2 * s}}}}, play: stopAfter(5 * s)},
		{name: "9.16 9.17 sidecars after the budget is used up",
			pod:  grace(testPod(plan.RestartAlways, unit(plan.Sidecar, "s1"), unit(plan.Sidecar, "s2", preStop), unit(plan.Main, "m")), 6),
			acts: map[string]*ways{"s1": deaf, "s2": {preStop: hook{takes: 60 * s}, runs: []run{{deaf: true}}}, "m": deaf}, play: stopAfter(5 * s)},
		{events: true, name: "9.8 the preStop hook of a sidecar fails",
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s1", preStop), unit(plan.Main, "m", preStop)),
			acts: map[string]*ways{"s1": {preStop: hook{takes: s, fails: true}}, "m": {preStop: hook{takes: s, fails: true}, runs: []run{{heeds: 3 * s}}}}, play: stopAfter(5 * s)},
		{name: "9.18 stop while an init container runs",
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s1"), unit(plan.Init, "i"), unit(plan.Main, "m")),
			acts: map[string]*ways{"i": runs(run{heeds: s})}, play: stopAfter(5 * s)},
		{name: "stop while the sandbox is made", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")), play: stopAfter(s / 2)},
		{name: "stop while a container is started", pod: testPod(plan.RestartAlways, unit(plan.Main, "m", postStart)), play: stopAfter(s + s/20)},
		{name: "stop during postStart", pod: testPod(plan.RestartAlways, unit(plan.Main, "m1", postStart), unit(plan.Main, "m2")),
			acts: map[string]*ways{"m1": {postStart: hook{takes: 20 * s}}}, play: stopAfter(5 * s)},
		{name: "stop during back-off", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")), acts: map[string]*ways{"m": once(s, 1)}, play: stopAfter(5 * s)},
		{name: "stop when the sandbox could not be made", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")),
			play: func(w *world) { w.sandboxFails = 9; stopAfter(5 * s)(w) }},
		{name: "a grace period that was asked for", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")), acts: map[string]*ways{"m": deaf}, play: stopAfter(5*s, 60*s)},
		{name: "a second, shorter grace period", pod: testPod(plan.RestartAlways, unit(plan.Sidecar, "s1"), unit(plan.Main, "m")), acts: map[string]*ways{"m": deaf, "s1": deaf},
			play: func(w *world) {
				w.at(5*s, func() { w.ask(&Stop{}) })
				one := s
				w.at(10*s, func() { w.ask(&Stop{Grace: &one}) }).run(40 * s)
			}},
		{name: "a stop overtakes a liveness kill", pod: testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(0, 2, 1)))),
			acts: map[string]*ways{"m": {yes: always(no), runs: []run{{deaf: true}}}}, play: stopAfter(5*s, 4*s)},
		{events: true, name: "9.21 the active deadline", pod: deadline(testPod(plan.RestartAlways, unit(plan.Sidecar, "s1"), unit(plan.Main, "m")), 15), acts: map[string]*ways{"m": runs(run{heeds: 2 * s})}},
		{name: "9.21 the active deadline while an image is missing", pod: deadline(testPod(plan.RestartNever, unit(plan.Main, "m")), 15), acts: map[string]*ways{"m": runs(run{refuses: "ErrImagePull"})}},
		{name: "a pod that is done before its deadline", pod: deadline(testPod(plan.RestartNever, unit(plan.Main, "m")), 15), acts: map[string]*ways{"m": once(5*s, 0)}},
		{events: true, name: "what cannot be stopped is tried again", pod: testPod(plan.RestartAlways, unit(plan.Main, "m", preStop)),
			play: func(w *world) { w.stopFails = 2; stopAfter(5 * s)(w) }},
		{name: "stop, then wanted again", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")), acts: map[string]*ways{"m": runs(run{lasts: s}, run{})},
			play: func(w *world) {
				w.at(5*s, func() { w.ask(&Stop{}) })
				w.at(20*s, func() { w.ask(nil) }).run(20 * s)
			}},
		{name: "stop, then wanted again, with Never", pod: testPod(plan.RestartNever, unit(plan.Main, "m")),
			play: func(w *world) {
				w.at(5*s, func() { w.ask(&Stop{}) })
				w.at(20*s, func() { w.ask(nil) }).run(20 * s)
			}},
		{name: "wanted again before it has ended", pod: testPod(plan.RestartAlways, unit(plan.Main, "m1"), unit(plan.Main, "m2")), acts: map[string]*ways{"m1": runs(run{heeds: 5 * s})},
			play: func(w *world) {
				w.at(5*s, func() { w.ask(&Stop{}) })
				w.at(7*s, func() { w.ask(nil) }).run(20 * s)
			}},
		{name: "stop of one that has ended changes nothing", pod: testPod(plan.RestartNever, unit(plan.Main, "m")), acts: map[string]*ways{"m": once(s, 0)},
			play: func(w *world) {
				w.at(5*s, func() { w.ask(&Stop{}) })
				w.at(7*s, func() { w.ask(nil) }).run(20 * s)
			}},
		{name: "stop while the sidecars of one that is done end", pod: testPod(plan.RestartNever, unit(plan.Sidecar, "s1"), unit(plan.Main, "m")), acts: map[string]*ways{"s1": deaf, "m": once(s, 0)},
			play: func(w *world) {
				w.at(5*s, func() { two := 2 * s; w.ask(&Stop{Grace: &two}) })
				w.at(20*s, func() { w.ask(nil) }).run(20 * s)
			}},
		{name: "a delete leaves the sandbox to who removes it", pod: testPod(plan.RestartAlways, unit(plan.Sidecar, "s"), unit(plan.Main, "m")),
			play: func(w *world) { w.at(5*s, func() { w.ask(&Stop{Removed: true}) }).run(20 * s) }},
	})
}
