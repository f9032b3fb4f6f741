package supervise

import (
	"context"
	"sync"
	"time"
)

// joint is one command that ends several containers at once: a process for each would cost more than what it does. Each container
// has its operation all the same, and all of them one answer.
type joint struct {
	names []string
	grace time.Duration
	begun sync.Once
	// result is there once over is closed.
	result Result
	over   chan struct{}
	// members are the operations that still want it, of which the last one to leave gives it up.
	mu      sync.Mutex
	members int
	cancel  context.CancelCauseFunc
}

// joined divides stops that can be one command, by their grace periods: those without a hook or anything else that comes before.
func (p *process) joined(actions []Action) map[string]*joint {
	of := map[time.Duration]*joint{}
	units := map[string]*joint{}
	for _, a := range actions {
		stop, ok := a.(StopUnit)
		if !ok || stop.Force || p.hooks(stop) || p.under(OfStop, stop.Unit) {
			continue
		}
		grace := max(stop.Grace, leastGrace)
		if of[grace] == nil {
			of[grace] = &joint{grace: grace, over: make(chan struct{})}
		}
		j := of[grace]
		j.names, j.members = append(j.names, p.pod.Unit(stop.Unit).ID), j.members+1
		units[stop.Unit] = j
	}
	return units
}

// stop makes the operation of one of the containers.
func (j *joint) stop(p *process, of Result) *operation {
	return newOperation(of, func(ctx context.Context) Result {
		j.begun.Do(func() {
			whole, cancel := context.WithCancelCause(p.whole)
			j.cancel = cancel
			go func() {
				defer close(j.over)
				defer cancel(nil)
				j.result = p.endNow(whole, Result{}, p.Engine.Stop(j.grace, j.names...), j.grace)
			}()
		})
		select {
		case <-j.over:
		case <-ctx.Done():
			if j.leave(context.Cause(ctx)) {
				<-j.over
			}
			return failure(of, context.Cause(ctx))
		}
		r := j.result
		r.Of, r.Unit, r.ID = of.Of, of.Unit, of.ID
		return r
	})
}

// leave says whether nobody wants the command any more, which is given up then.
func (j *joint) leave(why error) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.members--; j.members > 0 {
		return false
	}
	j.cancel(why)
	return true
}

// hooks says whether a stop runs a hook first.
func (p *process) hooks(a StopUnit) bool {
	u := p.pod.Unit(a.Unit)
	return a.Hook && u != nil && u.Lifecycle.PreStop != nil
}
