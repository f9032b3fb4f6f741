package supervise

import (
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestStart plays facts 8 and 9.1 to 9.4: what is started when, and what waits for what.
func TestStart(t *testing.T) {
	timelines(t, "start", []scene{
		{name: "8.1 init containers one after another, then the main containers",
			pod:  testPod(plan.RestartAlways, unit(plan.Init, "i1"), unit(plan.Init, "i2"), unit(plan.Main, "m1"), unit(plan.Main, "m2")),
			acts: map[string]*ways{"i1": once(3*s, 0), "i2": once(4*s, 0)}},
		{name: "8.2 a failed init container with Never",
			pod:  testPod(plan.RestartNever, unit(plan.Init, "i1"), unit(plan.Init, "i2"), unit(plan.Main, "m")),
			acts: map[string]*ways{"i1": once(1*s, 3)}},
		{name: "8.3 a failed init container with OnFailure",
			pod:  testPod(plan.RestartOnFailure, unit(plan.Init, "i1"), unit(plan.Init, "i2"), unit(plan.Main, "m")),
			acts: map[string]*ways{"i1": once(1*s, 0), "i2": runs(run{lasts: s, code: 1}, run{lasts: s, code: 1}, run{lasts: s, code: 1}, run{lasts: s}), "m": once(2*s, 0)}},
		{name: "8.4 the image of an init container is missing, with Never",
			pod:  testPod(plan.RestartNever, unit(plan.Init, "i"), unit(plan.Main, "m")),
			acts: map[string]*ways{"i": runs(run{refuses: "ErrImagePull"}, run{refuses: "ErrImagePull"}, run{refuses: "ErrImagePull"}, run{lasts: s}), "m": once(2*s, 0)},
			play: func(w *world) { w.run(100 * s) }},
		{name: "8.8 the startup probe of a sidecar holds the next back",
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s1", startup(probing(0, 5, 10))), unit(plan.Init, "i"), unit(plan.Main, "m")),
			acts: map[string]*ways{"s1": {yes: yesAfter(7 * s)}, "i": once(2*s, 0)}, probes: true},
		{name: "8.9 a sidecar without a startup probe, with postStart",
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s1", postStart), unit(plan.Sidecar, "s2"), unit(plan.Main, "m")),
			acts: map[string]*ways{"s1": {postStart: hook{takes: 4 * s}}}},
		{name: "8.10 a sidecar that exits is started again, with Never",
			pod:  testPod(plan.RestartNever, unit(plan.Sidecar, "s1"), unit(plan.Main, "m")),
			acts: map[string]*ways{"s1": once(5*s, 0), "m": once(30*s, 0)}},
		{name: "8.11 a sidecar crashes while an init container runs",
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s1"), unit(plan.Init, "i"), unit(plan.Main, "m")),
			acts: map[string]*ways{"s1": runs(run{lasts: 2 * s, code: 1}, run{}), "i": once(10*s, 0)}},
		{events: true, name: "8.12 the startup probe of a sidecar fails, with Never",
			pod:  testPod(plan.RestartNever, unit(plan.Sidecar, "s1", startup(probing(0, 1, 3))), unit(plan.Main, "m")),
			acts: map[string]*ways{"s1": {yes: always(no)}}},
		{name: "8.14 a sidecar that is not ready",
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s1", readiness(probing(0, 10, 3))), unit(plan.Main, "m")),
			acts: map[string]*ways{"s1": {yes: yesAfter(20 * s)}}, probes: true},
		{name: "9.1 postStart holds the next main container back, 9.2 and all probes",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m1", postStart, readiness(probing(0, 10, 3))), unit(plan.Main, "m2")),
			acts: map[string]*ways{"m1": {postStart: hook{takes: 4 * s}}}, probes: true},
		{events: true, name: "9.3 postStart fails",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m1", postStart, preStop)),
			acts: map[string]*ways{"m1": {postStart: hook{takes: 2 * s, fails: true}, runs: []run{{heeds: s}}}}},
		{name: "9.3 postStart fails with Never, and the container ends well",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m1", postStart)),
			acts: map[string]*ways{"m1": {postStart: hook{takes: 2 * s, fails: true}}}},
		{name: "9.4 the container ends while postStart runs",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m1", postStart)),
			acts: map[string]*ways{"m1": {postStart: hook{takes: 20 * s}, runs: []run{{lasts: 3 * s, code: 7}}}}},
		{name: "9.4 the container ends at once, with Always",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m1", postStart)),
			acts: map[string]*ways{"m1": {postStart: hook{takes: 20 * s}, runs: []run{{lasts: 3 * s, code: 7}, {}}}}},
		{events: true, name: "the sandbox cannot be made at first",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m1")),
			play: func(w *world) { w.sandboxFails = 2; w.run(60 * s) }},
	})
}
