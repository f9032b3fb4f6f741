package supervise

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

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
	// Log is told what happens, for people; it may be nil.
	Log func(Event)
	// Begun is told of each run of a container, by its name in the pod and its ID; it may be nil.
	Begun func(unit, id string)
}

// Signals are what a supervisor is told while it runs.
type Signals struct {
	// Reload says that the plan, or what is wanted, may have changed.
	Reload <-chan os.Signal
	// Stop asks to end the pod, and then the supervisor.
	Stop <-chan os.Signal
}

// Run supervises the pod until it is over or was ended as asked. When ctx ends, Run returns at once and the
// containers run on. The error is [ErrSupervised] when another process supervises the pod, and fs.ErrNotExist when
// there is no such pod.
func (s *Supervisor) Run(ctx context.Context, signals Signals) error {
	release, err := s.Station.Enter()
	if err != nil {
		return err
	}
	defer release()
	p := &process{Supervisor: s, results: make(chan Result), ended: make(chan int), watched: map[int]*os.File{}, dead: map[int]bool{}, pulled: map[string]bool{}}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.done = ctx.Done()
	p.lock = newPodLock(func(ctx context.Context) (func(), error) {
		return s.Store.Lock(ctx, []plan.Ref{s.Station.Ref}, nil)
	})
	defer p.unwatch(nil)
	if p.memory, err = s.Station.Memory(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.memory = Memory{} // what cannot be read is no more than forgotten
	}
	p.memory.Resume()
	if p.memory.Units == nil {
		p.memory.Units = map[string]*Unit{}
	}
	if err := p.reload(ctx); err != nil {
		return err
	}
	return p.loop(ctx, signals)
}

// process is one run of a supervisor. All its fields belong to the goroutine of loop.
type process struct {
	*Supervisor
	pod    plan.Pod
	hash   string // of pod
	memory Memory
	// saved is the status file as it is on the disk.
	saved   []byte
	wanted  Wanted
	stopped bool
	results chan Result
	// ended is told the ID of a watched process that has ended. watched are those that are, dead those that
	// have ended, but that the runtime still takes for running.
	ended   chan int
	watched map[int]*os.File
	dead    map[int]bool
	done    <-chan struct{}
	// blind says that a process cannot be watched: then the runtime is asked again and again.
	blind bool
	lock  *podLock
	// pulled are the containers whose images apply has just seen to.
	pulled map[string]bool
	// extras are containers of the pod that the plan does not know, by their runtime names.
	extras []string
	// seen is the last look at the runtime: details by the containers' runtime names.
	seen map[string]runtime.Detail
	busy int
}

// reload reads what is wanted. A plan that is no longer there leaves what is known: the pod is being deleted.
func (p *process) reload(ctx context.Context) error {
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
		for _, u := range p.pod.Units {
			p.pulled[u.Name] = true
		}
	}
	containers, _, err := p.Engine.Dialect.Observe(ctx, p.Engine.Runner)
	if err != nil {
		return err
	}
	p.extras = nil
	for _, c := range containers {
		if c.Ref == p.pod.Ref && c.Role != runtime.RoleInfra &&
			!slices.ContainsFunc(p.pod.Units, func(u plan.Unit) bool { return u.ID == c.Name }) {
			p.extras = append(p.extras, c.Name)
		}
	}
	return nil
}

// retryLook is how long to wait before asking a runtime again that does not answer.
const retryLook = 2 * time.Second

// lookAgain is how long a runtime is given to notice the end of a process.
const lookAgain = 50 * time.Millisecond

// again is when the runtime has to be asked whatever happens; zero when something will tell.
func (p *process) again() time.Time {
	switch {
	case len(p.dead) > 0:
		return time.Now().Add(lookAgain)
	case len(p.unmet()) > 0:
		return time.Now().Add(lookAgain)
	case p.blind:
		return time.Now().Add(retryLook)
	}
	return time.Time{}
}

// loop looks, decides and acts, until there is nothing left to do for good.
func (p *process) loop(ctx context.Context, signals Signals) error {
	look, reload := true, false
	var results []Result
	for {
		if reload {
			if err := p.reload(ctx); errors.Is(err, fs.ErrNotExist) {
				return nil // deleted
			} else if err == nil {
				look, reload = true, false
			}
		}
		var retry time.Time
		if look || reload {
			if err := p.look(ctx); err != nil {
				retry = time.Now().Add(retryLook)
			} else {
				look = false
			}
		}
		wake := retry
		if retry.IsZero() {
			var actions []Action
			p.memory, actions, wake = Next(&p.pod, p.memory, p.input(results))
			results = nil
			if again := p.again(); !again.IsZero() && (wake.IsZero() || again.Before(wake)) {
				wake = again
			}
			p.tell()
			if finish := p.begin(ctx, actions); finish && p.busy == 0 {
				return nil
			}
		}
		happened, err := p.wait(ctx, signals, wake)
		if err != nil {
			return err
		}
		results = append(results, happened.results...)
		look = look || happened.look || !retry.IsZero() || len(p.dead) > 0 || p.blind
		reload = reload || happened.reload
	}
}

// happening is what ended a wait.
type happening struct {
	results      []Result
	look, reload bool
}

// wait sleeps until something happens or the time has come. Results that arrive together are taken together.
func (p *process) wait(ctx context.Context, signals Signals, until time.Time) (h happening, err error) {
	var timer <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return h, context.Cause(ctx)
	case <-timer:
	case <-signals.Reload:
		h.reload = true
	case <-signals.Stop:
		if p.stopped {
			return h, errors.New("stopped twice: the containers are left to themselves")
		}
		p.stopped = true
	case pid := <-p.ended:
		p.dead[pid] = true
		h.look = true
	case r := <-p.results:
		h.add(p, r)
	}
	for {
		select {
		case r := <-p.results:
			h.add(p, r)
		default:
			return h, nil
		}
	}
}

func (h *happening) add(p *process, r Result) {
	p.busy--
	h.results = append(h.results, r)
	h.look = h.look || r.Of != OfProbe && r.Of != OfPreStop
}

// tell keeps the memory for everybody to read, and says what is new in it.
func (p *process) tell() {
	p.memory.Plan, p.memory.Asked = p.hash, p.wanted.Asked
	b, err := json.Marshal(p.memory)
	if err == nil && !bytes.Equal(b, p.saved) {
		if err = p.Station.save(b); err == nil {
			p.report(p.saved)
			p.saved = b
		}
	}
	if err != nil && p.Log != nil {
		p.Log(Event{Time: time.Now(), Warning: true, Reason: "FailedStatus", Message: err.Error()})
	}
}

// report passes on the events that the status before did not have.
func (p *process) report(before []byte) {
	var old Memory
	if len(before) > 0 {
		if err := json.Unmarshal(before, &old); err != nil {
			return
		}
	}
	if p.Log != nil {
		for _, e := range p.memory.Events {
			if !slices.ContainsFunc(old.Events, func(o Event) bool {
				return o.Unit == e.Unit && o.Reason == e.Reason && o.Message == e.Message && o.Count == e.Count
			}) {
				p.Log(e)
			}
		}
	}
	if p.Begun != nil {
		for _, name := range slices.Sorted(maps.Keys(p.memory.Units)) {
			u := p.memory.Units[name]
			if before := old.Units[name]; u.ID != "" && (before == nil || before.ID != u.ID) {
				p.Begun(name, u.ID)
			}
		}
	}
}

// look asks the runtime for all containers of the pod, in one call, and watches those that run.
func (p *process) look(ctx context.Context) error {
	names := []string{p.pod.Sandbox.ID}
	for _, u := range p.pod.Units {
		names = append(names, u.ID)
	}
	details, err := p.Engine.Inspect(ctx, append(names, p.extras...))
	if err != nil {
		return err
	}
	p.seen = map[string]runtime.Detail{}
	for _, d := range details {
		if d.Container.Ref == p.pod.Ref {
			p.seen[d.Name] = d
		}
	}
	p.watch()
	return nil
}

// watch watches the processes of all containers that run, and no others.
func (p *process) watch() {
	running := map[int]bool{}
	p.blind = false
	for _, d := range p.seen {
		if !d.Container.Up() || d.Pid == 0 {
			continue
		}
		running[d.Pid] = true
		if p.watched[d.Pid] != nil || p.dead[d.Pid] {
			continue
		}
		f, err := watch(d.Pid, func() {
			select {
			case p.ended <- d.Pid:
			case <-p.done:
			}
		})
		switch {
		case errors.Is(err, unix.ESRCH):
			p.dead[d.Pid] = true // it ended between the two
		case err == nil:
			p.watched[d.Pid] = f
		default:
			p.blind = true
		}
	}
	p.unwatch(running)
}

func (p *process) unwatch(keep map[int]bool) {
	for pid, f := range p.watched {
		if !keep[pid] {
			f.Close()
			delete(p.watched, pid)
		}
	}
	maps.DeleteFunc(p.dead, func(pid int, _ bool) bool { return !keep[pid] })
}

// input is what Next is to know.
func (p *process) input(results []Result) Input {
	in := Input{Now: time.Now(), Results: results, Containers: map[string]Container{}, Unmet: p.unmet()}
	if p.stopped || p.wanted.Stopped {
		in.Stop = &Stop{}
		if g := p.wanted.Grace; g != nil {
			d := time.Duration(*g) * time.Second
			in.Stop.Grace = &d
		}
	}
	for _, d := range p.seen {
		c := d.Container
		if c.Role == runtime.RoleInfra {
			in.Sandbox = &Sandbox{ID: d.ID, Up: c.Up() && c.State != runtime.Restarting, CreatedAt: d.Created,
				Current: runtime.SandboxCurrent(&p.pod, c)}
		} else if c.Started() {
			in.Containers[c.Unit] = p.container(d)
		}
	}
	return in
}

func (p *process) container(d runtime.Detail) Container {
	c := Container{ID: d.ID, Running: d.Container.Up(), ExitCode: d.Container.ExitCode, StartedAt: d.Started,
		FinishedAt: d.Finished, OOMKilled: d.OOMKilled, Restarts: d.Counted}
	u := p.pod.Unit(d.Container.Unit)
	if u == nil {
		return c
	}
	c.Current = runtime.UnitCurrent(&p.pod, *u, d.Container)
	// The message of an end that is known already is remembered.
	if known := p.memory.Units[u.Name]; !c.Running && (known == nil || known.ID != d.ID || known.State == Up) {
		c.Message = p.terminationMessage(*u, d)
	}
	return c
}

// ip is the pod's address for those who ask it from this host.
func (p *process) ip() string {
	if p.pod.Sandbox.HostNetwork {
		return "127.0.0.1"
	}
	return p.seen[p.pod.Sandbox.ID].IP(p.pod.Sandbox.Network)
}

// String is the event as a line of a log.
func (e Event) String() string {
	who := ""
	if e.Unit != "" {
		who = e.Unit + ": "
	}
	return fmt.Sprintf("%s%s: %s", who, e.Reason, e.Message)
}
