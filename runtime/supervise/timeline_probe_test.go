package supervise

import (
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestProbes plays fact 10: when containers are asked, and what follows.
func TestProbes(t *testing.T) {
	grace := func(p *plan.Probe, seconds int64) *plan.Probe { p.Grace = &seconds; return p }
	times := func(p *plan.Probe, n int32) *plan.Probe { p.Successes = n; return p }
	first := func(a answer) func(ProbeKind, int, time.Duration) answer {
		return func(_ ProbeKind, n int, _ time.Duration) answer {
			if n == 1 {
				return a
			}
			return yes
		}
	}
	timelines(t, "probes", []scene{
		{name: "10.1 10.2 liveness and readiness with the defaults", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(0, 10, 3)), readiness(probing(0, 10, 3)))),
			play: func(w *world) { w.run(35 * s) }},
		{name: "10.3 readiness comes late and goes", probes: true,
			pod: testPod(plan.RestartAlways, unit(plan.Main, "m", readiness(probing(0, 5, 2)))),
			acts: map[string]*ways{"m": {yes: func(_ ProbeKind, _ int, after time.Duration) answer {
				if after < 4*s || after > 20*s && after < 42*s {
					return no
				}
				return yes
			}}}},
		{name: "10.4 initialDelaySeconds", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(7, 5, 3)), readiness(probing(4, 5, 3)))),
			play: func(w *world) { w.run(20 * s) }},
		{events: true, name: "10.6 a warning is a success", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", readiness(probing(0, 10, 3)))),
			acts: map[string]*ways{"m": {yes: always(warning)}},
			play: func(w *world) { w.run(10 * s) }},
		{name: "10.20 unknown counts for nothing", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(0, 3, 1)), readiness(probing(0, 10, 3)))),
			acts: map[string]*ways{"m": {yes: always(unknown)}},
			play: func(w *world) { w.run(12 * s) }},
		{name: "10.21 startup comes first", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", startup(probing(0, 3, 10)), liveness(probing(0, 4, 3)), readiness(probing(0, 10, 3)))),
			acts: map[string]*ways{"m": {yes: yesAfter(10 * s)}},
			play: func(w *world) { w.run(30 * s) }},
		{name: "10.22 startup fails", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", startup(grace(probing(0, 2, 2), 3)), preStop)),
			acts: map[string]*ways{"m": {yes: first(no), preStop: hook{takes: s}, runs: []run{{deaf: true}, {}}}},
			play: func(w *world) { w.run(30 * s) }},
		{name: "10.23 9.11 9.20 liveness fails, with Always: preStop, the probe's grace period, a restart at once, then back-off",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(grace(probing(0, 5, 3), 4)), preStop), unit(plan.Main, "other")),
			acts: map[string]*ways{"m": {yes: always(no), preStop: hook{takes: s}, runs: []run{{deaf: true}}}},
			play: func(w *world) { w.run(100 * s) }},
		{name: "9.20 the least grace", pod: testPod(plan.RestartNever, unit(plan.Main, "m", liveness(grace(probing(0, 1, 1), 1)))),
			acts: map[string]*ways{"m": {yes: always(no), runs: []run{{deaf: true}}}}},
		{name: "10.24 liveness fails, with Never: the others go on",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m", liveness(probing(0, 5, 1))), unit(plan.Main, "other")),
			acts: map[string]*ways{"m": {yes: always(no), runs: []run{{termCode: 143}}}, "other": once(30*s, 0)}},
		{name: "10.25 liveness fails, with OnFailure, and the handler of SIGTERM exits with 0",
			pod:  testPod(plan.RestartOnFailure, unit(plan.Main, "m", liveness(probing(0, 5, 1)))),
			acts: map[string]*ways{"m": {yes: func(_ ProbeKind, n int, _ time.Duration) answer { return map[bool]answer{true: no}[n < 3] }, runs: []run{{}, {}, {lasts: 20 * s}}}}},
		{name: "10.26 no probes while it is killed, counters start again", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(0, 2, 2)), readiness(probing(0, 2, 1)))),
			acts: map[string]*ways{"m": {yes: first(no), runs: []run{{heeds: 7 * s}, {}}}},
			play: func(w *world) { w.run(20 * s) }},
		{name: "10.28 three successes in a row", probes: true,
			pod: testPod(plan.RestartAlways, unit(plan.Main, "m", readiness(times(probing(0, 2, 3), 3)))),
			acts: map[string]*ways{"m": {yes: func(_ ProbeKind, _ int, after time.Duration) answer {
				return map[bool]answer{true: no}[after > s && after < 5*s]
			}}},
			play: func(w *world) { w.run(20 * s) }},
		{name: "10.30 readiness goes on while the pod ends, liveness does not", probes: true,
			pod:  testPod(plan.RestartAlways, unit(plan.Sidecar, "s1", liveness(probing(0, 2, 1)), readiness(probing(0, 3, 1))), unit(plan.Main, "m", liveness(probing(0, 2, 1)), readiness(probing(0, 3, 1)))),
			acts: map[string]*ways{"m": {runs: []run{{heeds: 10 * s}}}, "s1": {}},
			play: func(w *world) { w.at(4*s, func() { w.ask(&Stop{}) }).run(20 * s) }},
		{name: "another plan asks more often", probes: true,
			pod: testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(0, 3600, 1)))),
			play: func(w *world) {
				w.at(10*s, func() { w.plan(func(p *plan.Pod) { p.Units[0].Lifecycle.Liveness = probing(0, 5, 1) }) }).run(20 * s)
			}},
	})
}
