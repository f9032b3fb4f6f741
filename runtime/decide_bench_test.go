package runtime

import (
	"fmt"
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

// manyPods are a thousand pods of two containers, and a host on which they run.
func manyPods(tb testing.TB) (plan.Plan, *host) {
	var p plan.Plan
	h := newHost(false)
	for i := range 1000 {
		one := pod("default", fmt.Sprintf("pod%03d", i))
		filesVolume(&one, "page", fmt.Sprint(i))
		unit(&one, plan.Main, "app", fmt.Sprintf("app:%d", i%50), plan.Mount{Volume: "page", Target: "/page"})
		unit(&one, plan.Main, "log", "log:1")
		p.Pods = append(p.Pods, one)
		add := func(name, image string, labels map[string]string) {
			c := Container{Name: name, Image: image, State: Running}
			c.Label(func(key string) string { return labels[key] })
			h.Containers = append(h.Containers, c)
		}
		add(one.Sandbox.ID, infraImage.Ref, sandboxLabels(&one))
		for _, u := range one.Units {
			add(u.ID, u.Image, unitLabels(&one, u))
		}
		h.Contents[one.Volumes[0].Path] = one.Volumes[0].ContentHash()
	}
	h.Networks = []Network{{Name: "kubehost", Managed: true}}
	return p, h
}

// BenchmarkDecide: the aim is below 30 ms for each.
func BenchmarkDecide(b *testing.B) {
	p, h := manyPods(b)
	changed := plan.Plan{Pods: append([]plan.Pod(nil), p.Pods...)}
	changed.Pods[500] = with(changed.Pods[500], func(p *plan.Pod) { p.Units[1].Image = "log:2" })
	for _, c := range []struct {
		name  string
		want  Desired
		have  Observed
		steps int
	}{
		{"unchanged", Desired{Plan: p}, h.Observed, 0},
		{"one changed", Desired{Plan: changed}, h.Observed, 4},
		{"empty host", Desired{Plan: p}, Observed{}, 1 + 51 + 1000 + 1 + 3000},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				steps, err := Decide(c.want, c.have, infraImage)
				if err != nil || len(steps) != c.steps {
					b.Fatalf("%d steps, %v", len(steps), err)
				}
			}
		})
	}
}
