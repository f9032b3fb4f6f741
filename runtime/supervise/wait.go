package supervise

import (
	"context"
	"slices"
	"time"
)

// happening is what ended a wait.
type happening struct {
	results      []Result
	look, reload bool
}

// wait sleeps until something happens or the time has come. Results that arrive together are taken together.
func (p *process) wait(ctx context.Context, signals Signals, until time.Time) (h happening, err error) {
	timer, stop := timerFor(until)
	defer stop()
	var idle <-chan time.Time
	if len(p.operations) == 0 {
		var stop func() bool
		idle, stop = timerFor(p.slimmer.when())
		defer stop()
	}
	select {
	case <-idle:
		p.slimmer.slim()
		return p.wait(ctx, signals, until)
	case <-ctx.Done():
		return h, context.Cause(ctx)
	case <-timer:
	case _, ok := <-p.needsChanged():
		if !ok { // it cannot go on
			p.needs.Close()
			p.needs = nil
		}
	case <-signals.Reload:
		h.reload = true
	case <-signals.Stop:
		if err := p.interrupt(); err != nil {
			return h, err
		}
	case pid := <-p.ended:
		p.dies(pid)
		h.look = true
	case r := <-p.results:
		h.add(p, r)
	}
	p.slimmer.due = true
	p.gather(ctx, &h)
	return h, nil
}

// together is how long what happens is gathered, for one look at all of it, while containers are being started or stopped: those
// of a pod are beside one another. A busy runtime tells of the end of a stop a while after the container's.
const (
	together     = 200 * time.Millisecond
	stopTogether = time.Second
)

// gather takes what else has happened, and what is about to.
func (p *process) gather(ctx context.Context, h *happening) {
	patience := together
	if slices.ContainsFunc(p.operations, func(o *operation) bool { return o.of.Of == OfStop }) {
		patience = stopTogether
	}
	late, stop := timerFor(time.Now().Add(patience))
	defer stop()
	for h.look && p.acting() {
		select {
		case r := <-p.results:
			h.add(p, r)
		case pid := <-p.ended:
			p.dies(pid)
		case <-late:
			return
		case <-ctx.Done():
			return
		}
	}
	for {
		select {
		case r := <-p.results:
			h.add(p, r)
		default:
			return
		}
	}
}

// timerFor fires at t; never when t is zero.
func timerFor(t time.Time) (fires <-chan time.Time, stop func() bool) {
	if t.IsZero() {
		return nil, func() bool { return false }
	}
	timer := time.NewTimer(time.Until(t))
	return timer.C, timer.Stop
}

func (h *happening) add(p *process, o outcome) {
	p.over(o.operation)
	r := o.result
	h.results = append(h.results, r)
	h.look = h.look || r.Of != OfProbe && r.Of != OfPreStop
}
