package supervise

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/probe"
	"github.com/kubehost/kubehost/translate/plan"
)

// Supervisor keeps one pod true to its plan.
type Supervisor struct {
	Engine  runtime.Engine
	Store   runtime.Store
	Station Station
	// Limit bounds one step; 0 is no bound.
	Limit time.Duration
	// Dial reaches the pod's own address where this process cannot; nil where it can. Exec runs a command in a container.
	Dial probe.Dial
	Exec probe.Exec
	// Moved is told when the pod's sandbox is no longer the one that was there before; it may be nil.
	Moved func()
	// Log is told what happens, for people; it may be nil.
	Log func(Event)
	// Begun is told of each run of a container, by its name in the pod and its ID; it may be nil.
	Begun func(unit, id string)
	// Watch follows the pod's condition; it may be nil.
	Watch Watcher
	// Outdated says whether this process should give way to a newer one; nil is never.
	Outdated func() bool
}

// Watcher follows a pod's condition.
type Watcher interface {
	// Reloading is told before the plan is read again.
	Reloading()
	// Seen is told of the pod after each look, and so also after the plan was read again.
	Seen(p *plan.Pod, m Memory)
}

// ErrOutdated says that the supervisor has left its containers to a newer one.
var ErrOutdated = errors.New("a newer supervisor is to go on")

// Signals are what a supervisor is told while it runs.
type Signals struct {
	// Reload says that the plan, or what is wanted, may have changed.
	Reload <-chan os.Signal
	// Stop asks to end the pod, and then the supervisor.
	Stop <-chan os.Signal
}

// Run supervises the pod until it is over or was ended as asked. When ctx ends, Run gives up what it does and the
// containers run on. The error is [ErrSupervised] when another process supervises the pod, [ErrOutdated] when another
// should, and fs.ErrNotExist when there is no such pod.
func (s *Supervisor) Run(ctx context.Context, signals Signals) error {
	place, err := s.Station.enter()
	if err != nil {
		return err
	}
	p := &process{Supervisor: s, place: place, results: make(chan outcome), ended: make(chan int), watched: map[int]*os.File{}, dead: map[int]death{}, brought: map[string]bool{}}
	defer func() { p.place.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	p.done, p.whole = ctx.Done(), ctx
	p.lock = newPodLock(func(ctx context.Context) (*runtime.Locks, error) {
		return s.Store.Lock(ctx, []plan.Ref{s.Station.Ref}, nil)
	})
	defer p.unwatch(nil)
	defer func() {
		if p.needs != nil {
			p.needs.Close()
		}
	}()
	// Nothing of this process may still act when the next one begins.
	defer p.await()
	defer cancel()
	p.boot = boot()
	p.memory = s.remembered(p.boot)
	p.memory.Resume(time.Now())
	p.told.Events = p.memory.Events // by the supervisor before
	if p.memory.Units == nil {
		p.memory.Units = map[string]*Unit{}
	}
	// What a killed supervisor had begun comes to its end first: its commands hold the lock.
	if _, err := p.lock.hold(ctx); err != nil {
		return err
	}
	p.lock.drop()
	if err := p.read(); err != nil {
		return err
	}
	return p.loop(ctx, signals)
}

// process is one run of a supervisor. All its fields belong to the goroutine of loop.
type process struct {
	*Supervisor
	// place is what makes this process the pod's supervisor.
	place  *os.File
	pod    plan.Pod
	hash   string // of pod
	memory Memory
	// saved is the status file as it was written last, written what tells it from any other, told the memory in it.
	saved   []byte
	written string
	// unsaved is why the status could not be written; empty when it was.
	unsaved string
	told    Memory
	boot    string
	wanted  Wanted
	stopped bool
	// ends says that what was read last asks for no more than the end of the pod as it is.
	ends bool
	// unmet is what the pod waited for at the last look; needs, unless it is nil, tells when that changes.
	unmet   []string
	needs   *PodWatch
	slimmer slimmer
	// awake says that nothing is left of the pod's rest.
	awake   bool
	results chan outcome
	// ended is told the ID of a watched process that has ended. watched are those that are, dead those that
	// have ended, but that the runtime still takes for running.
	ended   chan int
	watched map[int]*os.File
	dead    map[int]death
	done    <-chan struct{}
	// blind says that a process cannot be watched: then the runtime is asked again and again.
	blind bool
	lock  *podLock
	// brought are the containers whose images apply had brought when it asked; under wholePod stands what the sandbox needs. See
	// [process.takeBrought].
	brought map[string]bool
	// fresh says that the runtime has nothing of the pod: it need not be asked.
	fresh bool
	// listed are all containers of the pod, by their runtime names, from a listing after which nobody has looked at them; else nil. extras
	// are those that the plan does not know.
	listed, extras []string
	// seen is the last look at the runtime: details by the containers' runtime names. messages are the termination messages of those
	// that were found ended, by their IDs.
	seen     map[string]runtime.Detail
	messages map[string]string
	etc      etcWriter
	// operations are under way. whole ends with the process, not with one of them.
	operations []*operation
	whole      context.Context
}

// justBrought is how long what apply has brought is not looked for again at the first start after that.
const justBrought = time.Minute

// read reads what is wanted. A plan that is no longer there leaves what is known: the pod is being deleted.
func (p *process) read() error {
	stored, err := p.Store.Pod(p.Station.Ref)
	if err != nil {
		return err
	}
	if p.wanted, err = ReadWanted(p.Store.PodDir(p.Station.Ref)); err != nil {
		return err
	}
	p.pod, p.hash = stored.Plan, stored.Plan.Hash()
	if !p.memory.Asked.Equal(p.wanted.Asked) {
		p.memory.Asked = p.wanted.Asked
		p.memory.Retry()
		// After a boot, too, the memory follows nothing yet, and what is always pulled is pulled at every start.
		if p.wanted.Boot == boot() && time.Since(p.wanted.Asked) < justBrought {
			p.brought[wholePod] = true
			// One who remembers something has perhaps made some of it.
			p.fresh = p.wanted.Fresh && p.memory.Started.IsZero()
			for _, u := range p.pod.Units {
				p.brought[u.Name] = true
			}
		}
	}
	return nil
}

// stay makes sure, before anything is done, that the pod is still wanted, and that others find its supervisor: people remove directories.
// The error is fs.ErrNotExist when there is no plan any more, and ErrSupervised when another process has taken the place meanwhile.
func (p *process) stay() error {
	if there, err := p.Store.Planned(p.Station.Ref); err == nil && !there {
		return fs.ErrNotExist
	}
	if p.Station.entered(p.place) {
		return nil
	}
	place, err := p.Station.enter()
	if err == nil {
		p.place.Close()
		p.place = place
	}
	if errors.Is(err, ErrSupervised) {
		return err
	}
	return nil // what cannot be written now may be later
}

// reload reads what is wanted, and asks the runtime what it has of the pod besides. Of a pod that is to end, and that is as it was seen
// last, nothing more needs to be known.
func (p *process) reload(ctx context.Context) error {
	before := p.hash
	if err := p.read(); err != nil {
		return err
	}
	if p.ends = p.wanted.Stopped && p.seen != nil && p.hash == before; p.ends {
		return nil
	}
	names := []string{}
	if !p.fresh {
		var err error
		if names, err = p.Engine.Names(ctx, p.pod.Ref); err != nil {
			return err
		}
	}
	p.fresh = false
	planned := p.planned()
	p.listed = names
	p.extras = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(planned, name) })
	return nil
}

// planned are the runtime names of the sandbox and of all containers of the plan.
func (p *process) planned() []string {
	names := []string{p.pod.Sandbox.ID}
	for _, u := range p.pod.Units {
		names = append(names, u.ID)
	}
	return names
}

// loop looks, decides and acts, until there is nothing left to do for good.
func (p *process) loop(ctx context.Context, signals Signals) error {
	// A runtime that does not answer yet, after a boot, is waited for.
	look, reload, outdated := true, true, false
	var results []Result
	for {
		if outdated && len(p.operations) == 0 {
			return ErrOutdated
		}
		switch err := p.stay(); {
		case errors.Is(err, fs.ErrNotExist):
			return nil // deleted
		case err != nil:
			return err
		}
		var retry time.Time
		if reload {
			err := p.ask(ctx, signals, p.reload)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil // deleted
			case errors.Is(err, errStoppedTwice):
				return err
			case err == nil:
				look, reload = look || !p.ends, false
			}
		}
		if look || reload {
			err := p.ask(ctx, signals, p.look)
			switch {
			case errors.Is(err, errStoppedTwice):
				return err
			case err == nil:
				look = false
			}
		}
		if look || reload {
			retry = time.Now().Add(retryLook)
		}
		wake := retry
		if retry.IsZero() {
			var actions []Action
			p.memory, actions, wake = Next(&p.pod, p.memory, p.input(results))
			results = nil
			p.tell()
			p.watchNeeds()
			if again := p.again(); !again.IsZero() && (wake.IsZero() || again.Before(wake)) {
				wake = again
			}
			p.wake()
			p.tidy()
			if finish := p.begin(ctx, actions); finish && len(p.operations) == 0 {
				return p.rest()
			}
		}
		happened, err := p.wait(ctx, signals, wake)
		if err != nil {
			return err
		}
		results = append(results, happened.results...)
		look = look || happened.look || !retry.IsZero() || len(p.dead) > 0 || p.blind
		if happened.reload {
			reload, outdated = true, outdated || p.Outdated != nil && p.Outdated()
			if p.Watch != nil {
				p.Watch.Reloading()
			}
		}
	}
}

// askLimit is how long a runtime may take to answer.
const askLimit = 2 * time.Minute

// ask asks the runtime something, and meanwhile hears those who want an end: a runtime may hang.
func (p *process) ask(ctx context.Context, signals Signals, question func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, askLimit, fmt.Errorf("no answer after %s", askLimit))
	defer cancel()
	answer := make(chan error, 1)
	go func() { answer <- question(ctx) }()
	for {
		select {
		case err := <-answer:
			return err
		case <-signals.Stop:
			if err := p.interrupt(); err != nil {
				cancel()
				<-answer
				return err
			}
		}
	}
}

var errStoppedTwice = errors.New("stopped twice: the containers are left to themselves")

// interrupt notes that somebody has asked for the pod's end. Who asks twice does not wait for it.
func (p *process) interrupt() error {
	if p.stopped {
		return errStoppedTwice
	}
	p.stopped = true
	return nil
}
