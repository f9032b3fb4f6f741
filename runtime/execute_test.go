package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// gate is a Runner whose commands end when a test says so. A command is called by its last word.
type gate struct {
	mu      sync.Mutex
	running map[string]chan int
}

func (g *gate) Run(ctx context.Context, c runtime.Command) (runtime.Result, error) {
	name, ended := c.Argv[len(c.Argv)-1], make(chan int)
	g.mu.Lock()
	g.running[name] = ended
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		delete(g.running, name)
		g.mu.Unlock()
	}()
	select {
	case code := <-ended:
		return runtime.Result{Code: code, Stderr: []byte("stderr of " + name)}, nil
	case <-ctx.Done():
		return runtime.Result{}, context.Cause(ctx)
	}
}

// end lets commands end with a status, and waits until all that follows has begun.
func (g *gate) end(code int, names ...string) {
	for _, name := range names {
		g.mu.Lock()
		ended := g.running[name]
		g.mu.Unlock()
		ended <- code
		synctest.Wait()
	}
}

func (g *gate) want(t *testing.T, names ...string) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	var running []string
	for name := range g.running {
		running = append(running, name)
	}
	slices.Sort(running)
	if diff := cmp.Diff(names, running); diff != "" {
		t.Fatalf("running (-want +got):\n%s", diff)
	}
}

// execution is one run of an Executor in the background.
type execution struct {
	*gate
	events []string
	err    error
}

// execute starts the steps and waits until all that can have begun.
func execute(ctx context.Context, x runtime.Executor, steps runtime.Steps) *execution {
	e := &execution{gate: &gate{running: map[string]chan int{}}}
	x.Engine = runtime.Engine{Dialect: podman.Dialect{}, Runner: e.gate}
	x.Report = func(ev runtime.Event) { e.events = append(e.events, fmt.Sprint(ev.Phase, " ", ev.Step.ID)) }
	go func() { e.err = x.Run(ctx, steps) }()
	synctest.Wait()
	return e
}

// step is one whose command is called by the step's ID.
func step(id string, needs ...string) runtime.Step {
	return runtime.Step{ID: id, Op: runtime.AwaitContainer{ID: id}, Needs: needs}
}

// inBubble runs a test in a bubble with its own time; what a failed test leaves running ends with it.
func inBubble(t *testing.T, test func(t *testing.T, ctx context.Context)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		test(t, ctx)
	})
}

func TestExecutorRunsWhatIsReady(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		e := execute(ctx, runtime.Executor{Workers: 3}, runtime.Steps{
			step("a"), step("b"), step("ab", "a", "b"), step("c"), step("d"), step("end", "ab", "d")})
		e.want(t, "a", "b", "c")
		e.end(0, "a")
		e.want(t, "b", "c", "d") // ab waits for b
		e.end(0, "c")
		e.want(t, "b", "d")
		e.end(0, "b")
		e.want(t, "ab", "d")
		e.end(0, "d", "ab")
		e.want(t, "end")
		e.end(0, "end")
		if e.err != nil {
			t.Error(e.err)
		}
	})
}

// TestExecutorIsDepthFirst: pods come up one by one rather than all at the end.
func TestExecutorIsDepthFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		e := execute(ctx, runtime.Executor{Workers: 1}, runtime.Steps{
			step("a1"), step("a2", "a1"), step("a3", "a2"), step("b1"), step("b2", "b1")})
		for _, name := range []string{"a1", "a2", "a3", "b1", "b2"} {
			e.want(t, name)
			e.end(0, name)
		}
	})
}

func TestExecutorFailure(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		e := execute(ctx, runtime.Executor{Workers: 9}, runtime.Steps{
			step("a"), step("b"), step("ab", "a", "b"), step("after ab", "ab"), step("a2", "a"), step("c"), step("c2", "c")})
		e.end(1, "b")
		e.end(0, "a")
		e.want(t, "a2", "c")
		e.end(3, "a2")
		e.end(0, "c")
		e.want(t, "c2")
		e.end(0, "c2")
		want := []string{"begun a", "begun b", "begun c", "failed b", "skipped ab", "skipped after ab", "done a", "begun a2",
			"failed a2", "done c", "begun c2", "done c2"}
		if diff := cmp.Diff(want, e.events); diff != "" {
			t.Error(diff)
		}
		const text = `init container b failed: exit status 1
  command: sh -c 'exit "$("$1" wait "$2")"' sh podman b
  | stderr of b
init container a2 failed: exit status 3
  command: sh -c 'exit "$("$1" wait "$2")"' sh podman a2
  | stderr of a2`
		if diff := cmp.Diff(text, e.err.Error()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestExecutorErrorsAreInOrder: of the graph, not of time.
func TestExecutorErrorsAreInOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		e := execute(ctx, runtime.Executor{Workers: 9}, runtime.Steps{step("a"), step("b"), step("c")})
		e.end(1, "c", "a", "b")
		var order []string
		for _, err := range e.err.(interface{ Unwrap() []error }).Unwrap() {
			var failed *runtime.StepError
			if errors.As(err, &failed) {
				order = append(order, failed.Step.ID)
			}
		}
		if diff := cmp.Diff([]string{"a", "b", "c"}, order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestExecutorPhases(t *testing.T) {
	network := runtime.Step{ID: "step", Op: runtime.CreateNetwork{Name: "net"}}
	optional := runtime.Step{ID: "step", Op: runtime.RemoveNetwork{Name: "net"}}
	image := runtime.Step{ID: "step", Op: runtime.EnsureImage{Image: "image", Pull: plan.PullIfNotPresent}}
	tests := []struct {
		name  string
		step  runtime.Step
		codes []int // of the commands, in turn
		want  string
	}{
		{"image is there", image, []int{0}, "unneeded"},
		{"image is pulled", image, []int{1, 0}, "done"},
		{"image cannot be pulled", image, []int{1, 1}, "failed"},
		{"network is made", network, []int{0}, "done"},
		{"network was made meanwhile", network, []int{1, 0}, "unneeded"},
		{"network cannot be made", network, []int{1, 1}, "failed"},
		{"network is removed", optional, []int{0}, "done"},
		{"network cannot be removed", optional, []int{1}, "warned"},
		{"barrier", runtime.Step{ID: "step", Op: runtime.Prepared{}}, nil, "unneeded"},
		{"file cannot be made", runtime.Step{ID: "step", Op: runtime.MakeVolume{Volume: plan.Volume{Kind: plan.HostPath,
			Path: filepath.Join(t.TempDir(), "none"), Type: plan.RegularFile}}}, nil, "failed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, ctx context.Context) {
				e := execute(ctx, runtime.Executor{}, runtime.Steps{test.step, step("next", "step")})
				name := "net"
				if _, ok := test.step.Op.(runtime.EnsureImage); ok {
					name = "image"
				}
				for _, code := range test.codes {
					e.want(t, name)
					e.end(code, name)
				}
				e.events = slices.DeleteFunc(e.events, func(ev string) bool { return ev == "pulling step" })
				if got := e.events[1]; got != test.want+" step" {
					t.Errorf("got %s, want %s", got, test.want)
				}
				if failed := test.want == "failed"; failed == slices.Contains(e.events, "begun next") {
					t.Errorf("the step that needs it: %v", e.events)
				}
			})
		})
	}
}

func TestExecutorCancel(t *testing.T) {
	inBubble(t, func(t *testing.T, _ context.Context) {
		cause := errors.New("the user is tired")
		ctx, cancel := context.WithCancelCause(t.Context())
		e := execute(ctx, runtime.Executor{Workers: 1}, runtime.Steps{step("a"), step("b")})
		cancel(cause)
		synctest.Wait()
		e.want(t)
		if !errors.Is(e.err, cause) {
			t.Errorf("got %v", e.err)
		}
		if slices.Contains(e.events, "begun b") {
			t.Errorf("a step began after the end: %v", e.events)
		}
	})
}

func TestExecutorLimit(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		e := execute(ctx, runtime.Executor{Limit: time.Minute}, runtime.Steps{step("a"), step("b", "a"), step("c")})
		time.Sleep(30 * time.Second) // of the bubble's time
		e.want(t, "a", "c")
		e.end(0, "c")
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if e.err == nil || !strings.Contains(e.err.Error(), "not done after 1m0s") {
			t.Errorf("got %v", e.err)
		}
	})
}
