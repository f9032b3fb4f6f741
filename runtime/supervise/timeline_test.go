package supervise

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kubehost/kubehost/translate/plan"
)

var update = flag.Bool("update", false, "rewrite the timelines in testdata")

// scene is a pod in a world. Its timeline is compared with the one in testdata.
type scene struct {
	name string
	pod  plan.Pod
	acts map[string]*ways
	// play is what happens; nil is a minute.
	play func(w *world)
	// probes are left out of the timeline unless asked for.
	probes bool
	// events adds the pod's events.
	events bool
}

// timelines plays scenes and compares what happens with testdata/<file>.txtar.
func timelines(t *testing.T, file string, scenes []scene) {
	t.Helper()
	var got txtar.Archive
	for _, s := range scenes {
		w := newWorld(s.pod, s.acts)
		w.quiet = !s.probes
		if s.play == nil {
			w.run(time.Minute)
		} else {
			s.play(w)
		}
		for _, e := range w.memory.Events {
			if s.events {
				w.log = append(w.log, fmt.Sprintf("! t=%s %dx %s%s", e.Time.Sub(epoch), e.Count, map[bool]string{true: "warning: "}[e.Warning], e))
			}
		}
		for _, p := range w.problems {
			t.Errorf("%s: %s", s.name, p)
		}
		got.Files = append(got.Files, txtar.File{Name: s.name, Data: []byte(strings.Join(w.log, "\n") + "\n")})
	}
	name := filepath.Join("testdata", file+".txtar")
	if *update {
		if err := os.WriteFile(name, txtar.Format(&got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(txtar.Format(want)), string(txtar.Format(&got))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// testPod is a pod of these containers.
func testPod(policy plan.RestartPolicy, units ...plan.Unit) plan.Pod {
	return plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "web"}, ID: "web", RestartPolicy: policy, Supervised: true, GracePeriod: 30,
		Sandbox: plan.Sandbox{ID: "web-infra"}, Units: units}
}

// unit is a container; each of the changes adds something to its lifecycle.
func unit(role plan.Role, name string, changes ...func(*plan.Lifecycle)) plan.Unit {
	u := plan.Unit{Name: name, ID: "web-" + name, Role: role, Image: "image:1"}
	for _, change := range changes {
		change(&u.Lifecycle)
	}
	return u
}

func probing(delay, period, failures int32) *plan.Probe {
	return &plan.Probe{Check: plan.Check{Exec: []string{"ask"}}, InitialDelay: delay, Period: period, Timeout: 1, Successes: 1, Failures: failures}
}

func startup(p *plan.Probe) func(*plan.Lifecycle)  { return func(l *plan.Lifecycle) { l.Startup = p } }
func liveness(p *plan.Probe) func(*plan.Lifecycle) { return func(l *plan.Lifecycle) { l.Liveness = p } }
func readiness(p *plan.Probe) func(*plan.Lifecycle) {
	return func(l *plan.Lifecycle) { l.Readiness = p }
}

func postStart(l *plan.Lifecycle) { l.PostStart = &plan.Check{Exec: []string{"begin"}} }
func preStop(l *plan.Lifecycle)   { l.PreStop = &plan.Check{Exec: []string{"end"}} }

// once is a container that ends after d; runs are several.
func once(d time.Duration, code int) *ways { return &ways{runs: []run{{lasts: d, code: code}}} }
func runs(r ...run) *ways                  { return &ways{runs: r} }

const s = time.Second

// at lets time pass and then something happen.
func (w *world) at(d time.Duration, do func()) *world {
	w.run(d - w.now)
	do()
	return w
}

func always(a answer) func(ProbeKind, int, time.Duration) answer {
	return func(ProbeKind, int, time.Duration) answer { return a }
}

// yesAfter answers no until the container has run for d.
func yesAfter(d time.Duration) func(ProbeKind, int, time.Duration) answer {
	return func(_ ProbeKind, _ int, after time.Duration) answer {
		if after < d {
			return no
		}
		return yes
	}
}
