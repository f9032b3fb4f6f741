package supervise

import (
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

// BenchmarkNext is one look at a ready pod of three containers with probes, of which one is due.
func BenchmarkNext(b *testing.B) {
	var units []plan.Unit
	for _, name := range []string{"m1", "m2", "m3"} {
		units = append(units, unit(plan.Main, name, liveness(probing(0, 10, 3)), readiness(probing(0, 10, 3))))
	}
	w := newWorld(testPod(plan.RestartAlways, units...), nil).run(100 * s)
	in := Input{Now: w.wake, Sandbox: w.seen, Containers: w.have}
	b.ReportAllocs()
	for b.Loop() {
		Next(&w.pod, w.memory, in)
	}
}
