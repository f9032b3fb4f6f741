package view

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// statusView is a pod with containers in all states.
func statusView() Pod {
	at := func(seconds int) time.Time { return time.Date(2025, 1, 1, 0, 0, seconds, 0, time.UTC) }
	ref := plan.Ref{Namespace: "default", Name: "web"}
	v := Pod{Ref: ref, Stored: &runtime.StoredPod{Plan: plan.Pod{Ref: ref, ID: "web", Supervised: true},
		Manifest: []byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"fails","image":"app:1"}]}}`)},
		Memory: &supervise.Memory{Ref: ref, Phase: supervise.Running, InitsDone: true, Units: map[string]*supervise.Unit{}}, Details: map[string]runtime.Detail{}}
	add := func(name string, role plan.Role, u supervise.Unit) {
		v.Stored.Plan.Units = append(v.Stored.Plan.Units, plan.Unit{Name: name, ID: "web-" + name, Role: role, Image: "app:1"})
		v.Memory.Units[name] = &u
		if u.ID != "" {
			v.containers = append(v.containers, runtime.Container{ID: u.ID, Name: "web-" + name, Ref: ref, Unit: name, Image: "app:1", State: runtime.Running})
			v.Details[u.ID] = runtime.Detail{ID: u.ID, ImageID: "sha256:1"}
		}
	}
	end := func(code int, reason, message string) *supervise.Termination {
		return &supervise.Termination{ID: "old", ExitCode: code, Reason: reason, Message: message, StartedAt: at(1), FinishedAt: at(2)}
	}
	add("init", plan.Init, supervise.Unit{ID: "i", State: supervise.Terminated, Reason: "Completed", Ready: true, Last: end(0, "Completed", "")})
	add("proxy", plan.Sidecar, supervise.Unit{ID: "p", State: supervise.Up, StartedAt: at(3), Started: true, Ready: true, Restarts: 1, Last: end(1, "Error", "")})
	add("fails", plan.Main, supervise.Unit{ID: "f", State: supervise.Terminated, Reason: "CrashLoopBackOff", Message: "back-off 10s", Restarts: 2, Last: end(3, "Error", strings.Repeat("x", 5000))})
	add("hooks", plan.Main, supervise.Unit{ID: "h", State: supervise.Up, StartedAt: at(4), Doing: supervise.Hooking})
	add("pulls", plan.Main, supervise.Unit{State: supervise.Waiting, Reason: "ErrImagePull", Message: "no such image"})
	return v
}

// TestPodIsAKubernetesPod: what get prints are the fields of a Pod and no others, and nothing of it is lost.
func TestPodIsAKubernetesPod(t *testing.T) {
	object, err := statusView().Object()
	if err != nil {
		t.Fatal(err)
	}
	for format, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "yaml": func(v any) ([]byte, error) { return yaml.Marshal(v) }} {
		out, err := marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		var pod v1.Pod
		if err := yaml.UnmarshalStrict(out, &pod); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		again, err := yaml.Marshal(pod)
		if err != nil {
			t.Fatal(err)
		}
		want, err := yaml.Marshal(object)
		if diff := cmp.Diff(string(want), string(again)); err != nil || diff != "" {
			t.Errorf("%s (-printed +read): %v\n%s", format, err, diff)
		}
	}
}

func TestContainerStatuses(t *testing.T) {
	s := statusView().Status()
	if s.Phase != v1.PodRunning || len(s.InitContainerStatuses) != 2 || len(s.ContainerStatuses) != 3 {
		t.Fatalf("%+v", s)
	}
	init, proxy := s.InitContainerStatuses[0], s.InitContainerStatuses[1]
	if init.State.Terminated == nil || !init.Ready || *init.Started { // fact 8.15
		t.Errorf("init: %+v", init)
	}
	if proxy.State.Running == nil || proxy.LastTerminationState.Terminated.ExitCode != 1 || !*proxy.Started || proxy.RestartCount != 1 {
		t.Errorf("proxy: %+v", proxy)
	}
	fails, hooks, pulls := s.ContainerStatuses[0], s.ContainerStatuses[1], s.ContainerStatuses[2]
	if w := fails.State.Waiting; w == nil || w.Reason != "CrashLoopBackOff" || w.Message != "back-off 10s" || fails.RestartCount != 2 {
		t.Errorf("fails: %+v", fails)
	}
	if n := len(fails.LastTerminationState.Terminated.Message); n != 12<<10/5 { // fact 11.19
		t.Errorf("a message of %d bytes", n)
	}
	if w := hooks.State.Waiting; w == nil || w.Reason != "PodInitializing" || hooks.Ready { // fact 9.2
		t.Errorf("hooks: %+v", hooks)
	}
	if w := pulls.State.Waiting; w == nil || w.Reason != "ErrImagePull" || w.Message != "no such image" {
		t.Errorf("pulls: %+v", pulls)
	}
}

// TestNotStarted: a pod that apply could not start does not look as if somebody were at it; one that was stopped does not either.
func TestNotStarted(t *testing.T) {
	v := statusView()
	v.Memory, v.containers = nil, nil
	status := func() Summary {
		pod, err := v.Object()
		if err != nil {
			t.Fatal(err)
		}
		return Summarize(pod)
	}
	if got, want := status(), (Summary{Total: 1, Reason: "NotStarted"}); got != want {
		t.Errorf("got %+v", got)
	}
	v.Wanted.Stopped = true
	if got, want := status(), (Summary{Total: 1, Reason: "Stopped"}); got != want {
		t.Errorf("got %+v", got)
	}
}

// What a supervisor said before it was killed is believed no more than the runtime bears out, and nothing is ready.
func TestAbandonedPod(t *testing.T) {
	v := statusView()
	v.Abandoned = true
	gone := slices.IndexFunc(v.containers, func(c runtime.Container) bool { return c.Unit == "proxy" })
	v.containers = slices.Delete(v.containers, gone, gone+1)
	s := v.Status()
	if s.Reason != "SupervisorLost" || s.Phase != v1.PodRunning {
		t.Errorf("%s %s", s.Phase, s.Reason)
	}
	for _, c := range s.InitContainerStatuses {
		if c.Name == "proxy" && (c.State.Waiting == nil || c.Ready || c.RestartCount != 1) {
			t.Errorf("a container that is gone: %+v", c)
		}
	}
	for _, c := range s.ContainerStatuses {
		if c.Ready {
			t.Errorf("%s is ready", c.Name)
		}
		if c.Name == "hooks" && c.State.Running == nil {
			t.Errorf("a container that runs: %+v", c.State)
		}
	}
	for _, c := range s.Conditions {
		if c.Type == v1.PodReady && (c.Status != v1.ConditionFalse || c.Reason != "ContainersNotReady" || c.Message != "containers with unready status: [init proxy fails hooks pulls]") {
			t.Errorf("%+v", c)
		}
	}
}
