package supervise

import (
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestLine(t *testing.T) {
	at := time.Date(2026, 11, 23, 15, 4, 5, 0, time.Local)
	p := &plan.Pod{Units: []plan.Unit{
		{Name: "init", Role: plan.Init}, {Name: "side", Role: plan.Sidecar},
		{Name: "main", Role: plan.Main, Lifecycle: plan.Lifecycle{Startup: &plan.Probe{}}},
	}}
	ready := &Unit{State: Up, Started: true, Ready: true}
	for _, c := range []struct {
		want string
		m    Memory
	}{
		{"Pending, 0/2 ready", Memory{Phase: Pending}},
		{"Pending, 0/2 ready; init: running", Memory{Phase: Pending, Units: map[string]*Unit{"init": {State: Up}}}},
		{"Pending, 0/2 ready; no such network, next try at 15:04:05", Memory{Phase: Pending, Problem: "no such network\n  command: x", RetryAt: at}},
		{"Pending, 1/2 ready; main: ImagePullBackOff, next try at 15:04:05", Memory{Phase: Pending,
			Units: map[string]*Unit{"side": ready, "main": {State: Waiting, Reason: "ImagePullBackOff", RetryAt: at}}}},
		{"Pending, 0/2 ready", Memory{Phase: Pending, Units: map[string]*Unit{"main": {State: Waiting, Reason: creating}}}},
		{"Running, 1/2 ready; main: CrashLoopBackOff, next try at 15:04:05", Memory{Phase: Running, Units: map[string]*Unit{"side": ready,
			"main": {State: Terminated, Reason: "CrashLoopBackOff", ExitCode: 1, FinishedAt: at.Add(-10 * time.Second), Backoff: 10 * time.Second, BackoffAt: at}}}},
		{"Running, 1/2 ready; main: Error, exit code 3", Memory{Phase: Running, Units: map[string]*Unit{"side": ready,
			"main": {State: Terminated, Reason: "Error", ExitCode: 3}}}},
		{"Running, 1/2 ready; main: starting", Memory{Phase: Running, Units: map[string]*Unit{"side": ready, "main": {State: Up}}}},
		{"Running, 1/2 ready; side: not ready", Memory{Phase: Running, Units: map[string]*Unit{"main": ready, "side": {State: Up, Started: true}}}},
		{"Running, 2/2 ready", Memory{Phase: Running, Units: map[string]*Unit{"main": ready, "side": ready}}},
		{"Stopping, to start anew", Memory{Phase: Running, Ending: &Ending{Why: Replace}, Units: map[string]*Unit{"main": {State: Up}}}},
		{"Stopping, to start anew", Memory{Phase: Running, Ending: &Ending{Why: Restart}}},
		{"Stopping, past its deadline", Memory{Phase: Running, Ending: &Ending{Why: Deadline}}},
		{"Stopping, as its work is done", Memory{Phase: Running, Ending: &Ending{Why: Finished}}},
		{"Stopping", Memory{Phase: Running, Ending: &Ending{Why: Asked}}},
		{"Stopped", Memory{Phase: Failed, Ending: &Ending{Why: Asked}}},
		{"Succeeded", Memory{Phase: Succeeded, Over: true, Units: map[string]*Unit{"main": {State: Terminated}}}},
		{"Failed (DeadlineExceeded)", Memory{Phase: Failed, Over: true, Reason: "DeadlineExceeded"}},
	} {
		if got := c.m.Line(p); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestCondition(t *testing.T) {
	at := time.Date(2026, 11, 23, 15, 4, 5, 0, time.Local)
	probed := plan.Unit{Role: plan.Main, Lifecycle: plan.Lifecycle{Readiness: &plan.Probe{}}}
	main, initial := plan.Unit{Role: plan.Main}, plan.Unit{Role: plan.Init}
	for _, c := range []struct {
		p    plan.Unit
		u    Unit
		want Condition
	}{
		{main, Unit{State: Waiting, Reason: creating}, Condition{Word: "Waiting"}},
		{main, Unit{State: Terminated, ExitCode: 1, Doing: Starting}, Condition{Word: "Starting"}},
		{main, Unit{State: Up, Ready: true, Doing: Stopping}, Condition{Word: "Stopping"}},
		{main, Unit{State: Up, Started: true, Ready: true}, Condition{Word: "Running", Well: true}},
		{probed, Unit{State: Up, Started: true}, Condition{Word: "Running", Detail: "not ready"}},
		{probed, Unit{State: Up, Started: true, Ready: true}, Condition{Word: "Ready", Well: true}},
		{initial, Unit{State: Up}, Condition{Word: "Running"}},
		{initial, Unit{State: Terminated, Reason: "Completed"}, Condition{Word: "Completed", Well: true}},
		{main, Unit{State: Terminated, Reason: "Error", ExitCode: 3}, Condition{Word: "Error", Detail: "exit code 3", Wrong: true}},
		{main, Unit{State: Waiting, Reason: "ErrImagePull", RetryAt: at}, Condition{Word: "ErrImagePull", Detail: "next try at 15:04:05", Wrong: true}},
	} {
		if got := c.u.Condition(&c.p); got != c.want {
			t.Errorf("%+v: got %+v, want %+v", c.u, got, c.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	ended := Memory{Over: true, Phase: Failed}
	late := Memory{Over: true, Phase: Failed, Reason: "DeadlineExceeded", Message: "Pod was active on the node longer than the specified deadline"}
	for _, m := range []Memory{ended, late} {
		if !m.Failed() {
			t.Errorf("%+v has not failed", m)
		}
	}
	for _, m := range []Memory{{Phase: Failed}, {Over: true, Phase: Succeeded}} {
		if m.Failed() {
			t.Errorf("%+v has failed", m)
		}
	}
	if got := ended.Verdict("job"); got != `pod "job" has failed` {
		t.Error(got)
	}
	if got := late.Verdict("job"); got != `pod "job" has failed: Pod was active on the node longer than the specified deadline` {
		t.Error(got)
	}
}
