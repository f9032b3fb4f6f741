package runtime

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"slices"
	"strings"
	"time"
)

// Executor runs a graph of steps. It decides nothing.
type Executor struct {
	Engine Engine
	// Workers is how many steps run at once; 0 is four a core, which was measured to be best: more
	// processes than that only wait for one another.
	Workers int
	// Limit bounds one step; 0 is no bound. Pulls and init containers can take long, so it is generous.
	Limit time.Duration
	// Late are the late values of the one pod that the steps are of, where they are known; otherwise the runtime is asked.
	Late *Late
	// Spare takes an image that is here where its registry cannot be reached, with a warning: what was started before
	// must start after a boot, too.
	Spare bool
	// Report is told what happens, one call at a time; it may be nil.
	Report func(Event)
	// Noted is told of images that were pulled and networks that were made, by several goroutines at once; it may be nil.
	Noted func(context.Context, Note) error
}

// Event is one thing that happened to a step.
type Event struct {
	Step  Step
	Phase Phase
	// Err is set when the step failed.
	Err  error
	Took time.Duration
	// Pull is how far it has come while something is pulled.
	Pull Pull
}

// Phase is what happened to a step.
type Phase string

// The phases. A step whose guard held, or that only orders others, is reported as Unneeded.
const (
	Begun    Phase = "begun"
	Pulling  Phase = "pulling" // it is about to pull, or has come further with it
	Done     Phase = "done"
	Unneeded Phase = "unneeded"
	Failed   Phase = "failed"
	Warned   Phase = "warned"  // an optional step failed, or something else did in its place
	Skipped  Phase = "skipped" // something it needs failed
)

// StepError is a step that failed.
type StepError struct {
	Step Step
	// What says it in the user's words.
	What string
	Hint string
	Err  error
}

func (e *StepError) Error() string {
	var b strings.Builder
	if e.Step.Pod.Name != "" {
		fmt.Fprintf(&b, "pod %q: ", e.Step.Pod.Name)
	}
	fmt.Fprintf(&b, "%s: %v", e.What, e.Err)
	if e.Hint != "" {
		b.WriteString("\n  hint: " + e.Hint)
	}
	return b.String()
}

func (e *StepError) Unwrap() error { return e.Err }

// outcome is what a worker hands back.
type outcome struct {
	index int
	phase Phase
	err   error
	took  time.Duration
}

// Run runs all steps, each after what it needs. Steps that are ready run in their order in the graph, so
// that pods come up one by one rather than all at the end. A step that fails stops those that need it, and
// no others. The error joins all failures, in the order of the graph.
func (x Executor) Run(ctx context.Context, steps Steps) error {
	g := newRun(steps)
	outcomes := make(chan outcome)
	meanwhile := make(chan Event)
	running := 0
	workers := x.Workers
	if workers == 0 {
		workers = 4 * goruntime.NumCPU()
	}
	for {
		for running < workers && ctx.Err() == nil {
			i, ok := g.next()
			if !ok {
				break
			}
			running++
			x.report(Event{Step: steps[i], Phase: Begun})
			go func() {
				start := time.Now()
				phase, err := x.step(ctx, steps[i], meanwhile)
				outcomes <- outcome{i, phase, err, time.Since(start)}
			}()
		}
		if running == 0 {
			break
		}
		var o outcome
		select {
		case e := <-meanwhile:
			x.report(e)
			continue
		case o = <-outcomes:
		}
		running--
		x.report(Event{Step: steps[o.index], Phase: o.phase, Err: o.err, Took: o.took})
		for _, skipped := range g.finish(o) {
			x.report(Event{Step: steps[skipped], Phase: Skipped})
		}
	}
	if ctx.Err() != nil {
		g.errs = append(g.errs, context.Cause(ctx))
	}
	return errors.Join(g.errs...)
}

func (x Executor) report(e Event) {
	if x.Report != nil {
		x.Report(e)
	}
}

// progress is the state of one run of a graph.
type progress struct {
	steps Steps
	// waiting counts, for each step, the needs that have not ended; unblocks lists who waits for it.
	waiting  []int
	unblocks [][]int
	ready    []int // sorted
	ended    []bool
	// errs holds the error of each step that failed.
	errs []error
}

func newRun(steps Steps) *progress {
	g := &progress{steps: steps, waiting: make([]int, len(steps)), unblocks: make([][]int, len(steps)),
		ended: make([]bool, len(steps)), errs: make([]error, len(steps))}
	index := make(map[string]int, len(steps))
	for i, s := range steps {
		for _, need := range s.Needs {
			if j, ok := index[need]; ok {
				g.waiting[i]++
				g.unblocks[j] = append(g.unblocks[j], i)
			}
		}
		if g.waiting[i] == 0 {
			g.ready = append(g.ready, i)
		}
		index[s.ID] = i
	}
	return g
}

func (g *progress) next() (int, bool) {
	if len(g.ready) == 0 {
		return 0, false
	}
	i := g.ready[0]
	g.ready = g.ready[1:]
	return i, true
}

// finish records an outcome and returns the steps that can no longer run.
func (g *progress) finish(o outcome) []int {
	g.ended[o.index] = true
	if o.phase == Failed {
		g.errs[o.index] = o.err
		return g.skip(o.index)
	}
	for _, i := range g.unblocks[o.index] {
		if g.waiting[i]--; g.waiting[i] == 0 && !g.ended[i] {
			at, _ := slices.BinarySearch(g.ready, i)
			g.ready = slices.Insert(g.ready, at, i)
		}
	}
	return nil
}

func (g *progress) skip(from int) []int {
	var skipped []int
	for _, i := range g.unblocks[from] {
		if !g.ended[i] {
			g.ended[i] = true
			skipped = append(skipped, i)
			skipped = append(skipped, g.skip(i)...)
		}
	}
	return skipped
}

// step does one step. What happens before it has ended goes to the channel.
func (x Executor) step(ctx context.Context, s Step, meanwhile chan<- Event) (Phase, error) {
	if x.Limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, x.Limit, fmt.Errorf("not done after %s", x.Limit))
		defer cancel()
	}
	ctx = forPod(ctx, s.Pod)
	if x.Report != nil {
		x.Engine.Runner = pullReporter{x.Engine, func(p Pull) { meanwhile <- Event{Step: s, Phase: Pulling, Pull: p} }}
	}
	image, found := "", ""
	if op, ok := s.Op.(EnsureImage); ok {
		image, x.Engine.Runner = op.Image, imageWatch{x.Engine.Runner, x.Engine.imageExists(op.Image), &found}
	}
	a := x.Engine.Action(s.Op)
	before := x.before(ctx, s.Op)
	phase, err := x.act(ctx, a)
	if err == nil && phase == Done {
		if err = x.note(ctx, s.Op, before); err != nil {
			phase = Failed
		}
	}
	if err == nil {
		if err := checkImage(s, image, found); err != nil {
			return Warned, err
		}
		return phase, nil
	}
	what := a.Failure
	if what == "" {
		what = s.Op.String()
	}
	failure := &StepError{Step: s, What: what, Hint: x.hint(ctx, a, err), Err: err}
	if a.Optional {
		return Warned, failure
	}
	return phase, failure
}

// act does one action.
func (x Executor) act(ctx context.Context, a Action) (Phase, error) {
	if a.Late != nil {
		values, err := x.late(ctx, *a.Late)
		if err != nil {
			return Failed, err
		}
		a = a.with(values)
	}
	for _, f := range a.Files {
		if err := f.Do(); err != nil {
			return Failed, err
		}
	}
	if a.Unless != nil && !a.Lately && x.holds(ctx, *a.Unless) {
		return Unneeded, nil
	}
	phase, err := x.commands(ctx, a)
	if phase == Failed || a.Then == nil {
		return phase, err
	}
	if after, failure := x.act(ctx, *a.Then); failure != nil || phase != Warned {
		return after, failure
	}
	return phase, err
}

func (x Executor) late(ctx context.Context, query Command) (*strings.Replacer, error) {
	if x.Late != nil {
		return x.Late.replacer(), nil
	}
	return x.Engine.ask(ctx, query)
}

func (x Executor) commands(ctx context.Context, a Action) (Phase, error) {
	for _, c := range a.Run {
		_, err := run(ctx, x.Engine.Runner, c)
		if err != nil && a.Clear != nil && x.holds(ctx, *a.Clear) {
			_, err = run(ctx, x.Engine.Runner, c)
		}
		if err != nil {
			if a.Unless != nil && a.Lately && x.holds(ctx, *a.Unless) {
				return Unneeded, nil
			}
			if x.Spare && a.Spare != nil && unreachable(err) && x.holds(ctx, *a.Spare) {
				return Warned, err
			}
			return Failed, err
		}
	}
	if len(a.Files)+len(a.Run) == 0 {
		return Unneeded, nil
	}
	return Done, nil
}

// hint is the remedy of the host, that of the first clue that holds, or the action's own.
func (x Executor) hint(ctx context.Context, a Action, failure error) string {
	if remedy := Remedy(failure); remedy != "" {
		return remedy
	}
	var stderr []byte
	var c *CommandError
	if errors.As(failure, &c) {
		stderr = c.Result.Stderr
	}
	for _, clue := range a.Clues {
		if (clue.Says == nil || clue.Says.Match(stderr)) && (clue.Asks == nil || x.holds(ctx, *clue.Asks)) {
			return clue.Hint
		}
	}
	return a.Hint
}

func (x Executor) holds(ctx context.Context, c Command) bool {
	_, err := run(ctx, x.Engine.Runner, c)
	return err == nil
}
