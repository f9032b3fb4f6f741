package main

import (
	"fmt"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// note writes one line of progress.
func (p *program) note(format string, args ...any) { fmt.Fprintf(p.stderr, format+"\n", args...) }

// reporter says on standard error what takes time or replaces something, and remembers which pods failed.
type reporter struct {
	*program
	quiet  bool
	failed map[plan.Ref]bool
}

func newReporter(p *program, quiet bool) *reporter {
	return &reporter{program: p, quiet: quiet, failed: map[plan.Ref]bool{}}
}

func (r *reporter) event(e runtime.Event) {
	switch e.Phase {
	case runtime.Failed, runtime.Skipped:
		r.failed[e.Step.Pod] = true
	case runtime.Warned:
		r.note("warning: %v", e.Err)
	case runtime.Begun:
		if text := begun(e.Step); text != "" && !r.quiet {
			r.note("%s", text)
		}
	case runtime.Done:
		if text := done(e.Step); text != "" && !r.quiet {
			r.note("%s", text)
		}
	}
}

// begun is the line for a step that may take long.
func begun(s runtime.Step) string {
	switch op := s.Op.(type) {
	case runtime.EnsureImage:
		if op.Pull == plan.PullAlways {
			return "pulling " + op.Image
		}
	case runtime.RunContainer:
		if op.Unit.Role == plan.Init {
			return fmt.Sprintf("pod %q: running init container %s", s.Pod.Name, op.Unit.Name)
		}
	case runtime.AwaitContainer:
		return fmt.Sprintf("pod %q: waiting for %s", s.Pod.Name, op.ID)
	case runtime.RemoveContainers:
		return fmt.Sprintf("pod %q: stopping %s: %s", s.Pod.Name, oneOrMore(op.Stop.All), s.Cause)
	case runtime.RemovePod:
		if s.Cause != "" {
			return fmt.Sprintf("pod %q: stopping it: %s", s.Pod.Name, s.Cause)
		}
		return fmt.Sprintf("pod %q: stopping", s.Pod.Name)
	}
	return ""
}

// done is the line for a step that others want to know of.
func done(s runtime.Step) string {
	switch op := s.Op.(type) {
	case runtime.EnsureImage:
		if op.Pull == plan.PullIfNotPresent {
			return "pulled " + op.Image
		}
	case runtime.CreateSandbox:
		text := ""
		for i, p := range op.Pod.Sandbox.Ports {
			if i > 0 {
				text += "\n"
			}
			text += fmt.Sprintf("pod %q: port %s", s.Pod.Name, p)
		}
		return text
	}
	return ""
}

func oneOrMore(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%d containers", len(names))
}
