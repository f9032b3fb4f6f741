package progress

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Options say where and how progress is shown.
type Options struct {
	Mode Mode
	Out  io.Writer
	// Getenv is asked for TERM and NO_COLOR; nil has neither.
	Getenv func(string) string
}

// Display shows progress. It may be used by several goroutines at once.
type Display struct {
	mu    sync.Mutex
	way   way
	now   func() time.Time
	quiet bool
	// last is what was reported of each item, since when it is under way, and how long it was.
	last map[Item]state
	stop func()
}

// state is how an item stands.
type state struct {
	Event
	since time.Time
	took  time.Duration
}

// way is one way to show progress. Its functions are called one at a time.
type way interface {
	// changed tells how an item stands now.
	changed(s state, now time.Time)
	// say prints a text that stays, perhaps of several lines. One without an end is a question.
	say(text string, now time.Time)
	// tick is told the time, now and then.
	tick(now time.Time)
	// settle ends what moves, so that others may write.
	settle(now time.Time)
}

// refresh is how often a terminal is brought up to date.
const refresh = 100 * time.Millisecond

// New begins to show progress.
func New(o Options) *Display {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	d := &Display{now: time.Now, last: map[Item]state{}, stop: func() {}}
	switch o.Mode.choose(o.Out, o.Getenv) {
	case TTY:
		d.way = &screen{out: o.Out, size: func() (int, int) { return sizeOf(o.Out) }, colours: coloured(o.Getenv)}
		d.stop = d.ticking()
	case JSON:
		d.way = &objects{out: o.Out}
	case Quiet:
		d.way, d.quiet = &lines{out: o.Out}, true
	default:
		d.way = &lines{out: o.Out}
	}
	return d
}

// ticking tells the time until the returned function has been called.
func (d *Display) ticking() (stop func()) {
	ended, all := make(chan struct{}), sync.WaitGroup{}
	all.Go(func() {
		tick := time.NewTicker(refresh)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
				d.tick()
			}
		}
	})
	return sync.OnceFunc(func() { close(ended); all.Wait() })
}

func (d *Display) tick() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.way.tick(d.now())
}

// Report tells what has become of an item. What is known already is not shown again, unless it was minor until now.
func (d *Display) Report(e Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, known := d.last[e.Item]
	if d.quiet || known && e.same(before.Event) && (e.Minor || !before.Minor) {
		return
	}
	s := state{Event: e, since: before.since, took: before.took}
	now := d.now()
	if e.Phase != Working && before.Phase == Working {
		s.took = now.Sub(s.since)
	}
	// Of a container each state has its time: most of them only wait for a while.
	if before.Phase != Working || e.Container != "" && e.State != before.State {
		s.since = now
	}
	if before.Phase != Working {
		s.took = 0
	}
	d.last[e.Item] = s
	d.way.changed(s, now)
}

// Note says something besides, in lines that stay. In quiet nobody is told.
func (d *Display) Note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.quiet {
		d.way.say(fmt.Sprintf(format+"\n", args...), d.now())
	}
}

// Write takes what must be said in any mode, errors above all: each call is one text.
func (d *Display) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.way.say(string(b), d.now())
	return len(b), nil
}

// Settle shows for the last time how all stands, and forgets it: afterwards others may write, or ask, in the same place.
func (d *Display) Settle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.way.settle(d.now())
	clear(d.last)
}

// Close settles. Texts may still be written. It may be called again.
func (d *Display) Close() {
	d.stop()
	d.Settle()
}
