package supervise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/probe"
	"github.com/kubehost/kubehost/translate/plan"
)

// begin starts the actions, each on its own, and says whether the last of all was among them.
func (p *process) begin(ctx context.Context, actions []Action) (finish bool) {
	for _, a := range actions {
		if _, ok := a.(Finish); ok {
			finish = true
			continue
		}
		// What an action needs of the process is read now: it runs beside the loop.
		act := p.prepare(a)
		p.busy++
		go func() {
			r := act(ctx)
			select {
			case p.results <- r:
			case <-ctx.Done():
			}
		}()
	}
	return finish
}

// prepare makes a function of an action that no longer touches the process.
func (p *process) prepare(a Action) func(context.Context) Result {
	pod := p.pod
	switch a := a.(type) {
	case StartSandbox:
		return p.steps(Result{Of: OfSandbox}, func(o runtime.Observed) runtime.Steps {
			return runtime.SandboxSteps(&pod, o, p.Engine.Dialect.Infra(), a.Cause)
		})
	case RemoveSandbox:
		return p.steps(Result{Of: OfSandbox}, func(o runtime.Observed) runtime.Steps {
			return runtime.RemovePodSteps(&pod, o, a.Cause)
		})
	case StartUnit:
		u := *pod.Unit(a.Unit)
		old := p.there(u.ID)
		if p.pulled[a.Unit] {
			// It has been pulled for this start: once is enough.
			delete(p.pulled, a.Unit)
			u.Pull = plan.PullIfNotPresent
			pod.Units = slices.Clone(pod.Units)
			*pod.Unit(a.Unit) = u
		}
		return p.steps(Result{Of: OfStart, Unit: a.Unit}, func(runtime.Observed) runtime.Steps {
			return runtime.UnitSteps(&pod, u, old, a.Restarts, a.Cause)
		})
	case StopSandbox:
		return p.stop(Result{Of: OfSandbox}, pod.Sandbox.ID, 0)
	case StopUnit:
		return p.stopUnit(pod, a)
	case RemoveUnit:
		name := p.runtimeName(a.Unit)
		return p.steps(Result{Of: OfRemove, Unit: a.Unit}, func(runtime.Observed) runtime.Steps {
			return runtime.Steps{{ID: name, Pod: pod.Ref, Op: runtime.RemoveContainers{
				Stop: runtime.Stop{Running: []string{name}, All: []string{name}}}, Cause: "no longer in the manifest"}}
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

// steps carries out steps under the pod's lock. Steps that concern the whole pod are decided after a look at all there is.
func (p *process) steps(r Result, decide func(runtime.Observed) runtime.Steps) func(context.Context) Result {
	pod := p.pod
	return func(ctx context.Context) Result {
		if err := p.lock.hold(ctx); err != nil {
			return failure(r, err)
		}
		defer p.lock.drop()
		var seen runtime.Observed
		if r.Of == OfSandbox {
			var err error
			if seen, err = p.Engine.Observe(ctx, plan.Plan{Pods: []plan.Pod{pod}}); err != nil {
				return failure(r, err)
			}
		}
		x := runtime.Executor{Engine: p.Engine, Limit: p.Limit}
		if err := x.Run(ctx, decide(seen)); err != nil {
			return failure(r, err)
		}
		r.OK = true
		return r
	}
}

// failure gives an error the kubelet's word.
func failure(r Result, err error) Result {
	r.Message, r.Reason = err.Error(), "CreateContainerError"
	var command *runtime.CommandError
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
			if errors.As(err, &command) && (command.Result.Code == 126 || command.Result.Code == 127) {
				r.Reason = "StartError"
			}
		}
	}
	return r
}

// stop ends one container: SIGTERM, the grace period, SIGKILL.
func (p *process) stop(r Result, name string, grace time.Duration) func(context.Context) Result {
	return func(ctx context.Context) Result {
		seconds := strconv.FormatInt(int64((grace+time.Second-1)/time.Second), 10)
		c := runtime.Command{Argv: []string{p.Engine.Dialect.Name(), "stop", "--time", seconds, name}}
		res, err := p.Engine.Runner.Run(ctx, c)
		if err != nil || res.Code != 0 {
			r.Message = (&runtime.CommandError{Command: c, Result: res, Err: err}).Error()
			return r
		}
		r.OK = true
		return r
	}
}

// stopUnit runs the preStop hook and ends the container with what is left of the grace period.
func (p *process) stopUnit(pod plan.Pod, a StopUnit) func(context.Context) Result {
	u := pod.Unit(a.Unit)
	r := Result{Of: OfStop, Unit: a.Unit}
	if !a.Hook || u.Lifecycle.PreStop == nil {
		return p.stop(r, u.ID, a.Grace)
	}
	hook := p.hook(Result{Of: OfPreStop, Unit: a.Unit}, *u.Lifecycle.PreStop, u.ID, a.Grace)
	return func(ctx context.Context) Result {
		begun := time.Now()
		asked := hook(ctx)
		left := max(a.Grace-time.Since(begun), leastGrace)
		r := p.stop(r, u.ID, left)(ctx)
		if !asked.OK && r.OK {
			r.Message = asked.Message
		}
		return r
	}
}

// hook runs a lifecycle hook, for the limit at the longest unless that is 0.
func (p *process) hook(r Result, c plan.Check, container string, limit time.Duration) func(context.Context) Result {
	target := p.target(container)
	return func(ctx context.Context) Result {
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		if err := probe.Hook(ctx, c, target); err != nil {
			r.Message = err.Error()
			return r
		}
		r.OK = true
		return r
	}
}

// probe asks a container once.
func (p *process) probe(pod plan.Pod, a RunProbe) func(context.Context) Result {
	u := pod.Unit(a.Unit)
	target, how := p.target(u.ID), probeOf(u, a.Kind)
	r := Result{Of: OfProbe, Unit: a.Unit, Probe: a.Kind, ID: p.seen[u.ID].ID}
	return func(ctx context.Context) Result {
		o := probe.Run(ctx, how.Check, target, seconds(how.Timeout))
		r.OK = o.Verdict == probe.Success || o.Verdict == probe.Warning
		r.Unknown, r.Warning = o.Verdict == probe.Unknown, o.Verdict == probe.Warning
		r.Message = o.Output
		return r
	}
}
