package supervise

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/runtime/probe"
	"github.com/kubehost/kubehost/translate/plan"
)

// script is a Runner that answers as a test says, and keeps what it was asked.
type script struct {
	mu     sync.Mutex
	asked  []string // its words without the runtime's name
	answer func(ctx context.Context, asked string) (runtime.Result, error)
	logs   func(s runtime.Streams)
}

func (s *script) Run(ctx context.Context, c runtime.Command) (runtime.Result, error) {
	asked := strings.Join(c.Argv[1:], " ")
	s.mu.Lock()
	s.asked = append(s.asked, asked)
	s.mu.Unlock()
	return s.answer(ctx, asked)
}

func (s *script) Attach(_ context.Context, _ runtime.Command, to runtime.Streams) (int, error) {
	if s.logs != nil {
		s.logs(to)
	}
	return 0, nil
}

// has says whether the runner was asked for something that begins so.
func (s *script) has(asked string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.asked, func(words string) bool { return strings.HasPrefix(words, asked) })
}

// hang is an answer that does not come.
func hang(ctx context.Context) (runtime.Result, error) {
	<-ctx.Done()
	return runtime.Result{}, context.Cause(ctx)
}

// testProcess is a process of a pod that runs, with a memory of each container.
func testProcess(t *testing.T, r runtime.Runner, units ...plan.Unit) *process {
	pod := testPod(plan.RestartAlways, units...)
	pod.Dir = t.TempDir()
	p := &process{
		Supervisor: &Supervisor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: r}, Store: runtime.Store{Dir: t.TempDir()}, Station: Station{Dir: t.TempDir(), Ref: pod.Ref}},
		pod:        pod, hash: pod.Hash(), brought: map[string]bool{}, dead: map[int]death{}, seen: map[string]runtime.Detail{}, whole: t.Context(), results: make(chan outcome, 10),
		memory: Memory{Units: map[string]*Unit{}},
	}
	for _, u := range pod.Units {
		p.memory.Units[u.Name] = &Unit{State: Up, ID: "id-" + u.Name}
		p.seen[u.ID] = runtime.Detail{ID: "id-" + u.Name, Name: u.ID}
	}
	p.lock = newPodLock(func(ctx context.Context) (*runtime.Locks, error) { return p.Store.Lock(ctx, []plan.Ref{pod.Ref}, nil) })
	return p
}

// A stop that a shorter one overtakes says so: it has not failed, and is not to be tried again.
func TestAStopThatIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{answer: func(ctx context.Context, _ string) (runtime.Result, error) { return hang(ctx) }}
		p := testProcess(t, r, unit(plan.Main, "m"))
		first := p.prepare(StopUnit{Unit: "m", Grace: 5 * time.Minute})
		p.launch(t.Context(), first)
		synctest.Wait()
		p.prepare(StopUnit{Unit: "m", Grace: 10 * time.Second})
		if o := <-p.results; o.result.Reason != canceled {
			t.Errorf("%+v", o.result)
		}
	})
}

// Containers that end together are ended by one command. It is given up when none of them needs it any more.
func TestStopsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{answer: func(ctx context.Context, asked string) (runtime.Result, error) { return hang(ctx) }}
		p := testProcess(t, r, unit(plan.Main, "a"), unit(plan.Main, "b"), unit(plan.Main, "c", preStop))
		p.Exec = func(context.Context, probe.Command) (probe.Exit, error) { return probe.Exit{}, nil }
		p.begin(t.Context(), []Action{StopUnit{Unit: "a", Grace: 30 * s, Hook: true}, StopUnit{Unit: "b", Grace: 30 * s, Hook: true}, StopUnit{Unit: "c", Grace: 30 * s, Hook: true}})
		synctest.Wait()
		slices.Sort(r.asked)
		if diff := cmp.Diff([]string{"stop -t 30 web-a web-b", "stop -t 30 web-c"}, r.asked); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		p.cancel(OfStop, "a")
		if o := <-p.results; o.result.Reason != canceled || o.result.Unit != "a" {
			t.Errorf("%+v", o.result)
		}
		synctest.Wait()
		p.cancel(OfStop, "c")
		<-p.results
		synctest.Wait()
		if len(p.results) > 0 {
			t.Fatal("the command has ended with the first container that did not need it")
		}
		p.cancel(OfStop, "b")
		if o := <-p.results; o.result.Reason != canceled || o.result.Unit != "b" {
			t.Errorf("%+v", o.result)
		}
	})
	p := testProcess(t, &script{answer: func(context.Context, string) (runtime.Result, error) { return runtime.Result{}, nil }}, unit(plan.Main, "a"), unit(plan.Main, "b"))
	p.begin(t.Context(), []Action{StopUnit{Unit: "a", Grace: 0}, StopUnit{Unit: "b", Grace: s}})
	for range 2 {
		if o := <-p.results; !o.result.OK || o.result.ID != "id-"+o.result.Unit || o.result.Of != OfStop {
			t.Errorf("%+v", o.result)
		}
	}
}

// A runtime that does not end a container in its grace period, and not for long after, has not stopped it.
func TestAStopThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{answer: func(ctx context.Context, _ string) (runtime.Result, error) { return hang(ctx) }}
		p := testProcess(t, r, unit(plan.Main, "m"))
		begun := time.Now()
		got := p.prepare(StopUnit{Unit: "m", Grace: 10 * time.Second}).do(t.Context())
		if took := time.Since(begun); got.OK || got.Reason == canceled || took != 10*time.Second+stopMargin {
			t.Errorf("%+v after %s", got, took)
		}
	})
}

// The preStop hook is not run again when the stop after it has failed, and what a stop does not end is removed by force.
func TestAStopIsRepeated(t *testing.T) {
	w := newWorld(testPod(plan.RestartAlways, unit(plan.Main, "m", preStop)), nil).run(5 * s)
	look := func(r *Result) StopUnit {
		in := Input{Now: w.clock(), Sandbox: w.sandbox, Containers: map[string]Container{"m": w.containers["m"].Container}, Stop: &Stop{}}
		if r != nil {
			in.Results = []Result{*r}
		}
		m, actions, _ := Next(&w.pod, w.memory, in)
		if w.memory = m; len(actions) == 0 {
			return StopUnit{}
		}
		return actions[0].(StopUnit)
	}
	if a := look(nil); !a.Hook || a.Force {
		t.Fatalf("%+v", a)
	}
	if a := look(&Result{Of: OfStop, Unit: "m", Hooked: true, Message: "no answer"}); a != (StopUnit{}) {
		t.Fatalf("again at once: %+v", a)
	}
	w.now += retryStop
	if a := look(nil); a.Hook || a.Force {
		t.Errorf("after a stop that failed: %+v", a)
	}
	look(&Result{Of: OfStop, Unit: "m", OK: true})
	w.now += retryStop
	if a := look(nil); !a.Force || a.Hook {
		t.Errorf("after a stop that did nothing: %+v", a)
	}
}

// A pull may take as long as the registry likes: others act on the pod meanwhile, and when it is planned otherwise by then, the pull
// is given up.
func TestAPullHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{answer: func(ctx context.Context, asked string) (runtime.Result, error) {
			if strings.HasPrefix(asked, "pull ") {
				return hang(ctx)
			}
			return runtime.Result{Code: 1}, nil // there is no image
		}}
		u := unit(plan.Main, "m")
		u.Image, u.Pull = "registry.example/app:1", plan.PullIfNotPresent
		p := testProcess(t, r, u)
		p.memory.Units["m"], p.seen = &Unit{State: Waiting, Doing: Starting}, nil
		p.launch(t.Context(), p.prepare(StartUnit{Unit: "m"}))
		synctest.Wait()
		if !r.has("pull") {
			t.Fatal("nothing is pulled")
		}
		locks, err := p.Store.TryLock(p.pod.Ref)
		if err != nil || locks == nil {
			t.Fatalf("the pod is locked: %v", err)
		}
		locks.Release()
		p.tidy()
		synctest.Wait()
		if len(p.results) > 0 {
			t.Fatal("a pull that is needed was given up")
		}
		p.pod.Units[0].Image = "registry.example/app:2"
		p.tidy()
		if o := <-p.results; o.result.Reason != canceled {
			t.Errorf("%+v", o.result)
		}
	})
}

// The image of a container that is started once more as it ran is not looked for: the container that ended holds it. What is wrong all the
// same the next try finds out.
func TestARestartKnowsItsImage(t *testing.T) {
	for name, test := range map[string]struct {
		pull   plan.PullPolicy
		change func(*process, *Unit)
		want   bool
	}{
		"as it ran":                 {plan.PullIfNotPresent, func(*process, *Unit) {}, true},
		"always pulled":             {plan.PullAlways, func(*process, *Unit) {}, false},
		"planned otherwise":         {plan.PullIfNotPresent, func(_ *process, u *Unit) { u.Made = "another" }, false},
		"not the one that ended":    {plan.PullIfNotPresent, func(_ *process, u *Unit) { u.ID = "another" }, false},
		"could not be started":      {plan.PullIfNotPresent, func(_ *process, u *Unit) { u.ID, u.State = "", Waiting }, false},
		"its container was removed": {plan.PullIfNotPresent, func(p *process, _ *Unit) { p.seen = nil }, false},
	} {
		r := &script{answer: func(_ context.Context, asked string) (runtime.Result, error) {
			if strings.HasPrefix(asked, "run ") {
				return runtime.Result{Code: 125}, nil
			}
			return runtime.Result{Stdout: []byte("10.1.2.3 10.1.2.1")}, nil
		}}
		u := unit(plan.Main, "m")
		u.Image, u.Pull = "registry.example/app:1", test.pull
		p := testProcess(t, r, u)
		ended, d := p.memory.Units["m"], p.seen[u.ID]
		ended.State, ended.Doing, ended.Made = Terminated, Starting, p.pod.UnitHash(u)
		d.Container = runtime.Container{ID: d.ID, Name: u.ID, State: runtime.Exited, Unit: "m"}
		p.seen[u.ID] = d
		test.change(p, ended)
		got := p.prepare(StartUnit{Unit: "m", Restarts: 1}).do(t.Context())
		if looked := r.has("image ") || r.has("pull "); looked == test.want || !r.has("run ") || got.OK {
			t.Errorf("%s: %q", name, r.asked)
		}
		if got.Hasty != test.want {
			t.Errorf("%s: the next try looks at once: %v", name, got.Hasty)
		}
	}
}

// Who asks twice for an end does not wait for a runtime that hangs.
func TestARuntimeHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := testProcess(t, &script{answer: func(ctx context.Context, _ string) (runtime.Result, error) { return hang(ctx) }}, unit(plan.Main, "m"))
		stop := make(chan os.Signal)
		asked := make(chan error)
		go func() { asked <- p.ask(t.Context(), Signals{Stop: stop}, p.look) }()
		stop <- syscall.SIGINT
		synctest.Wait()
		select {
		case err := <-asked:
			t.Fatalf("one signal ended the question: %v", err)
		default:
		}
		stop <- syscall.SIGINT
		if err := <-asked; !errors.Is(err, errStoppedTwice) {
			t.Errorf("%v", err)
		}
		begun := time.Now()
		if err := p.ask(t.Context(), Signals{}, p.look); err == nil || time.Since(begun) != askLimit {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}

// A container has ended when the kernel says so and the runtime does not notice, unless its process never was on this host.
func TestARuntimeNoticesNothing(t *testing.T) {
	p := testProcess(t, nil, unit(plan.Main, "m"))
	u := p.pod.Units[0]
	d := runtime.Detail{ID: "id-m", Name: u.ID, Pid: 12, Container: runtime.Container{ID: "id-m", Unit: "m", Role: string(plan.Main), State: runtime.Running}}
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d) }
	for _, test := range []struct {
		name  string
		death map[int]death
		want  bool
	}{
		{"it runs", nil, false},
		{"just ended", map[int]death{12: {ago(lostAfter / 2), true}}, false},
		{"ended a while ago", map[int]death{12: {ago(2 * lostAfter), true}}, true},
		{"never seen", map[int]death{12: {ago(time.Hour), false}}, false},
		{"another", map[int]death{13: {ago(time.Hour), true}}, false},
	} {
		p.dead = test.death
		if c := p.container(d); c.Lost != test.want || c.Running == test.want {
			t.Errorf("%s: %+v", test.name, c)
		}
	}
	// It is asked less and less often whether it has.
	for _, test := range []struct{ ago, pause time.Duration }{{0, lookAgain}, {time.Second, 250 * time.Millisecond}, {time.Hour, retryLook}} {
		p.dead = map[int]death{12: {since: ago(test.ago)}}
		if pause := time.Until(p.again()).Round(10 * time.Millisecond); pause != test.pause {
			t.Errorf("after %s it is asked in %s", test.ago, pause)
		}
	}

	pod := testPod(plan.RestartAlways, unit(plan.Main, "m"))
	w := newWorld(pod, nil).run(5 * time.Second)
	lost := w.containers["m"].Container
	lost.Running, lost.Lost = false, true
	m, _, _ := Next(&pod, w.memory, Input{Now: w.clock(), Sandbox: w.sandbox, Containers: map[string]Container{"m": lost}})
	if last := m.Units["m"].Last; last == nil || last.Reason != "ContainerStatusUnknown" || last.ExitCode != 137 {
		t.Errorf("%+v", last)
	}
}

// The last words of a container are the last that it wrote, to whichever stream. The first line may be cut.
func TestLastWords(t *testing.T) {
	noise := strings.Repeat("x", logBytes) + "\n"
	u := unit(plan.Main, "m")
	u.Lifecycle.MessageFromLogs = true
	p := testProcess(t, &script{logs: func(s runtime.Streams) {
		_, _ = io.WriteString(s.Err, noise)
		_, _ = io.WriteString(s.Out, "fatal: no database\n")
	}}, u)
	d := runtime.Detail{ID: "id-m", Name: u.ID, Container: runtime.Container{Unit: "m", ExitCode: 1}}
	got := p.terminationMessage(t.Context(), p.pod.Units[0], d)
	if !strings.HasSuffix(got, "x\nfatal: no database\n") || len(got) != logBytes {
		t.Errorf("%d bytes: ...%q", len(got), got[max(0, len(got)-40):])
	}
}

// What another pod's supervisor said before it was killed meets no need.
func TestANeedOfAPodWithoutItsSupervisor(t *testing.T) {
	p := testProcess(t, nil, unit(plan.Main, "m"))
	p.seen = nil
	db := testPod(plan.RestartAlways, unit(plan.Main, "db"))
	db.Ref = plan.Ref{Namespace: "default", Name: "db"}
	db.Supervised = true
	p.pod.Needs = []plan.Need{{Pod: db.Ref}}
	if err := p.Store.SavePod(runtime.StoredPod{Ref: db.Ref, Plan: db}); err != nil {
		t.Fatal(err)
	}
	of := &process{Supervisor: &Supervisor{Station: Station{Dir: p.Station.Dir, Ref: db.Ref}}, pod: db, hash: db.Hash(),
		memory: Memory{Ref: db.Ref, Phase: Running, Units: map[string]*Unit{"db": {State: Up, Ready: true}}}}
	release, err := of.Station.Enter()
	if err != nil {
		t.Fatal(err)
	}
	of.tell()
	if unmet := p.unmetNeeds(); len(unmet) > 0 {
		t.Errorf("a pod that is ready: %v", unmet)
	}
	release()
	if unmet := p.unmetNeeds(); len(unmet) != 1 {
		t.Errorf("a pod whose supervisor has ended: %v", unmet)
	}
	of.memory.Over, of.memory.Phase = true, Succeeded
	of.tell()
	if unmet := p.unmetNeeds(); len(unmet) > 0 {
		t.Errorf("a pod that has done its work: %v", unmet)
	}
}

// What could not begin is tried again at once when a user applies it, as it is planned by then.
func TestApplyMendsWhatCouldNotBegin(t *testing.T) {
	pod := testPod(plan.RestartAlways, unit(plan.Main, "m"))
	w := newWorld(pod, map[string]*ways{"m": runs(run{refuses: startError})}).run(30 * s)
	if u := w.memory.Units["m"]; u.State != Terminated || u.Backoff == 0 {
		t.Fatalf("%+v", u)
	}
	for _, command := range [][]string{nil, {"sleep", "1000"}} {
		m := w.memory.clone()
		m.Retry()
		mended := testPod(plan.RestartAlways, unit(plan.Main, "m"))
		mended.Units[0].Command = command
		_, actions, _ := Next(&mended, m, Input{Now: w.clock(), Sandbox: w.sandbox, Containers: map[string]Container{}})
		if len(actions) != 1 {
			t.Errorf("with the command %q: %v", command, actions)
		}
	}
}

// TestStay: a supervisor whose place was removed takes it anew, unless another has; one whose pod is not wanted any more has to go.
func TestStay(t *testing.T) {
	p := testProcess(t, nil, unit(plan.Main, "m"))
	place, err := p.Station.enter()
	if err != nil {
		t.Fatal(err)
	}
	p.place = place
	defer func() { p.place.Close() }()
	if err := p.stay(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a plan: %v", err)
	}
	if err := p.Store.SavePod(runtime.StoredPod{Ref: p.pod.Ref, Plan: p.pod}); err != nil {
		t.Fatal(err)
	}
	remove := func() {
		if err := os.RemoveAll(p.Station.Dir); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := p.stay(); err != nil {
			t.Fatal(err)
		}
		if pid, err := p.Station.Alive(); err != nil || pid != os.Getpid() {
			t.Fatalf("others find %d, %v", pid, err)
		}
		remove()
	}
	release, err := p.Station.Enter()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := p.stay(); !errors.Is(err, ErrSupervised) {
		t.Errorf("beside another: %v", err)
	}
}
