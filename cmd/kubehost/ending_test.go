package main

import (
	"bytes"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubehost/kubehost/cmd/progress"
	"github.com/kubehost/kubehost/cmd/report"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/supervise"
)

// TestStopEndsWhatItCan: a pod whose plan cannot be read keeps nobody from ending the others, from waiting for those that
// have supervisors, and from telling which have ended.
func TestStopEndsWhatItCan(t *testing.T) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	defer signal.Stop(heard)
	s := settings.Settings{StateDir: t.TempDir(), RunDir: t.TempDir(), Progress: "plain"}
	store := runtime.Store{Dir: s.StateDir}
	var pods []view.Pod
	for _, name := range []string{"supervised", "damaged", "alone"} {
		v := runningPod("default", name, "")
		if err := store.SavePod(*v.Stored); err != nil {
			t.Fatal(err)
		}
		pods = append(pods, v)
	}
	if err := os.WriteFile(filepath.Join(store.PodDir(pods[1].Ref), "plan.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	release, err := supervise.Station{Dir: s.RunDir, Ref: pods[0].Ref}.Enter()
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-heard; release() }() // as a supervisor does that has ended its pod
	var out bytes.Buffer
	p := &program{stdout: &out, stderr: io.Discard, getenv: func(string) string { return "" }}
	show := report.New(progress.Options{Mode: progress.Plain, Out: io.Discard, Getenv: p.getenv})
	defer show.Close()
	d := deleting{acting: acting{program: p, settings: s, store: store, limit: time.Minute, show: show},
		engine: runtime.Engine{Dialect: docker.Dialect{}, Runner: new(emptyHost)}}
	if err := d.stop(t.Context(), pods); err == nil || !strings.Contains(err.Error(), "plan.json is damaged") || strings.Contains(err.Error(), "not stopped") {
		t.Errorf("got %v", err)
	}
	if got := out.String(); got != "pod/supervised stopped\npod/alone stopped\n" {
		t.Errorf("printed %q", got)
	}
}
