package probe

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// named is a dialect of which only the name is asked for.
type named struct {
	runtime.Dialect
	name string
}

func (n named) Name() string                           { return n.name }
func (n named) Unshare(argv ...string) runtime.Command { return runtime.Command{Argv: argv} }

// runner answers commands of a runtime.
type runner func(ctx context.Context, c runtime.Command) (runtime.Result, error)

func (r runner) Run(ctx context.Context, c runtime.Command) (runtime.Result, error) { return r(ctx, c) }

func TestExecVerdicts(t *testing.T) { // facts 10.19, 10.20
	for name, test := range map[string]struct {
		exit Exit
		err  error
		want Outcome
	}{
		"0":        {Exit{[]byte("fine\n"), 0}, nil, Outcome{Success, "fine\n"}},
		"1":        {Exit{[]byte("bad\n"), 1}, nil, Outcome{Failure, "bad\n"}},
		"127":      {Exit{[]byte("sh: /nope: not found\n"), 127}, nil, Outcome{Failure, "sh: /nope: not found\n"}},
		"late":     {Exit{}, ErrTimeout, Outcome{Failure, `command timed out: "sh -c x" timed out after 1s`}},
		"not run":  {Exit{}, errors.New("no such binary"), Outcome{Unknown, "no such binary"}},
		"too much": {Exit{[]byte(strings.Repeat("x", 20000)), 1}, nil, Outcome{Failure, strings.Repeat("x", 10240)}},
	} {
		var got Command
		target := Target{Container: "web-app", Exec: func(_ context.Context, c Command) (Exit, error) { got = c; return test.exit, test.err }}
		if o := Run(t.Context(), plan.Check{Exec: []string{"sh", "-c", "x"}}, target, time.Second); o != test.want {
			t.Errorf("%s: %+v, want %+v", name, o, test.want)
		}
		want := Command{Container: "web-app", Argv: []string{"sh", "-c", "x"}, Timeout: time.Second}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestExecCommand(t *testing.T) {
	var got runtime.Command
	run := NewExec(runner(func(_ context.Context, c runtime.Command) (runtime.Result, error) {
		got = c
		return runtime.Result{Stdout: []byte("out"), Stderr: []byte("err"), Code: 3}, nil
	}), named{name: "podman"})
	exit, err := run(t.Context(), Command{Container: "c", Argv: []string{"a", "-b"}, Timeout: long})
	if err != nil || exit.Code != 3 || string(exit.Output) != "outerr" {
		t.Errorf("%+v, %v", exit, err)
	}
	if len(got.Argv) != 7 || !strings.HasPrefix(got.Argv[3], mark) || len(got.Argv[3]) < len(mark)+20 {
		t.Fatalf("argv %q", got.Argv)
	}
	got.Argv[3] = mark
	if diff := cmp.Diff(runtime.Command{Argv: []string{"podman", "exec", "--env", mark, "c", "a", "-b"}, Keep: maxOutput}, got); diff != "" {
		t.Errorf("probe (-want +got):\n%s", diff)
	}
	// A hook's command is not to be found and killed.
	_, _ = run(t.Context(), Command{Container: "c", Argv: []string{"a", "-b"}})
	if diff := cmp.Diff([]string{"podman", "exec", "c", "a", "-b"}, got.Argv); diff != "" {
		t.Errorf("hook (-want +got):\n%s", diff)
	}
}

// A command may end without the runtime's noticing.
func TestExecHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		proc := &fakeProc{begin: begin}
		e := &execer{runtime: "docker", processes: processes{proc: proc}}
		e.processes.find = func(_ context.Context, variable string) []int {
			if time.Since(begin) > 1200*time.Millisecond {
				return nil
			}
			return environ(proc, variable)
		}
		e.runner = runner(func(ctx context.Context, c runtime.Command) (runtime.Result, error) {
			proc.add(7, 500*time.Millisecond, c.Argv[3])
			<-ctx.Done()
			return runtime.Result{}, context.Cause(ctx)
		})
		_, err := e.exec(t.Context(), Command{Container: "c", Argv: []string{"a"}, Timeout: time.Second})
		if after := time.Since(begin); !errors.Is(err, ErrTimeout) || after != 6500*time.Millisecond {
			t.Errorf("%v after %v", err, after)
		}
	})
}

// late runs a command with a time-out of a second that starts after a while and then takes its time, as seen from
// outside. It returns what became of it, when, and what was killed.
func late(t *testing.T, visible bool, starts, takes time.Duration) (err error, after time.Duration, killed []int) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		proc := &fakeProc{begin: begin}
		e := &execer{runtime: "docker", processes: processes{proc: proc,
			find:   func(_ context.Context, variable string) []int { return environ(proc, variable) },
			signal: func(pid int) error { killed = append(killed, pid); return nil }}}
		e.runner = runner(func(ctx context.Context, c runtime.Command) (runtime.Result, error) {
			if visible {
				proc.add(40, starts+10*time.Millisecond, c.Argv[3]) // a child, found first
				proc.add(77, starts, c.Argv[3])
				proc.add(9, starts, mark+"another")
			}
			select {
			case <-ctx.Done():
				return runtime.Result{}, context.Cause(ctx)
			case <-time.After(starts + takes):
				return runtime.Result{}, nil
			}
		})
		_, err = e.exec(t.Context(), Command{Container: "c", Argv: []string{"a"}, Timeout: time.Second})
		after = time.Since(begin)
	})
	return err, after, killed
}

func TestExecTimeout(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name          string
		visible       bool
		starts, takes time.Duration
		err           error
		after         time.Duration
		killed        []int
	}{
		{"in time", true, 100 * ms, 500 * ms, nil, 600 * ms, nil},
		{"started late", true, 700 * ms, 800 * ms, nil, 1500 * ms, nil},
		{"started very late", true, 3000 * ms, 800 * ms, nil, 3800 * ms, nil},
		{"too long", true, 0, time.Hour, ErrTimeout, 1000 * ms, []int{77, 40}},
		{"started late, too long", true, 700 * ms, time.Hour, ErrTimeout, 1700 * ms, []int{77, 40}},
		{"never started", true, time.Hour, time.Hour, ErrTimeout, 6000 * ms, nil},
		{"cannot be seen", false, 0, time.Hour, ErrTimeout, 6000 * ms, nil},
		{"cannot be seen, but ends", false, 700 * ms, 800 * ms, nil, 1500 * ms, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			err, after, killed := late(t, test.visible, test.starts, test.takes)
			if !errors.Is(err, test.err) || after != test.after {
				t.Errorf("%v after %v, want %v after %v", err, after, test.err, test.after)
			}
			if diff := cmp.Diff(test.killed, killed); diff != "" {
				t.Errorf("killed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExecCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	run := NewExec(runner(func(ctx context.Context, c runtime.Command) (runtime.Result, error) {
		cancel()
		<-ctx.Done()
		return runtime.Result{}, context.Cause(ctx)
	}), named{name: "docker"})
	if _, err := run(ctx, Command{Container: "c", Argv: []string{"a"}, Timeout: long}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
