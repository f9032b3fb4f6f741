package supervise

import (
	"context"
	"errors"
	"slices"
)

// operation is an action under way. What it does no longer touches the process.
type operation struct {
	// of is its result as far as it is known before: what it is and which container it is about. made is the hash of the unit
	// that a start is of.
	of     Result
	made   string
	do     func(context.Context) Result
	cancel context.CancelCauseFunc
	// done is closed when it has ended.
	done chan struct{}
}

// outcome is the result of an operation.
type outcome struct {
	*operation
	result Result
}

func newOperation(of Result, do func(context.Context) Result) *operation {
	return &operation{of: of, do: do, done: make(chan struct{})}
}

// errStale is why an operation ends that nobody waits for any more.
var errStale = errors.New("no longer needed")

// launch begins an operation, beside the loop.
func (p *process) launch(ctx context.Context, o *operation) {
	ctx, o.cancel = context.WithCancelCause(ctx)
	p.operations = append(p.operations, o)
	go func() {
		defer close(o.done)
		defer o.cancel(nil)
		r := o.do(ctx)
		select {
		case p.results <- outcome{o, r}:
		case <-p.whole.Done():
		}
	}()
}

// over forgets an operation whose result has come.
func (p *process) over(o *operation) {
	p.operations = slices.DeleteFunc(p.operations, func(other *operation) bool { return other == o })
}

// acting says whether something is under way that changes which containers run.
func (p *process) acting() bool {
	return slices.ContainsFunc(p.operations, func(o *operation) bool {
		switch o.of.Of {
		case OfSandbox, OfStart, OfStop, OfRemove:
			return true
		}
		return false
	})
}

// under says whether something of one kind is under way for one container.
func (p *process) under(of Of, unit string) bool {
	return slices.ContainsFunc(p.operations, func(o *operation) bool { return o.of.Of == of && o.of.Unit == unit })
}

// cancel gives up what is under way of one kind for one container, and returns what tells of the ends.
func (p *process) cancel(of Of, unit string) []<-chan struct{} {
	var done []<-chan struct{}
	for _, o := range p.operations {
		if o.of.Of == of && o.of.Unit == unit {
			o.cancel(errStale)
			done = append(done, o.done)
		}
	}
	return done
}

// tidy gives up the operations that the memory no longer asks for: the hook of a container that has ended, or is
// being stopped; the pull for a pod that is being brought down, or for a container that is planned otherwise by now.
func (p *process) tidy() {
	for _, o := range p.operations {
		u := p.memory.Units[o.of.Unit]
		stale := false
		switch {
		case u == nil:
		case o.of.Of == OfStart:
			planned := p.pod.Unit(o.of.Unit)
			stale = p.memory.Ending != nil || planned == nil || p.pod.UnitHash(*planned) != o.made
		case o.of.Of == OfPostStart:
			stale = u.Doing != Hooking || u.ID != o.of.ID
		case o.of.Of == OfPreStop:
			stale = !u.PreStopping || u.ID != o.of.ID
		case o.of.Of == OfProbe:
			stale = u.State != Up || u.ID != o.of.ID
		}
		if stale {
			o.cancel(errStale)
		}
	}
}

// await waits for the ends of all operations, which were given up.
func (p *process) await() {
	for _, o := range p.operations {
		<-o.done
	}
}
