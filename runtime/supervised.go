package runtime

import (
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// This file gives a supervisor the steps for one thing at a time. They are those that Decide
// would give, from the same builder.

// SandboxSteps make the sandbox of a pod that has nothing at the runtime, and what it needs first.
func SandboxSteps(p *plan.Pod, o Observed, infra InfraImage, cause string) Steps {
	b := newBuilder(Desired{Plan: plan.Plan{Pods: []plan.Pod{*p}}}, o, infra)
	w := podWork{pod: p, replace: cause, fresh: true, files: staleFiles(p, o.Contents)}
	b.prepare(w)
	b.sandbox(w)
	return b.steps
}

// EtcSteps write what the containers of a pod see in /etc. They come after a new sandbox and before its first container.
func EtcSteps(p *plan.Pod) Steps {
	return Steps{{ID: podID(p.Ref, "etc"), Pod: p.Ref, Op: WriteEtc{p}}}
}

// UnitSteps make and start one container of a pod whose sandbox is there. old is what has its name; nil when nothing does.
// An init container is not waited for.
func UnitSteps(p *plan.Pod, u plan.Unit, old *Container, restarts int, cause string) Steps {
	b := newBuilder(Desired{Plan: plan.Plan{Pods: []plan.Pod{*p}}}, Observed{}, InfraImage{})
	work := unitWork{unit: u, cause: cause, old: old}
	w := podWork{pod: p, units: []unitWork{work}}
	b.prepare(w)
	b.unit(w, work, nil)
	for i, s := range b.steps {
		if run, ok := s.Op.(RunContainer); ok {
			run.Detach, run.Restarts = true, restarts
			b.steps[i].Op = run
		}
	}
	return b.steps
}

// Brought leaves out the steps that bring images and networks, for one who knows that all of them are here.
func (ss Steps) Brought() Steps {
	return slices.DeleteFunc(slices.Clone(ss), func(s Step) bool {
		switch s.Op.(type) {
		case EnsureImage, LoadInfra, CreateNetwork:
			return true
		}
		return false
	})
}

// Present leaves out the step that looks for an image, for one who knows that it is here.
func (ss Steps) Present(image string) Steps {
	return slices.DeleteFunc(slices.Clone(ss), func(s Step) bool {
		op, ok := s.Op.(EnsureImage)
		return ok && op.Image == image
	})
}

// RemovePodSteps remove those of all containers that are the pod's, and its sandbox.
func RemovePodSteps(p *plan.Pod, all []Container, cause string) Steps {
	b := newBuilder(Desired{}, Observed{Containers: all}, InfraImage{})
	if have := b.have[p.Ref]; len(have) > 0 {
		b.add(Step{ID: podID(p.Ref, "remove"), Pod: p.Ref, Op: removePod(have, nil), Cause: cause})
	}
	return b.steps
}

// SandboxCurrent says whether an infra container was made from the pod's sandbox and init containers.
func SandboxCurrent(p *plan.Pod, infra Container) bool {
	return infra.Hash == p.Sandbox.Hash() && infra.Inits == initsHash(p)
}

// UnitCurrent says whether a container was made from the unit, and from what is frozen in it.
func UnitCurrent(p *plan.Pod, u plan.Unit, c Container) bool {
	return c.Hash == p.UnitHash(u) && thawed(p, u, &c) == ""
}
