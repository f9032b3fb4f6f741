package report

import (
	"errors"
	"fmt"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/progress"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// Work shows what a command does, and remembers which pods failed.
type Work struct {
	*progress.Display
	// Failed are the pods of which something could not be done.
	Failed map[plan.Ref]bool
	// pulling are the images of which a pull has begun.
	pulling map[string]bool
	// stops are the pods of which it was said what is stopped.
	stops map[plan.Ref]bool
	// shown are the pods that are shown; of the others before is how their containers stood.
	shown  map[plan.Ref]bool
	before map[progress.Item]progress.Event
}

// New shows what is done as the options say, until it is closed.
func New(o progress.Options) *Work {
	return &Work{Display: progress.New(o), Failed: map[plan.Ref]bool{}, pulling: map[string]bool{}, stops: map[plan.Ref]bool{}, shown: map[plan.Ref]bool{}, before: map[progress.Item]progress.Event{}}
}

// Event shows what happens to a step.
func (r *Work) Event(e runtime.Event) {
	switch e.Phase {
	case runtime.Begun:
		r.begun(e.Step)
	case runtime.Pulling:
		r.pulls(e.Pull)
	case runtime.Done:
		r.done(e.Step)
	case runtime.Warned:
		fmt.Fprintf(r, "warning: %v\n", e.Err)
		r.broken(e.Step)
	case runtime.Failed, runtime.Skipped:
		r.Fail(e.Step.Pod, e.Err)
		if e.Phase == runtime.Failed && !errors.As(e.Err, new(commandline.Interrupted)) {
			r.broken(e.Step)
		}
	}
}

// Fail remembers that a pod has failed. Why is the command's error, and told by that. What was interrupted is shown as
// it was then.
func (r *Work) Fail(pod plan.Ref, err error) {
	r.Failed[pod] = true
	if r.shown[pod] && !errors.As(err, new(commandline.Interrupted)) {
		r.pod(pod, progress.Event{Phase: progress.Failed, State: "Failed", Minor: true})
	}
}

// pod shows how a pod stands.
func (r *Work) pod(pod plan.Ref, e progress.Event) {
	if pod.Name == "" {
		return
	}
	r.shown[pod] = true
	e.Item = progress.Item{Namespace: pod.Namespace, Pod: pod.Name}
	r.Report(e)
}

// container shows how a container of a pod stands.
func (r *Work) container(pod plan.Ref, name string, e progress.Event) {
	e.Item = progress.Item{Namespace: pod.Namespace, Pod: pod.Name, Container: name}
	r.Report(e)
}

func (r *Work) pulls(p runtime.Pull) {
	r.pulling[p.Image] = true
	e := progress.Event{Item: progress.Item{Image: p.Image}, Phase: progress.Working, State: "Pulling"}
	if p.Layers > 0 {
		e.Layers = &progress.Layers{Seen: p.Layers}
		if p.Here >= 0 {
			e.Layers.Here = &p.Here
		}
	}
	r.Report(e)
}

// pulled shows the end of a pull. Without a beginning there was none.
func (r *Work) pulled(image string, e progress.Event) {
	if e.Item.Image = image; r.pulling[image] {
		r.Report(e)
	}
}

// broken shows that of a step which was begun nothing came. Why is told elsewhere.
func (r *Work) broken(s runtime.Step) {
	failed := progress.Event{Phase: progress.Failed, State: "Failed", Minor: true}
	switch op := s.Op.(type) {
	case runtime.EnsureImage:
		r.pulled(op.Image, failed)
	case runtime.RunContainer:
		r.container(s.Pod, op.Unit.Name, failed)
	case runtime.AwaitContainer:
		r.container(s.Pod, op.Unit, failed)
	}
}

// begun shows a step that may take long.
func (r *Work) begun(s runtime.Step) {
	working := func(state, detail string) progress.Event {
		return progress.Event{Phase: progress.Working, State: state, Detail: detail, Minor: detail == ""}
	}
	switch op := s.Op.(type) {
	case runtime.CreateSandbox:
		r.pod(s.Pod, working("Creating", ""))
	case runtime.RunContainer:
		r.pod(s.Pod, working("Starting", ""))
		state := working("Starting", "")
		if op.Unit.Role == plan.Init {
			state.State, state.Minor = "Running", false
		}
		r.container(s.Pod, op.Unit.Name, state)
	case runtime.AwaitContainer:
		r.pod(s.Pod, working("Starting", ""))
		r.container(s.Pod, op.Unit, progress.Event{Phase: progress.Working, State: "Running"})
	case runtime.RemoveContainers:
		r.stopping(s, op.Stop)
	case runtime.RemovePod:
		r.stopping(s, op.Stop)
	case runtime.StopPod:
		r.stopping(s, op.Stop)
	case runtime.RestartContainer:
		r.pod(s.Pod, working("Restarting", op.ID))
	}
}

// stopping shows that containers are stopped, which may take the whole grace period. Nothing is said of those that have ended.
func (r *Work) stopping(s runtime.Step, stop runtime.Stop) {
	e := progress.Event{Phase: progress.Working, State: "Stopping", Detail: oneOrMore(stop.Running)}
	if len(stop.Running) == 0 {
		e.State, e.Minor, e.Detail = "Removing", true, ""
	} else {
		r.stops[s.Pod] = true
		if s.Cause != "" {
			e.Detail += ": " + s.Cause
		}
	}
	r.pod(s.Pod, e)
}

// done shows what others want to know of.
func (r *Work) done(s runtime.Step) {
	well := progress.Event{Phase: progress.Done, Minor: true}
	switch op := s.Op.(type) {
	case runtime.EnsureImage:
		r.pulled(op.Image, progress.Event{Phase: progress.Done, State: "Pulled"})
	case runtime.CreateSandbox:
		for _, p := range op.Pod.Sandbox.Ports {
			r.Note("pod %q: port %s", s.Pod.Name, p)
		}
	case runtime.RunContainer:
		state := progress.Event{Phase: progress.Done, State: "Running"}
		if op.Unit.Role == plan.Init {
			state.State = "Completed"
		}
		r.container(s.Pod, op.Unit.Name, state)
	case runtime.AwaitContainer:
		r.container(s.Pod, op.Unit, progress.Event{Phase: progress.Done, State: "Completed"})
	case runtime.RemovePod:
		well.State = "Removed"
		r.pod(s.Pod, well)
	case runtime.StopPod:
		well.State = "Stopped"
		r.pod(s.Pod, well)
	case runtime.RestartContainer:
		well.State = "Restarted"
		r.pod(s.Pod, well)
	}
}

// Started shows that the pods which were changed without a supervisor are as they should be.
func (r *Work) Started(pods []plan.Pod) {
	for _, p := range pods {
		if r.shown[p.Ref] && !r.Failed[p.Ref] {
			r.pod(p.Ref, progress.Event{Phase: progress.Done, State: "Started", Minor: true})
		}
	}
}

func oneOrMore(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%d containers", len(names))
}
