package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/progress"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

var web = plan.Ref{Namespace: "default", Name: "web"}

// reported is what a reporter says in plain lines.
func reported(t *testing.T, tell func(r *Work)) string {
	t.Helper()
	var out bytes.Buffer
	r := New(progress.Options{Mode: "plain", Out: &out, Getenv: func(string) string { return "" }})
	tell(r)
	r.Close()
	return out.String()
}

func want(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestStepsAreReported(t *testing.T) {
	pod := &plan.Pod{Ref: web, Sandbox: plan.Sandbox{ID: "web-infra"}}
	steps := []runtime.Op{
		runtime.EnsureImage{Image: "here:1"}, runtime.EnsureImage{Image: "app:1"},
		runtime.MakeVolume{}, runtime.CheckPorts{},
		runtime.RemoveContainers{Stop: runtime.Stop{Running: []string{"web-app"}, All: []string{"web-app", "web-old"}}},
		runtime.RemoveContainers{Stop: runtime.Stop{All: []string{"web-crashed"}}},
		runtime.CreateSandbox{Pod: pod}, runtime.WriteEtc{Pod: pod},
		runtime.RunContainer{Pod: pod, Unit: plan.Unit{Name: "prep", Role: plan.Init}},
		runtime.AwaitContainer{ID: "web-second", Unit: "second"},
		runtime.RunContainer{Pod: pod, Unit: plan.Unit{Name: "app", Role: plan.Main}},
	}
	want(t, `image app:1: Pulling
image app:1: Pulled
pod "web": Stopping, web-app: its image changed
pod "web": container prep: Running
pod "web": container prep: Completed
pod "web": container second: Running
pod "web": container second: Completed
pod "web": container app: Running
`, reported(t, func(r *Work) {
		for _, op := range steps {
			s := runtime.Step{Pod: web, Op: op, Cause: "its image changed"}
			r.Event(runtime.Event{Step: s, Phase: runtime.Begun})
			if image, ok := op.(runtime.EnsureImage); ok && image.Image == "app:1" {
				for n := range 3 {
					r.Event(runtime.Event{Step: s, Phase: runtime.Pulling, Pull: runtime.Pull{Image: image.Image, Layers: n, Here: -1}})
				}
			}
			r.Event(runtime.Event{Step: s, Phase: runtime.Done})
		}
		r.Started([]plan.Pod{*pod})
	}))
}

// TestFailuresAreReported: the error itself is the command's; what fails is remembered, and a warning is said.
func TestFailuresAreReported(t *testing.T) {
	var failed map[plan.Ref]bool
	want(t, "warning: the network is in use\n", reported(t, func(r *Work) {
		run := runtime.Step{Pod: web, Op: runtime.RunContainer{Unit: plan.Unit{Name: "app"}}}
		r.Event(runtime.Event{Step: run, Phase: runtime.Begun})
		r.Event(runtime.Event{Step: run, Phase: runtime.Failed, Err: errors.New("no")})
		r.Event(runtime.Event{Step: runtime.Step{Op: runtime.RemoveNetwork{}}, Phase: runtime.Warned, Err: errors.New("the network is in use")})
		failed = r.Failed
	}))
	if !failed[web] {
		t.Errorf("failed: %v", failed)
	}
}

// TestHandedOver: supervisors stop what runs. A container that crashed, and waits for its next try, is not stopped.
func TestHandedOver(t *testing.T) {
	steps := runtime.Steps{
		{Pod: web, Op: runtime.RemoveContainers{Stop: runtime.Stop{All: []string{"web-crashed"}}}, Cause: "exited with 2"},
		{Pod: web, Op: runtime.RemovePod{Stop: runtime.Stop{Running: []string{"web-a", "web-b"}}}, Cause: "ports changed"},
	}
	want(t, "pod \"web\": Stopping, 2 containers: ports changed\n", reported(t, func(r *Work) { r.HandedOver(steps) }))
}

// TestWatched: what a supervisor tells is said where it is new, and of a long wait at last in any case.
func TestWatched(t *testing.T) {
	p := &plan.Pod{Ref: web, Units: []plan.Unit{
		{Name: "prep", Role: plan.Init}, {Name: "app", Role: plan.Main, Lifecycle: plan.Lifecycle{Readiness: &plan.Probe{}}}, {Name: "side", Role: plan.Main}}}
	up, ready, done := supervise.Unit{State: supervise.Up, Started: true}, supervise.Unit{State: supervise.Up, Started: true, Ready: true}, supervise.Unit{State: supervise.Terminated}
	memory := func(prep, app, side supervise.Unit) supervise.Memory {
		return supervise.Memory{Phase: supervise.Running, Sandbox: "1", Units: map[string]*supervise.Unit{"prep": &prep, "app": &app, "side": &side}}
	}
	none := supervise.Unit{State: supervise.Waiting}
	ending := memory(done, ready, ready)
	ending.Ending = &supervise.Ending{Why: supervise.Asked, Since: time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local), Grace: 30 * time.Second}
	waits := supervise.Memory{Phase: supervise.Pending, Events: []supervise.Event{{Reason: "Waiting", Message: "Waiting for pod default/db"}}}

	for _, test := range []struct {
		name, want string
		tell       func(r *Work)
	}{
		{"first start", `pod "web": container prep: Running
pod "web": container prep: Completed
pod "web": container app: Running, not ready
pod "web": container side: Running
pod "web": container app: Ready
`, func(r *Work) {
			r.Watched(p, supervise.Memory{}, 0)
			r.Watched(p, memory(none, none, none), 0)
			r.Watched(p, memory(up, none, none), 0)
			r.Watched(p, memory(done, up, ready), 0)
			r.Arrived(p, memory(done, ready, ready), 0)
		}},
		{"nothing to do", "", func(r *Work) {
			r.Remember(p, memory(done, ready, ready))
			r.Arrived(p, memory(done, ready, ready), 0)
		}},
		{"one changed", "pod \"web\": container side: Stopping\npod \"web\": container side: Running\n", func(r *Work) {
			stopping := ready
			stopping.Doing = supervise.Stopping
			r.Remember(p, memory(done, ready, ready))
			r.Watched(p, memory(done, ready, stopping), 0)
			r.Watched(p, memory(done, ready, none), 0)
			r.Arrived(p, memory(done, ready, ready), 0)
		}},
		{"replaced", "pod \"web\": Stopping, web-side: its image changed\npod \"web\": container side: Running\n", func(r *Work) {
			stopping := ready
			stopping.Doing = supervise.Stopping
			r.Remember(p, memory(done, ready, ready))
			r.HandedOver(runtime.Steps{{Pod: web, Op: runtime.RemoveContainers{Stop: runtime.Stop{Running: []string{"web-side"}}}, Cause: "its image changed"}})
			r.Watched(p, memory(done, ready, stopping), 0)
			r.Arrived(p, memory(done, ready, ready), 0)
		}},
		{"not ready for long", "pod \"web\": Running, 1/2 ready\n", func(r *Work) {
			r.Remember(p, memory(done, up, ready))
			r.Watched(p, memory(done, up, ready), 0)
			r.Watched(p, memory(done, up, ready), 2*Moment)
			r.Watched(p, memory(done, up, ready), 2*LongWait)
			r.Watched(p, memory(done, up, ready), 3*LongWait)
		}},
		{"another pod first", "pod \"web\": Waiting, for pod default/db\n", func(r *Work) { r.Watched(p, waits, 2*LongWait) }},
		{"stopped", "pod \"web\": Stopping, until 12:00:30 at the latest\n", func(r *Work) {
			r.Ending(p, memory(done, ready, ready))
			r.Ending(p, ending)
			ending.Phase = supervise.Succeeded
			r.Ending(p, ending)
			r.Ended(web)
		}},
	} {
		t.Run(test.name, func(t *testing.T) { want(t, test.want, reported(t, test.tell)) })
	}
}

// TestInterruptedIsNotFailed: what a signal stops has not failed.
func TestInterruptedIsNotFailed(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(commandline.Interrupted{Signal: syscall.SIGINT})
	var out bytes.Buffer
	r := New(progress.Options{Mode: "json", Out: &out, Getenv: func(string) string { return "" }})
	r.begun(runtime.Step{Pod: web, Op: runtime.RunContainer{Unit: plan.Unit{Name: "app"}}})
	r.Fail(web, fmt.Errorf("pod %q: %w", "web", context.Cause(ctx)))
	r.Close()
	if !r.Failed[web] || bytes.Contains(out.Bytes(), []byte("failed")) {
		t.Errorf("failed %v:\n%s", r.Failed, out.String())
	}
}
