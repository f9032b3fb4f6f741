package supervise

import (
	"slices"
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestFaults plays facts 8.5 to 8.7 and what else goes wrong from outside: a pod is mended, and no more than that.
func TestFaults(t *testing.T) {
	full := func(policy plan.RestartPolicy) plan.Pod {
		return testPod(policy, unit(plan.Init, "i"), unit(plan.Sidecar, "s1"), unit(plan.Main, "m1"), unit(plan.Main, "m2"))
	}
	acts := func() map[string]*ways { return map[string]*ways{"i": once(s, 0), "m1": runs(run{termCode: 143})} }
	restart := func(remembers bool) func(*world) {
		return func(w *world) {
			w.at(20*s, func() { w.kill() })
			w.at(22*s, func() { w.say("> another supervisor"); w.revive(remembers) }).run(40 * s)
		}
	}
	lose := func(lose func(w *world)) func(*world) {
		return func(w *world) { w.at(20*s, func() { w.say("> fault"); lose(w) }).run(40 * s) }
	}
	timelines(t, "faults", []scene{
		{name: "8.5 a main container crashes", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{lasts: 5 * s, code: 1}, run{})}},
		{events: true, name: "8.6 the sandbox dies, with Always", pod: full(plan.RestartAlways), acts: acts(), play: lose((*world).killSandbox)},
		{name: "8.6 the sandbox is removed", pod: full(plan.RestartAlways), acts: acts(), play: lose((*world).removeSandbox)},
		{name: "8.7 the sandbox dies, with Never", pod: full(plan.RestartNever), acts: acts(), play: lose((*world).killSandbox)},
		{name: "8.7 the sandbox dies, with OnFailure: what was done stays done", pod: full(plan.RestartOnFailure),
			acts: map[string]*ways{"i": once(s, 0), "m1": once(2*s, 0), "m2": runs(run{termCode: 143})}, play: lose((*world).killSandbox)},
		{name: "the sandbox dies while an init container runs, with Never", pod: full(plan.RestartNever), acts: map[string]*ways{"i": runs(run{termCode: 143})}, play: lose((*world).killSandbox)},
		{name: "the sandbox dies again and again", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")),
			play: func(w *world) {
				for i := range 5 {
					w.at(time.Duration(20*i+5)*s, func() { w.killSandbox() })
				}
				w.run(20 * s)
			}},
		{name: "everything is removed", pod: full(plan.RestartAlways), acts: acts(),
			play: lose(func(w *world) { clear(w.containers); w.removeSandbox() })},
		{name: "a main container is removed", pod: full(plan.RestartAlways), acts: acts(), play: lose(func(w *world) { w.remove("m1") })},
		{name: "a main container is removed, with Never", pod: full(plan.RestartNever), acts: acts(), play: lose(func(w *world) { w.remove("m1") })},
		{name: "a sidecar is removed", pod: full(plan.RestartAlways), acts: acts(), play: lose(func(w *world) { w.remove("s1") })},
		{name: "the ended init container is removed", pod: full(plan.RestartAlways), acts: acts(), play: lose(func(w *world) { w.remove("i"); w.look = true })},
		{name: "a main container is removed while it is stopped", pod: testPod(plan.RestartAlways, unit(plan.Main, "m", liveness(probing(0, 5, 1)))),
			acts: map[string]*ways{"m": {yes: always(no), runs: []run{{deaf: true}}}},
			play: func(w *world) { w.at(10*s, func() { w.say("> fault"); w.remove("m") }).run(60 * s) }},
		{name: "a main container is started again by hand", pod: full(plan.RestartNever), acts: map[string]*ways{"i": once(s, 0), "m1": once(5*s, 1)},
			play: lose(func(w *world) {
				c := w.containers["m1"]
				c.Running, c.StartedAt, w.look = true, w.clock(), true
				w.after(10*s, func() { w.exit(c, 0) })
			})},
		{name: "an unknown container appears", pod: full(plan.RestartAlways), acts: acts(),
			play: lose(func(w *world) { w.start("x", 0, 1, run{}); w.look = true })},
		{name: "another supervisor with the memory", pod: full(plan.RestartAlways), acts: acts(), play: restart(true)},
		{name: "another supervisor without it", pod: full(plan.RestartAlways), acts: acts(), play: restart(false)},
		{name: "another supervisor in back-off", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")), acts: map[string]*ways{"m": once(3*s, 1)}, play: restart(true)},
		{name: "another supervisor in back-off without the memory: the counts stay", pod: testPod(plan.RestartAlways, unit(plan.Main, "m")), acts: map[string]*ways{"m": once(3*s, 1)}, play: restart(false)},
		{name: "another supervisor while postStart runs: it runs again", pod: testPod(plan.RestartAlways, unit(plan.Main, "m", postStart)), acts: map[string]*ways{"m": {postStart: hook{takes: 30 * s}}}, play: restart(true)},
		{name: "another supervisor during a liveness kill: it is killed again", pod: testPod(plan.RestartAlways, unit(plan.Main, "m", preStop, liveness(probing(0, 18, 1)))),
			acts: map[string]*ways{"m": {yes: always(no), preStop: hook{takes: 10 * s}}}, play: restart(true)},
		{name: "another supervisor during the end", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{deaf: true}), "s1": runs(run{deaf: true})},
			play: func(w *world) {
				w.at(18*s, func() { w.ask(&Stop{}) })
				restart(true)(w)
			}},
		{name: "a pod that is over stays over after a reboot", pod: testPod(plan.RestartNever, unit(plan.Sidecar, "s1"), unit(plan.Main, "m1"), unit(plan.Main, "m2")), acts: map[string]*ways{"m1": once(2*s, 0), "m2": once(3*s, 0)},
			play: restart(false)},
		{name: "a pod that failed stays so after a reboot", pod: full(plan.RestartNever), acts: map[string]*ways{"i": once(2*s, 1)}, play: restart(false)},
		{name: "a pod that ran out of time stays so after a reboot",
			pod: func() plan.Pod {
				p := testPod(plan.RestartNever, unit(plan.Main, "m"))
				d := int64(5)
				p.ActiveDeadline = &d
				return p
			}(),
			play: restart(false)},
		{name: "a pod with Always comes back after a reboot", pod: full(plan.RestartAlways), acts: acts(),
			play: func(w *world) {
				w.at(20*s, func() {
					w.kill()
					w.killSandbox()
					for _, c := range w.containers {
						w.exit(c, 255)
					}
				})
				slices.Sort(w.log[len(w.log)-3:])
				w.at(22*s, func() { w.say("> another supervisor"); w.revive(false) }).run(40 * s)
			}},
	})
}

// TestChanges plays new plans for pods that are there.
func TestChanges(t *testing.T) {
	full := func(policy plan.RestartPolicy) plan.Pod {
		return testPod(policy, unit(plan.Init, "i"), unit(plan.Sidecar, "s1"), unit(plan.Main, "m1"), unit(plan.Main, "m2"))
	}
	image := func(names ...string) func(p *plan.Pod) {
		return func(p *plan.Pod) {
			for i, u := range p.Units {
				if slices.Contains(names, u.Name) {
					p.Units[i].Image = "image:2"
				}
			}
		}
	}
	change := func(c func(p *plan.Pod)) func(*world) {
		return func(w *world) { w.at(20*s, func() { w.plan(c) }).run(60 * s) }
	}
	done := func() map[string]*ways { return map[string]*ways{"i": once(s, 0)} }
	timelines(t, "changes", []scene{
		{name: "a main container", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{lasts: 5 * s, code: 1}, run{heeds: 2 * s})}, play: change(image("m1"))},
		{name: "a main container, with Never", pod: full(plan.RestartNever), acts: done(), play: change(image("m1"))},
		{name: "a main container that completed, with Never", pod: full(plan.RestartNever), acts: map[string]*ways{"i": once(s, 0), "m1": once(5*s, 0)}, play: change(image("m1"))},
		{name: "a sidecar", pod: full(plan.RestartAlways), acts: done(), play: change(image("s1"))},
		{name: "an init container", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{lasts: 5 * s, code: 1}, run{})}, play: change(image("i"))},
		{name: "the sandbox", pod: full(plan.RestartNever), acts: done(), play: change(func(p *plan.Pod) { p.Sandbox.Hostname = "other" })},
		{name: "a container less", pod: full(plan.RestartAlways), acts: done(), play: change(func(p *plan.Pod) { p.Units = p.Units[:3] })},
		{name: "a container more", pod: full(plan.RestartAlways), acts: done(), play: change(func(p *plan.Pod) { p.Units = append(p.Units, unit(plan.Main, "m3")) })},
		{name: "in back-off", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{lasts: 4 * s, code: 1}, run{lasts: 4 * s, code: 1}, run{})}, play: change(image("m1"))},
		{name: "in back-off, but nothing of that container", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": once(4*s, 1)}, play: change(image("m2"))},
		{name: "while the image is missing", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{refuses: "ErrImagePull"}, run{refuses: "ErrImagePull"}, run{})}, play: change(image("m1"))},
		{name: "to an image that is missing", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{}, run{refuses: "ErrImagePull"})}, play: change(image("m1"))},
		{name: "to a command that is missing", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{}, run{refuses: startError})}, play: change(image("m1"))},
		{name: "while a command is missing", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{refuses: startError}, run{refuses: startError}, run{refuses: startError}, run{})}, play: change(image("m1"))},
		{name: "while the sandbox cannot be made", pod: full(plan.RestartAlways), acts: done(),
			play: func(w *world) {
				w.sandboxFails = 2
				w.at(15*s, func() { w.plan(func(p *plan.Pod) { p.Sandbox.Hostname = "other" }) }).run(20 * s)
			}},
		{name: "of a pod that is over", pod: full(plan.RestartNever), acts: map[string]*ways{"i": once(s, 0), "m1": once(s, 1), "m2": runs(run{lasts: 2 * s}, run{lasts: 30 * s})}, play: change(image("m1"))},
		{name: "of a pod that is over, and all gone", pod: full(plan.RestartNever), acts: map[string]*ways{"i": once(s, 0), "m1": once(s, 1), "m2": runs(run{lasts: 2 * s}, run{lasts: 30 * s})},
			play: func(w *world) {
				w.at(15*s, func() { clear(w.containers); w.sandbox = nil; w.say("> all removed") })
				change(image("m1"))(w)
			}},
		{name: "of labels and probes only, of a pod that is over", pod: full(plan.RestartNever), acts: map[string]*ways{"i": once(s, 0), "m1": once(s, 1), "m2": once(2*s, 0)},
			play: change(func(p *plan.Pod) { p.Units[3].Lifecycle.Liveness = probing(0, 1, 1) })},
		{name: "while the sidecars of one that is done end", pod: full(plan.RestartNever), acts: map[string]*ways{"i": once(s, 0), "s1": runs(run{deaf: true}), "m1": once(15*s, 0), "m2": runs(run{lasts: 2 * s}, run{})}, play: change(image("m2"))},
		{name: "twice", pod: full(plan.RestartAlways), acts: map[string]*ways{"i": once(s, 0), "m1": runs(run{heeds: 5 * s})},
			play: func(w *world) {
				w.at(20*s, func() { w.plan(image("m1")) })
				w.at(22*s, func() { w.plan(func(p *plan.Pod) { p.Units[2].Image = "image:1" }) }).run(40 * s)
			}},
	})
}
