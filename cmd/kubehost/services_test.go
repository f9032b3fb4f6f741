package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/cmd/progress"
	"github.com/kubehost/kubehost/cmd/report"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

// TestForeignUnitFile: a pod whose service cannot be made is not waited for, and the others are served.
func TestForeignUnitFile(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	foreign, other := plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "foreign"}}, plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "other"}}
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(bin, "systemctl"), "#!/bin/sh\necho ActiveState=inactive\n", 0o755)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	units := filepath.Join(dir, "systemd", "user")
	write(filepath.Join(units, systemd.Name(foreign.Ref)), "[Service]\nExecStart=/bin/true\n", 0o644)
	env := map[string]string{"XDG_CONFIG_HOME": dir}
	p := &program{euid: 1000, getenv: func(v string) string { return env[v] }}
	s := settings.Settings{Supervisor: settings.SupervisorSystemd, StateDir: filepath.Join(dir, "state"), RunDir: filepath.Join(dir, "run")}

	r := report.New(progress.Options{Mode: progress.Quiet, Out: io.Discard, Getenv: p.getenv})
	defer r.Close()
	a := newApplying(acting{program: p, settings: s, store: runtime.Store{Dir: s.StateDir}, show: r}, false)
	for _, pod := range []plan.Pod{foreign, other} {
		a.engines[pod.Ref] = runtime.Engine{Dialect: podman.Dialect{Rootless: true}}
		if err := os.MkdirAll(a.store.PodDir(pod.Ref), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	given, err := a.handOver(t.Context(), []plan.Pod{foreign, other})
	if !r.Failed[foreign.Ref] || r.Failed[other.Ref] {
		t.Errorf("failed: %v", r.Failed)
	}
	if len(given) != 1 || given[0].Ref != other.Ref {
		t.Errorf("handed over: %v", given)
	}
	if err == nil || !strings.Contains(err.Error(), `pod "foreign": `) || !strings.Contains(err.Error(), "was not made by kubehost") {
		t.Errorf("error: %v", err)
	}
	if _, err := os.Stat(filepath.Join(units, systemd.Name(other.Ref))); err != nil {
		t.Error(err)
	}
}
