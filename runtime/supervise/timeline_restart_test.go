package supervise

import (
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestRestarts plays fact 11: what is started again, when, and what does not count as a restart.
func TestRestarts(t *testing.T) {
	own := func(p plan.RestartPolicy) func(*plan.Lifecycle) { return func(l *plan.Lifecycle) { l.Restart = p } }
	on := func(codes ...int32) func(*plan.Lifecycle) {
		return func(l *plan.Lifecycle) { l.RestartRules = []plan.RestartRule{{Codes: codes}} }
	}
	timelines(t, "restarts", []scene{
		{name: "11.1 11.5 the back-off: 0 10 20 40 80 160 300 300",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": once(s, 1)},
			play: func(w *world) { w.run(1000 * s) }},
		{name: "11.2 11.3 a run of 12 s that ends well with Always backs off the same",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": once(12*s, 0)},
			play: func(w *world) { w.run(90 * s) }},
		{name: "11.4 a run of more than 10 min makes the back-off begin again",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{lasts: s}, run{lasts: s}, run{lasts: s}, run{lasts: 9 * time.Minute}, run{lasts: 601 * s}, run{lasts: s}, run{})},
			play: func(w *world) { w.run(30 * time.Minute) }},
		{name: "11.6 OnFailure",
			pod:  testPod(plan.RestartOnFailure, unit(plan.Main, "m1"), unit(plan.Main, "m2")),
			acts: map[string]*ways{"m1": once(2*s, 0), "m2": runs(run{lasts: s, code: 2}, run{lasts: s, code: 2}, run{lasts: s})}},
		{name: "11.7 Never: failed once all have ended",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m1"), unit(plan.Main, "m2")),
			acts: map[string]*ways{"m1": once(2*s, 1), "m2": once(20*s, 0)}},
		{name: "11.8 Pending while one container has no image",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m1"), unit(plan.Main, "m2")),
			acts: map[string]*ways{"m2": runs(run{refuses: "CreateContainerConfigError"}, run{refuses: "ErrImagePull"}, run{})}},
		{name: "11.9 a container's own policy and rules, in a pod with Never",
			pod: testPod(plan.RestartNever, unit(plan.Main, "fails", own(plan.RestartOnFailure)), unit(plan.Main, "rule", own(plan.RestartNever), on(42)), unit(plan.Main, "never")),
			acts: map[string]*ways{"fails": runs(run{lasts: s, code: 1}, run{lasts: s}), "rule": runs(run{lasts: s, code: 42}, run{lasts: s, code: 41}),
				"never": once(s, 0)}},
		{events: true, name: "11.10 a command that is not there is a run that ended",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{refuses: startError})}},
		{name: "11.10 a command that is not there, with Never",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{refuses: startError})}},
		{name: "11.11 the image is never pulled",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{refuses: "ErrImageNeverPull"})}},
		{events: true, name: "11.12 pulling fails: no restarts, in a back-off of its own",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{refuses: "ErrImagePull"}, run{refuses: "ErrImagePull"}, run{lasts: s}, run{lasts: s})},
			play: func(w *world) { w.run(70 * s) }},
		{name: "11.12 pulling fails before a restart: the restart counts once",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{lasts: s}, run{refuses: "ErrImagePull"}, run{refuses: "ErrImagePull"}, run{})}},
		{events: true, name: "what a restart takes for granted has gone: it is looked for at once, and then in a back-off",
			pod:  testPod(plan.RestartAlways, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{lasts: s, code: 1}, run{refuses: "FailedMount", hasty: true}, run{refuses: "FailedMount"}, run{})},
			play: func(w *world) { w.run(60 * s) }},
		{events: true, name: "the same, of a container that a probe ended and that then exited with 0",
			pod: testPod(plan.RestartOnFailure, unit(plan.Main, "m", liveness(probing(0, 5, 1)))),
			acts: map[string]*ways{"m": {yes: func(_ ProbeKind, n int, _ time.Duration) answer { return map[bool]answer{true: no}[n < 2] },
				runs: []run{{heeds: s}, {refuses: "FailedMount", hasty: true}, {refuses: "FailedMount"}, {}}}},
			play: func(w *world) { w.run(90 * s) }},
		{name: "11.13 out of memory",
			pod:  testPod(plan.RestartNever, unit(plan.Main, "m")),
			acts: map[string]*ways{"m": runs(run{lasts: s, code: 137, oom: true})}},
	})
}
