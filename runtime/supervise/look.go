package supervise

import (
	"context"
	"errors"
	"maps"
	"strings"
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
	before := p.seen[p.pod.Sandbox.ID]
	p.seen, p.messages = map[string]runtime.Detail{}, map[string]string{}
	for _, d := range details {
		if d.Container.Ref != p.pod.Ref {
			continue
		}
		p.seen[d.Name] = d
		// The message of an end that is known already is remembered.
		u, known := p.pod.Unit(d.Container.Unit), p.memory.Units[d.Container.Unit]
		if u != nil && d.Container.Started() && !d.Container.Up() && (known == nil || known.ID != d.ID || known.State == Up) {
			p.messages[d.ID] = p.terminationMessage(ctx, *u, d)
		}
	}
	if now := p.seen[p.pod.Sandbox.ID]; p.Moved != nil && before.ID != "" && sandboxID(before) != sandboxID(now) {
		p.Moved()
	}
	p.watch()
	return nil
}

// death is the end of a process that the runtime still takes for running.
type death struct {
	since time.Time
	// seen says that it was there before: a process that never was may be one of another host, where the runtime's engine is.
	seen bool
}

// dies notes that a watched process has ended.
func (p *process) dies(pid int) { p.dead[pid] = death{time.Now(), true} }

// lostAfter is how long a runtime is given to notice the end of a container's process. What did that for it may have been killed.
const lostAfter = 5 * time.Second

// lost says whether a container has ended of which the runtime will not notice.
func (p *process) lost(d runtime.Detail) bool {
	end, dead := p.dead[d.Pid]
	return d.Container.Up() && dead && end.seen && time.Since(end.since) > lostAfter
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
		if _, dead := p.dead[d.Pid]; dead || p.watched[d.Pid] != nil {
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
			p.dead[d.Pid] = death{since: time.Now()} // it ended between the two
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
	maps.DeleteFunc(p.dead, func(pid int, _ death) bool { return !keep[pid] })
}

// input is what Next is to know.
func (p *process) input(results []Result) Input {
	p.unmet = p.unmetNeeds()
	in := Input{Now: time.Now(), Results: results, Containers: map[string]Container{}, Unmet: p.unmet, Anew: p.wanted.Anew}
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
			in.Sandbox = &Sandbox{ID: sandboxID(d), Up: c.Up() && c.State != runtime.Restarting && !p.lost(d), CreatedAt: d.Created,
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

// isOf says whether a sandbox, as sandboxID names it, is one of an infra container.
func isOf(sandbox, infra string) bool { return strings.HasPrefix(sandbox, infra+"@") }

func (p *process) container(d runtime.Detail) Container {
	lost := p.lost(d)
	c := Container{ID: d.ID, Running: d.Container.Up() && !lost, Lost: lost, Message: p.messages[d.ID], ExitCode: d.Container.ExitCode, StartedAt: d.Started,
		FinishedAt: d.Finished, OOMKilled: d.OOMKilled, Restarts: d.Counted}
	u := p.pod.Unit(d.Container.Unit)
	if u == nil {
		return c
	}
	c.Current = runtime.UnitCurrent(&p.pod, *u, d.Container)
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

// lookAgain is when a runtime is asked at first whether it has noticed the end of a process; then it is asked less and less often.
const lookAgain = 50 * time.Millisecond

// retrySave is how long to wait before a status is written again that could not be: the disk is full, say.
const retrySave = 2 * time.Second

// again is when to go on whatever happens: to ask the runtime, or to write the status; zero when something will tell.
func (p *process) again() time.Time {
	switch {
	case len(p.dead) > 0 && p.acting(): // what is under way will most likely tell
		return time.Now().Add(together)
	case len(p.dead) > 0:
		var oldest time.Duration
		for _, end := range p.dead {
			oldest = max(oldest, time.Since(end.since))
		}
		return time.Now().Add(min(max(oldest/4, lookAgain), retryLook))
	case len(p.unmet) > 0: // the kernel tells of files, not of a supervisor that has ended
		return time.Now().Add(retryLook)
	case p.blind:
		return time.Now().Add(retryLook)
	case p.unsaved != "":
		return time.Now().Add(retrySave)
	}
	return time.Time{}
}
