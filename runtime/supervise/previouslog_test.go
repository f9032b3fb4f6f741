package supervise

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/translate/plan"
)

func TestTailWriter(t *testing.T) {
	for _, c := range []struct {
		name, want string
		writes     []string
	}{
		{"all of it", "one\ntwo\n", []string{"one\n", "two\n"}},
		{"from the beginning of a line", "nine\nten\n", []string{"one\ntwo\nthree\nfour\nfive\nsix\n", "seven\n", "eight\nnine\nten\n"}},
		{"a last line without an end", "nine\nten", []string{"1234567\n8\nnine\n", "ten"}},
		{"one line that is too long", "56789abcde", []string{"0123456789", "abcde"}},
		{"nothing", "", nil},
	} {
		w := &tailWriter{keep: 10}
		for _, b := range c.writes {
			w.Write([]byte(b))
		}
		if got := string(w.lines()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// logs is a runner that prints a log.
type logs struct {
	text string
	code int
}

func (l logs) Run(context.Context, runtime.Command) (runtime.Result, error) {
	return runtime.Result{}, errors.ErrUnsupported
}

func (l logs) Attach(_ context.Context, c runtime.Command, s runtime.Streams) (int, error) {
	_, err := s.Out.Write([]byte(strings.Join(c.Argv, " ") + "\n" + l.text))
	return l.code, err
}

// TestKeepLog: of each container the log of one run is kept, until the pod is another one.
func TestKeepLog(t *testing.T) {
	store := runtime.Store{Dir: t.TempDir()}
	p := &process{Supervisor: &Supervisor{Store: store, Engine: runtime.Engine{Dialect: docker.Dialect{}, Runner: logs{text: "bad\n"}}},
		pod: testPod(plan.RestartAlways, unit(plan.Main, "m"))}
	dir := store.PodDir(p.pod.Ref)
	m := p.pod.Units[0]
	ended := func(id, log string) {
		p.seen = map[string]runtime.Detail{m.ID: {ID: id, LogFile: log, Container: runtime.Container{ID: id, State: runtime.Exited}}}
	}

	ended("m-1", "")
	p.keepLog(m)(t.Context())
	b, err := os.ReadFile(PreviousLog(dir, "m", "m-1"))
	if want := "docker logs --tail 10000 m-1\nbad\n"; string(b) != want || err != nil {
		t.Errorf("kept %q, %v; want %q", b, err, want)
	}
	ended("m-2", "")
	p.keepLog(m)(t.Context())
	if _, err := os.Stat(PreviousLog(dir, "m", "m-1")); !os.IsNotExist(err) {
		t.Errorf("the run before is kept, too: %v", err)
	}
	if _, err := os.Stat(PreviousLog(dir, "m", "m-2")); err != nil {
		t.Error(err)
	}

	p.Engine.Runner = logs{text: "Error: no such container\n", code: 1}
	ended("m-3", "")
	p.keepLog(m)(t.Context())
	if _, err := os.Stat(PreviousLog(dir, "m", "m-3")); !os.IsNotExist(err) {
		t.Errorf("an error is kept as a log: %v", err)
	}

	// One that can be read needs no command; what is no such log is left to the runtime.
	file := filepath.Join(t.TempDir(), "ctr.log")
	for text, want := range map[string]string{
		"2026-11-30T13:54:00.723603836+00:00 stdout F worse\n": "worse\n",
		"{\"log\":\"worse\"}\n":                                "docker logs --tail 10000 m-4\nbad\n",
	} {
		p.Engine.Runner = logs{text: "bad\n"}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ended("m-4", file)
		p.keepLog(m)(t.Context())
		if b, err := os.ReadFile(PreviousLog(dir, "m", "m-4")); string(b) != want || err != nil {
			t.Errorf("kept %q, %v of %q; want %q", b, err, text, want)
		}
	}

	ended("m-1", "")
	p.Engine.Runner = logs{}
	p.keepLogs(Restart)(t.Context())
	if _, err := os.Stat(PreviousLog(dir, "m", "m-1")); err != nil {
		t.Errorf("nothing was kept of a pod that starts again: %v", err)
	}
	p.keepLogs(Replace)(t.Context())
	if _, err := os.Stat(dir + "/logs"); !os.IsNotExist(err) {
		t.Errorf("something is kept of a pod that was replaced: %v", err)
	}
}
