package main

import (
	"bytes"
	"testing"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// TestWait: conditions are what files tell; no runtime is asked for them.
func TestWait(t *testing.T) {
	h := &watchedHost{T: t, settings: settings.Settings{StateDir: t.TempDir(), RunDir: t.TempDir()}}
	type result struct {
		code           int
		stdout, stderr string
	}
	run := func(args ...string) result {
		env := map[string]string{"KUBEHOST_STATE_DIR": h.settings.StateDir, "KUBEHOST_RUN_DIR": h.settings.RunDir}
		var stdout, stderr bytes.Buffer
		p := &program{stdout: &stdout, stderr: &stderr, getenv: func(name string) string { return env[name] }}
		code := p.main(append([]string{"kubehost", "wait", "pod/web"}, args...))
		return result{code, stdout.String(), stderr.String()}
	}
	met := result{stdout: "pod/web condition met\n"}
	later := func(want result, do func(), args ...string) {
		t.Helper()
		done := make(chan result)
		go func() { done <- run(append(args, "--timeout=10s")...) }()
		do()
		if got := <-done; got != want {
			t.Errorf("%q: %+v", args, got)
		}
	}
	now := func(want result, args ...string) {
		t.Helper()
		if got := run(append(args, "--timeout=0")...); got != want {
			t.Errorf("%q: %+v", args, got)
		}
	}
	late := result{code: 1, stderr: "error: timed out waiting for the condition on pods/web\n"}

	now(result{code: 1, stderr: "error: pods \"web\" not found in default namespace\n"}, "--for=condition=Ready")
	now(late, "--for=create")
	later(met, func() { h.apply("web", "shop") }, "--for=create")
	now(late, "--for=condition=Ready")
	h.tell("web", func(m *supervise.Memory) { m.Plan = "of before" })
	now(late, "--for=condition=Ready")
	stored, err := runtime.Store{Dir: h.settings.StateDir}.Pod(plan.Ref{Namespace: "default", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	later(met, func() { h.tell("web", func(m *supervise.Memory) { m.Plan = stored.Plan.Hash() }) }, "--for=condition=Ready")
	now(met, "--for=condition=Ready")
	now(late, "--for=condition=Ready=false")
	now(late, "--for=delete")
	later(met, func() { h.remove("web") }, "--for=delete")
}
