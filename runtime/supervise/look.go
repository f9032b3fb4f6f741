package supervise

import (
	"context"
	"errors"
	"maps"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/runtime"
)

// look asks the runtime for all containers of the pod, in one call, and watches those that run. Just after a listing only
// those are asked for that it has.
func (p *process) look(ctx context.Context) error {
	names := p.listed
	if names == nil {
		names = append(p.planned(), p.extras...)
	}
	p.listed = nil // also when nothing answers: what is made before the next look is not in it
	details, err := p.Engine.Inspect(ctx, names)
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
	in := Input{Now: time.Now(), Results: results, Containers: map[string]Container{}, Unmet: p.unmet(), Anew: p.wanted.Anew}
	if p.stopped || p.wanted.Stopped {
		in.Stop = &Stop{Removed: p.wanted.Stopped && p.wanted.Removed}
		if g := p.wanted.Grace; g != nil {
			d := time.Duration(*g) * time.Second
			in.Stop.Grace = &d
		}
	}
	for _, d := range p.seen {
		c := d.Container
		if c.Role == runtime.RoleInfra {
			in.Sandbox = &Sandbox{ID: sandboxID(d), Up: c.Up() && c.State != runtime.Restarting, CreatedAt: d.Created,
				Current: runtime.SandboxCurrent(&p.pod, c)}
		} else if c.Started() {
			in.Containers[c.Unit] = p.container(d)
		}
	}
	return in
}

// sandboxID is another one when somebody has restarted the infra: the namespaces that its containers joined went with
// its process.
func sandboxID(d runtime.Detail) string {
	return d.ID + "@" + d.Started.UTC().Format(time.RFC3339Nano)
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

// retryLook is how long to wait before asking a runtime again that does not answer.
const retryLook = 2 * time.Second

// lookAgain is how long a runtime is given to notice the end of a process.
const lookAgain = 50 * time.Millisecond

// retrySave is how long to wait before a status is written again that could not be: the disk is full, say.
const retrySave = 2 * time.Second

// again is when to go on whatever happens: to ask the runtime, or to write the status; zero when something will tell.
func (p *process) again() time.Time {
	switch {
	case len(p.dead) > 0 && p.acting(): // what is under way will most likely tell
		return time.Now().Add(together)
	case len(p.dead) > 0:
		return time.Now().Add(lookAgain)
	case len(p.unmet()) > 0:
		return time.Now().Add(lookAgain)
	case p.blind:
		return time.Now().Add(retryLook)
	case p.unsaved != "":
		return time.Now().Add(retrySave)
	}
	return time.Time{}
}
