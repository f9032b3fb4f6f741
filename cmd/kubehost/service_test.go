package main

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

// A service has started when its pod was ready once, and tells of a reload only from then on.
func TestServiceTells(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := &service{program: &program{stderr: t.Output()}, Notifier: systemd.Notifier{Socket: socket}}
	told := func() []string {
		b := make([]byte, 4096)
		_ = l.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		n, err := l.Read(b)
		if err != nil {
			return nil
		}
		return slices.DeleteFunc(strings.Split(strings.TrimSpace(string(b[:n])), "\n"), func(s string) bool { return strings.HasPrefix(s, "MONOTONIC") })
	}
	expect := func(want ...string) {
		t.Helper()
		if got := told(); !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	p := &plan.Pod{Units: []plan.Unit{{Name: "main", Role: plan.Main}}}
	see := func(phase supervise.Phase, u supervise.Unit, over bool) {
		s.Seen(p, supervise.Memory{Phase: phase, Units: map[string]*supervise.Unit{"main": &u}, Over: over})
	}
	s.Reloading()
	expect()
	see(supervise.Running, supervise.Unit{State: supervise.Up}, false)
	expect("STATUS=Running, 0/1 ready; main: not ready")
	see(supervise.Running, supervise.Unit{State: supervise.Up}, false)
	expect()
	ready := supervise.Unit{State: supervise.Up, Ready: true}
	see(supervise.Running, ready, false)
	expect("STATUS=Running, 1/1 ready", "READY=1")
	see(supervise.Running, ready, false)
	expect()
	s.Reloading()
	expect("RELOADING=1")
	see(supervise.Running, supervise.Unit{State: supervise.Up}, false)
	expect("STATUS=Running, 0/1 ready; main: not ready", "READY=1")

	*s = service{program: s.program, Notifier: s.Notifier}
	see(supervise.Failed, supervise.Unit{State: supervise.Terminated, ExitCode: 1}, true)
	expect("STATUS=Failed")
	see(supervise.Succeeded, supervise.Unit{State: supervise.Terminated}, true)
	expect("STATUS=Succeeded", "READY=1")
}
