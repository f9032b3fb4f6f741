package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// emptyHost is a runtime without containers. It counts how often it is asked.
type emptyHost struct {
	asked atomic.Int32
	// first, unless it is nil, is closed when it is asked for the first time.
	first chan bool
}

func (h *emptyHost) Run(context.Context, runtime.Command) (runtime.Result, error) {
	if h.asked.Add(1) == 1 && h.first != nil {
		close(h.first)
	}
	return runtime.Result{Stdout: []byte("[]")}, nil
}

// watchedHost is a host whose pods are watched.
type watchedHost struct {
	*testing.T
	emptyHost
	settings settings.Settings
	lines    <-chan string
	// stop ends the watch as Ctrl-C would; end waits until it has ended.
	stop, end func() error
}

// watch begins to watch the pods that are selected, after prepare was done.
func watch(t *testing.T, flags string, prepare func(*watchedHost)) *watchedHost {
	h := &watchedHost{T: t, settings: settings.Settings{StateDir: t.TempDir(), RunDir: t.TempDir(), Runtime: "podman"}}
	h.first = make(chan bool)
	prepare(h)
	out, in := io.Pipe()
	w := h.watching(flags, in)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- w.run(ctx, strings.Contains(flags, "--watch-only"))
		in.Close()
	}()
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- strings.Join(strings.Fields(s.Text()), " ")
		}
	}()
	h.lines, h.end = lines, func() error { return <-done }
	h.stop = func() error { cancel(); return h.end() }
	return h
}

// watching is a watch of the host that has not begun.
func (h *watchedHost) watching(flags string, out io.Writer) watching {
	h.Helper()
	sel, err := selectionIn("get pods " + flags)
	if err != nil {
		h.Fatal(err)
	}
	p := &program{stdout: out, stderr: io.Discard}
	e, err := engines.New(p.user(), h.settings)
	if err != nil {
		h.Fatal(err)
	}
	e.Use(runtime.Engine{Dialect: podman.Dialect{}, Runner: &h.emptyHost})
	printer, err := printers.New(out, "")
	if err != nil {
		h.Fatal(err)
	}
	return watching{Watcher: view.NewWatcher(e),
		pods: sel, shown: map[plan.Ref]shown{}, warn: p.warn, printer: printer}
}

// prints waits for a line.
func (h *watchedHost) prints(want string) {
	h.Helper()
	select {
	case got := <-h.lines:
		if got != want {
			h.Errorf("printed %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		h.Fatalf("nothing is printed, want %q", want)
	}
}

func (h *watchedHost) apply(name, label string) {
	h.Helper()
	v := runningPod("default", name, "")
	v.Stored.Runtime, v.Stored.Plan.Labels = "podman", map[string]string{"app": label}
	if err := (runtime.Store{Dir: h.settings.StateDir}).SavePod(*v.Stored); err != nil {
		h.Fatal(err)
	}
}

// tell writes what the pod's supervisor would, who lives from then on.
func (h *watchedHost) tell(name string, change func(*supervise.Memory)) {
	h.Helper()
	station := supervise.Station{Dir: h.settings.RunDir, Ref: plan.Ref{Namespace: "default", Name: name}}
	if release, err := station.Enter(); err == nil {
		h.Cleanup(release)
	} else if !errors.Is(err, supervise.ErrSupervised) {
		h.Fatal(err)
	}
	m := *runningPod("default", name, "").Memory
	change(&m)
	b, err := json.Marshal(m)
	if err != nil {
		h.Fatal(err)
	}
	if err := runtime.ReplaceFile(filepath.Join(h.settings.RunDir, "default", name, "status.json"), b); err != nil {
		h.Fatal(err)
	}
}

func (h *watchedHost) remove(name string) {
	h.Helper()
	if err := os.RemoveAll(runtime.Store{Dir: h.settings.StateDir}.PodDir(plan.Ref{Namespace: "default", Name: name})); err != nil {
		h.Fatal(err)
	}
}

func running(*supervise.Memory) {}

func waitsBecause(reason string) func(*supervise.Memory) {
	return func(m *supervise.Memory) {
		m.Phase = supervise.Pending
		m.Units["main"] = &supervise.Unit{State: supervise.Waiting, Reason: reason}
	}
}

func TestWatchPrintsChanges(t *testing.T) {
	h := watch(t, "-l app=shop", func(h *watchedHost) {
		h.apply("web", "shop")
		h.tell("web", waitsBecause("ErrImagePull"))
		h.apply("other", "else")
		h.tell("other", running)
	})
	h.prints("NAME READY STATUS RESTARTS AGE")
	h.prints("web 0/1 ErrImagePull 0 <unknown>")
	h.tell("other", waitsBecause("ErrImagePull")) // is not selected
	h.tell("web", running)
	h.prints("web 1/1 Running 0 <unknown>")
	h.tell("db", running)
	h.apply("db", "shop")
	h.prints("db 1/1 Running 0 <unknown>")
	h.remove("db")
	h.prints("db 1/1 Terminating 0 <unknown>")
	h.apply("db", "shop")
	h.prints("db 1/1 Running 0 <unknown>")
	h.apply("web", "other") // is no more selected, but there
	h.prints("web 1/1 Running 0 <unknown>")
	if err := h.stop(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestWatchIsQuiet: what a supervisor notes of its probes is not printed, and the runtime is not asked because of it.
func TestWatchIsQuiet(t *testing.T) {
	h := watch(t, "--watch-only", func(h *watchedHost) {
		h.apply("web", "shop")
		h.tell("web", running)
	})
	<-h.first // by then it has read the files, and hears of what is new in them
	for n := range 20 {
		h.tell("web", func(m *supervise.Memory) {
			m.Units["main"].Probes = map[supervise.ProbeKind]*supervise.ProbeState{supervise.Liveness: {Successes: n}}
		})
	}
	h.tell("web", func(m *supervise.Memory) { m.Units["main"].Ready = false })
	h.prints("NAME READY STATUS RESTARTS AGE")
	h.prints("web 0/1 Running 0 <unknown>")
	asked := h.asked.Load()
	h.tell("web", func(m *supervise.Memory) { m.Units["main"].ID = "new" })
	h.prints("web 1/1 Running 0 <unknown>")
	if now := h.asked.Load(); now != asked+1 {
		t.Errorf("the runtime was asked %d times for a new container", now-asked)
	}
	if asked > 3 { // the list: containers, pods, details
		t.Errorf("the runtime was asked %d times", asked)
	}
	h.stop()
}

// TestWatchIsInOrder: pods that were found to be gone in one look are printed by their names.
func TestWatchIsInOrder(t *testing.T) {
	h := &watchedHost{T: t, settings: settings.Settings{StateDir: t.TempDir(), RunDir: t.TempDir(), Runtime: "podman"}}
	var out strings.Builder
	w := h.watching("", &out)
	var want string
	for n := range 9 {
		v := runningPod("default", fmt.Sprintf("web-%d", n), "")
		w.shown[v.Ref] = shown{Pod: v}
		want += v.Ref.Name + "\n"
	}
	var err error
	if w.printer, err = printers.New(&out, "name"); err != nil {
		t.Fatal(err)
	}
	if err := w.poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(out.String(), "pod/", ""); got != want {
		t.Errorf("printed\n%s", got)
	}
}

func TestWatchEndsWithoutThePod(t *testing.T) {
	h := watch(t, "nobody", func(*watchedHost) {})
	if err := h.end(); err == nil || err.Error() != `pods "nobody" not found in default namespace` {
		t.Error(err)
	}
}
