package supervise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/probe"
	"github.com/kubehost/kubehost/translate/plan"
)

// begin starts the actions, each on its own, and says whether the last of all was among them.
func (p *process) begin(ctx context.Context, actions []Action) (finish bool) {
	joints := p.joined(actions)
	for _, a := range actions {
		switch a := a.(type) {
		case Finish:
			finish = true
			continue
		case StopUnit:
			if j := joints[a.Unit]; j != nil {
				p.launch(ctx, j.stop(p, p.stopping(a.Unit)))
				continue
			}
		}
		// What an action needs of the process is read now: it runs beside the loop.
		p.launch(ctx, p.prepare(a))
	}
	return finish
}

// prepare makes an operation of an action.
func (p *process) prepare(a Action) *operation {
	pod := p.pod
	switch a := a.(type) {
	case StartSandbox:
		brought := p.takeBrought(wholePod)
		return p.steps(Result{Of: OfSandbox, Hasty: brought}, func(ctx context.Context) (runtime.Steps, error) {
			if brought {
				return runtime.SandboxSteps(&pod, runtime.ObserveFiles(only(pod)), p.Engine.Dialect.Infra(), a.Cause).Brought(), nil
			}
			o, err := p.Engine.Observe(ctx, only(pod))
			return runtime.SandboxSteps(&pod, o, p.Engine.Dialect.Infra(), a.Cause), err
		})
	case RemoveSandbox:
		return p.stepsBeside(p.keepLogs(Why(a.Cause)), Result{Of: OfSandbox}, func(ctx context.Context) (runtime.Steps, error) {
			all, err := p.Engine.Containers(ctx)
			return runtime.RemovePodSteps(&pod, all, a.Cause), err
		})
	case StartUnit:
		u := *pod.Unit(a.Unit)
		old := p.there(u.ID)
		brought, repeats := p.takeBrought(a.Unit), p.repeats(u, old)
		keep := p.keepLog(u)
		steps := runtime.UnitSteps(&pod, u, old, a.Restarts, a.Cause)
		switch {
		case brought:
			steps = steps.Brought()
		case repeats:
			steps = steps.Present(u.Image)
		}
		start := p.start(keep, Result{Of: OfStart, Unit: a.Unit, Hasty: brought || repeats}, steps)
		start.made = pod.UnitHash(u)
		return start
	case StopSandbox:
		return p.stop(Result{Of: OfSandbox}, pod.Sandbox.ID, 0)
	case StopUnit:
		return p.stopUnit(pod, a)
	case RemoveUnit:
		name := p.runtimeName(a.Unit)
		return p.steps(Result{Of: OfRemove, Unit: a.Unit}, func(context.Context) (runtime.Steps, error) {
			return runtime.Steps{{ID: name, Pod: pod.Ref, Op: runtime.RemoveContainers{
				Stop: runtime.Stop{Running: []string{name}, All: []string{name}}}, Cause: "no longer in the manifest"}}, nil
		})
	case RunPostStart:
		u := pod.Unit(a.Unit)
		return p.hook(Result{Of: OfPostStart, Unit: a.Unit, ID: p.seen[u.ID].ID}, *u.Lifecycle.PostStart, u.ID, 0)
	case RunPreStop:
		u := pod.Unit(a.Unit)
		return p.hook(Result{Of: OfPreStop, Unit: a.Unit, ID: p.seen[u.ID].ID}, *u.Lifecycle.PreStop, u.ID, a.Grace)
	case RunProbe:
		return p.probe(pod, a)
	}
	panic(fmt.Sprintf("supervise: no way to do a %T", a))
}

// takeBrought says whether what a start needs was brought a moment ago. It holds once, and not for long: another may have removed it
// since, which the next try finds out.
func (p *process) takeBrought(what string) bool {
	brought := p.brought[what]
	delete(p.brought, what)
	return brought && time.Since(p.wanted.Asked) < justBrought
}

// repeats says whether a container is started once more that ran as it is planned, with what is here. Then its image is: the container
// that ended was made from it. If somebody has taken away its name all the same, the next try finds out.
func (p *process) repeats(u plan.Unit, old *runtime.Container) bool {
	m := p.memory.Units[u.Name]
	return u.Pull != plan.PullAlways && old != nil && m != nil && m.ID == old.ID && m.State == Terminated && m.Made == p.pod.UnitHash(u)
}

func only(p plan.Pod) plan.Plan { return plan.Plan{Pods: []plan.Pod{p}} }

// there is the container that has a runtime name; nil when nothing has it.
func (p *process) there(name string) *runtime.Container {
	if d, ok := p.seen[name]; ok {
		c := d.Container
		return &c
	}
	return nil
}

func (p *process) runtimeName(unit string) string {
	for name, d := range p.seen {
		if d.Container.Unit == unit && d.Container.Role != runtime.RoleInfra {
			return name
		}
	}
	return ""
}

// steps carries out steps under the pod's lock, under which they are decided, too.
func (p *process) steps(r Result, decide func(context.Context) (runtime.Steps, error)) *operation {
	return p.stepsBeside(func(context.Context) {}, r, decide)
}

// stepsBeside does something else while the steps that touch nothing are carried out. The others wait for it.
func (p *process) stepsBeside(beside func(context.Context), r Result, decide func(context.Context) (runtime.Steps, error)) *operation {
	return newOperation(r, func(ctx context.Context) Result {
		return p.locked(ctx, &r, func(ctx context.Context) error {
			steps, err := decide(ctx)
			if err != nil {
				return err
			}
			x := p.executor(&r)
			prepare, act := steps.Split()
			if err := besides(ctx, beside, x, prepare); err != nil {
				return err
			}
			return x.Run(p.unhurried(), act)
		})
	})
}

// start carries out the steps of a container's start. Images are fetched, and something else is done meanwhile, before the pod's lock
// is taken: a registry may take its time, in which a user applies what is better.
func (p *process) start(beside func(context.Context), r Result, steps runtime.Steps) *operation {
	pod, infra := p.pod, p.seen[p.pod.Sandbox.ID]
	return newOperation(r, func(ctx context.Context) Result {
		x := p.executor(&r)
		x.Late = p.Engine.LateOf(&pod, infra)
		fetch, rest := steps.Fetching()
		if err := besides(ctx, beside, x, fetch); err != nil {
			return failure(r, err)
		}
		return p.locked(ctx, &r, func(ctx context.Context) error {
			prepare, act := rest.Split()
			if err := x.Run(ctx, prepare); err != nil {
				return err
			}
			if err := p.etc.write(p.unhurried(), x, &pod, sandboxID(infra)); err != nil {
				return err
			}
			return x.Run(p.unhurried(), act)
		})
	})
}

// besides carries out steps, and something else meanwhile.
func besides(ctx context.Context, something func(context.Context), x runtime.Executor, steps runtime.Steps) error {
	var all sync.WaitGroup
	all.Go(func() { something(ctx) })
	defer all.Wait()
	return x.Run(ctx, steps)
}

// locked does something under the pod's lock, and says what became of it.
func (p *process) locked(ctx context.Context, r *Result, do func(context.Context) error) Result {
	ctx, err := p.lock.hold(ctx)
	if err != nil {
		return failure(*r, err)
	}
	defer p.lock.drop()
	if err := do(ctx); err != nil {
		return failure(*r, err)
	}
	r.OK = true
	return *r
}

// unhurried is the context of what is not given up, for one who holds the pod's lock: a pull can be, but a container that is half made
// would only have to be made out.
func (p *process) unhurried() context.Context { return p.lock.with(p.whole) }

// executor carries out steps, and notes what did not go well.
func (p *process) executor(r *Result) runtime.Executor {
	return runtime.Executor{Engine: p.Engine, Limit: p.Limit, Spare: true, Noted: p.Store.SaveNote, Report: func(e runtime.Event) {
		if e.Phase == runtime.Warned {
			text := e.Err.Error()
			if !errors.As(e.Err, new(*runtime.ForeignImageError)) {
				text = "What is here will do: " + text
			}
			r.Warnings = append(r.Warnings, text)
		}
	}}
}

// failure gives an error the kubelet's word.
func failure(r Result, err error) Result {
	if errors.Is(err, errStale) {
		r.Reason, r.Message = canceled, err.Error()
		return r
	}
	r.Message, r.Reason = err.Error(), "CreateContainerError"
	var command *runtime.CommandError
	if errors.As(err, &command) && command.Err == nil {
		r.Brief = command.Brief()
	}
	var step *runtime.StepError
	if errors.As(err, &step) {
		switch op := step.Step.Op.(type) {
		case runtime.EnsureImage:
			r.Reason = "ErrImagePull"
			if op.Pull == plan.PullNever {
				r.Reason = "ErrImageNeverPull"
			}
		case runtime.MakeVolume:
			r.Reason = "FailedMount"
		case runtime.RunContainer:
			// The runtimes' word for a command that is not there, or cannot be run. All else may pass.
			if command != nil && (command.Result.Code == 126 || command.Result.Code == 127) {
				r.Reason = "StartError"
			}
		}
	}
	return r
}

// stop ends one container: SIGTERM, the grace period, SIGKILL.
func (p *process) stop(r Result, name string, grace time.Duration) *operation {
	return newOperation(r, func(ctx context.Context) Result { return p.stopNow(ctx, r, name, grace) })
}

func (p *process) stopNow(ctx context.Context, r Result, name string, grace time.Duration) Result {
	return p.endNow(ctx, r, p.Engine.Stop(grace, name), grace)
}

// stopMargin is how much longer than the grace period the runtime may take to end a container.
const stopMargin = time.Minute

// endNow runs the command that ends a container. It may be given up.
func (p *process) endNow(ctx context.Context, r Result, c runtime.Command, grace time.Duration) Result {
	limit := grace + stopMargin
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done after %s", limit))
	defer cancel()
	res, err := p.Engine.Runner.Run(ctx, c)
	if err != nil || res.Code != 0 {
		return failure(r, &runtime.CommandError{Command: c, Result: res, Err: err})
	}
	r.OK = true
	return r
}

// stopping is what is known before of the result of a stop.
func (p *process) stopping(unit string) Result {
	return Result{Of: OfStop, Unit: unit, ID: p.seen[p.pod.Unit(unit).ID].ID}
}

// stopUnit runs the preStop hook and ends the container with what is left of the grace period. A stop that is under
// way gives way to it: its hook has had its time.
func (p *process) stopUnit(pod plan.Pod, a StopUnit) *operation {
	u := pod.Unit(a.Unit)
	r := p.stopping(a.Unit)
	before := p.cancel(OfStop, a.Unit)
	if a.Force {
		return newOperation(r, func(ctx context.Context) Result { return p.endNow(ctx, r, p.Engine.Kill(u.ID), 0) })
	}
	if p.hooks(a) {
		hook := p.hook(Result{Of: OfPreStop, Unit: a.Unit}, *u.Lifecycle.PreStop, u.ID, a.Grace)
		return newOperation(r, func(ctx context.Context) Result {
			begun := time.Now()
			asked := hook.do(ctx)
			if ctx.Err() != nil {
				return failure(r, context.Cause(ctx))
			}
			left := max(a.Grace-time.Since(begun), leastGrace)
			r := p.stopNow(ctx, r, u.ID, left)
			r.Hooked = true
			if !asked.OK && r.OK {
				r.Message = asked.Message
			}
			return r
		})
	}
	return newOperation(r, func(ctx context.Context) Result {
		for _, done := range before {
			<-done
		}
		return p.stopNow(ctx, r, u.ID, max(a.Grace, leastGrace))
	})
}

// hook runs a lifecycle hook, for the limit at the longest unless that is 0.
func (p *process) hook(r Result, c plan.Check, container string, limit time.Duration) *operation {
	target := p.target(container)
	return newOperation(r, func(ctx context.Context) Result {
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done after %s", limit))
			defer cancel()
		}
		if err := probe.Hook(ctx, c, target); err != nil {
			if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.DeadlineExceeded) {
				err = cause
			}
			r.Message = err.Error()
			return r
		}
		r.OK = true
		return r
	})
}

// probe asks a container once.
func (p *process) probe(pod plan.Pod, a RunProbe) *operation {
	u := pod.Unit(a.Unit)
	target, how := p.target(u.ID), probeOf(u, a.Kind)
	r := Result{Of: OfProbe, Unit: a.Unit, Probe: a.Kind, ID: p.seen[u.ID].ID}
	return newOperation(r, func(ctx context.Context) Result {
		o := probe.Run(ctx, how.Check, target, seconds(how.Timeout))
		r.OK = o.Verdict == probe.Success || o.Verdict == probe.Warning
		r.Unknown, r.Warning = o.Verdict == probe.Unknown, o.Verdict == probe.Warning
		r.Message = o.Output
		return r
	})
}
