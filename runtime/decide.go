package runtime

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// Desired is what should be: the plan's pods are there as planned, the removed ones are gone.
// Pods in neither are left alone.
type Desired struct {
	Plan   plan.Plan
	Remove []Removal
	// RemoveData are directories of claims to be removed, after the pods.
	RemoveData []string
}

// Removal names a pod that should not be there.
type Removal struct {
	Ref plan.Ref
	// Dir holds the files of the pod.
	Dir string
	// Grace replaces the containers' own grace periods, in seconds, unless it is nil.
	Grace *int64
	// Network is the one that the pod joined, as far as it is known: an interrupted removal may
	// have left the network with no container to tell of it.
	Network string
}

// Decide says what to do so that what is becomes what should be. It is pure; infra is the image that
// the runtime's sandboxes need, if any. The error lists every name and port that something else on
// the host has already: then nothing can be done, and there are no steps.
func Decide(d Desired, o Observed, infra InfraImage) (Steps, error) {
	if err := conflicts(d, o); err != nil {
		return nil, err
	}
	b := newBuilder(d, o, infra)
	var work []podWork
	for i := range d.Plan.Pods {
		p := &d.Plan.Pods[i]
		work = append(work, assess(p, b.have[p.Ref], o.Contents))
	}
	work = ordered(work)
	if err := b.takePorts(work); err != nil {
		return nil, err
	}
	for _, w := range work {
		b.prepare(w)
	}
	b.prepared(work)
	for _, r := range d.Remove {
		b.removal(r)
	}
	b.removeData()
	for _, w := range work {
		if slices.ContainsFunc(work, func(o podWork) bool { return slices.Contains(o.ports.after, podID(w.pod.Ref, "remove")) }) {
			b.old(w)
		}
	}
	for _, w := range work {
		b.pod(w)
	}
	b.networksLeft(work)
	b.filesLeft()
	return b.steps, nil
}

// podWork is what one pod lacks.
type podWork struct {
	pod  *plan.Pod
	have []Container
	// replace is why the whole pod has to go, empty when it stays. fresh says that there is nothing to remove.
	replace string
	fresh   bool
	// units are the containers to be run, in order, with the cause of each.
	units []unitWork
	// extra are containers of the pod that the plan does not know.
	extra []Container
	// ports are those to come by when the sandbox is made.
	ports portWork
	// files are the Files volumes whose content is not what it should be, with the cause.
	files map[string]string
}

type unitWork struct {
	unit  plan.Unit
	cause string
	// old is what stands in the way; nil when nothing does.
	old *Container
	// await says that the container, an init container, runs already.
	await bool
}

// creates says whether the sandbox is to be made.
func (w *podWork) creates() bool { return w.replace != "" }

// touches says whether anything that may run is changed.
func (w *podWork) touches() bool {
	if w.creates() {
		return !w.fresh
	}
	return len(w.extra) > 0 || len(w.files) > 0 ||
		slices.ContainsFunc(w.units, func(u unitWork) bool { return u.old != nil && !u.await })
}

// assess compares one pod with what is there: its containers, and the contents of Files volumes.
func assess(p *plan.Pod, have []Container, contents map[string]string) podWork {
	w := podWork{pod: p, have: have, files: staleFiles(p, contents)}
	byUnit := map[string]*Container{}
	var infra *Container
	for i, c := range have {
		switch {
		case c.Role == RoleInfra:
			infra = &w.have[i]
		case slices.ContainsFunc(p.Units, func(u plan.Unit) bool { return u.Name == c.Unit }):
			byUnit[c.Unit] = &w.have[i]
		default:
			w.extra = append(w.extra, c)
		}
	}
	if w.replace = replaceCause(p, infra, byUnit); w.replace != "" {
		w.fresh, w.extra = len(w.have) == 0, nil
		for _, u := range p.Units {
			w.units = append(w.units, unitWork{unit: u, cause: w.replace})
		}
	} else {
		w.units = assessUnits(p, byUnit)
	}
	return w
}

// staleFiles are the Files volumes whose content is not what it should be, with the cause.
func staleFiles(p *plan.Pod, contents map[string]string) map[string]string {
	stale := map[string]string{}
	for _, v := range p.Volumes {
		if v.Kind != plan.Files {
			continue
		}
		switch hash, ok := contents[v.Path]; {
		case !ok:
			stale[v.Name] = "not found"
		case hash != v.ContentHash():
			stale[v.Name] = "content changed"
		}
	}
	return stale
}

// replaceCause says why the pod as a whole cannot stay; empty when it can.
func replaceCause(p *plan.Pod, infra *Container, byUnit map[string]*Container) string {
	switch {
	case infra == nil && len(byUnit) == 0:
		return "not found"
	case infra == nil:
		return "sandbox not found"
	case infra.Hash != p.Sandbox.Hash():
		return "sandbox changed"
	}
	for _, u := range p.Units {
		// Kubernetes restarts the pod when an init container changes: what it prepared is out of date.
		if c := byUnit[u.Name]; u.Role == plan.Init && c != nil && c.Hash != p.UnitHash(u) {
			return "init container " + u.Name + " changed"
		} else if u.Role == plan.Init && c != nil && thawed(p, u, c) != "" {
			return "init container " + u.Name + ": " + thawed(p, u, c)
		}
	}
	// The container of one that changed may be gone: pruned, or removed by a replacement that was interrupted.
	if infra.Inits != initsHash(p) {
		return "init containers changed"
	}
	// One that restarts has lost the namespaces that the containers share.
	if (!infra.Up() || infra.State == Restarting) && !finished(p, byUnit) {
		return "sandbox not running"
	}
	return ""
}

// finished says whether the pod ran to its end: nothing of it will be started again.
func finished(p *plan.Pod, byUnit map[string]*Container) bool {
	for _, u := range p.Units {
		c := byUnit[u.Name]
		if u.Role == plan.Main && (c == nil || c.Hash != p.UnitHash(u) || thawed(p, u, c) != "" || !ended(p, u, c)) {
			return false
		}
	}
	return true
}

// ended says whether a container ended and is not to be started again.
func ended(p *plan.Pod, u plan.Unit, c *Container) bool {
	return c.State == Exited && !p.Restarts(u, c.ExitCode)
}

// assessUnits says which containers of a pod that stays have to be run.
func assessUnits(p *plan.Pod, byUnit map[string]*Container) []unitWork {
	var work []unitWork
	// As in the kubelet, an init container is over once any main container, or a later init container or
	// sidecar, was started: it does not matter that an exited one was pruned since.
	over := -1
	for i, u := range p.Units {
		if c := byUnit[u.Name]; c != nil && c.Started() {
			over = i
		}
	}
	done := finished(p, byUnit)
	for i, u := range p.Units {
		c := byUnit[u.Name]
		if u.Role == plan.Init && i < over && (c == nil || p.Units[over].Role == plan.Main) {
			continue
		}
		if u.Role == plan.Sidecar && done {
			continue // it has nothing left to stand beside
		}
		if w, needed := assessUnit(p, u, c); needed {
			work = append(work, w)
		}
	}
	return work
}

func assessUnit(p *plan.Pod, u plan.Unit, c *Container) (unitWork, bool) {
	w := unitWork{unit: u, old: c}
	changed := c != nil && c.Hash != p.UnitHash(u)
	switch {
	case c == nil:
		w.cause = "not found"
	case changed && c.Image != u.Image:
		w.cause = "image changed"
	case changed:
		w.cause = "configuration changed"
	case c.State == Broken:
		w.cause = "broken"
	case thawed(p, u, c) != "":
		w.cause = thawed(p, u, c)
	case !c.Started():
		w.cause = "never started"
	case u.Role == plan.Init && c.Up():
		w.cause, w.await = "already running", true
	case u.Role == plan.Init && c.ExitCode != 0, u.Role != plan.Init && c.State == Exited && !ended(p, u, c):
		w.cause = fmt.Sprintf("exited with %d", c.ExitCode)
	default:
		return w, false
	}
	return w, true
}

// conflicts finds names that the plan needs and that something else has.
func conflicts(d Desired, o Observed) error {
	var errs []error
	taken := make(map[string]plan.Ref, len(o.Containers))
	pods := map[string]map[plan.Ref]bool{} // whose containers are in podman's pods; somebody may have put one of his into ours
	for _, c := range o.Containers {
		taken[c.Name] = c.Ref
		if c.PodName != "" {
			if pods[c.PodName] == nil {
				pods[c.PodName] = map[plan.Ref]bool{}
			}
			pods[c.PodName][c.Ref] = true
		}
	}
	for _, p := range d.Plan.Pods {
		if in, ok := pods[p.ID]; ok && !in[p.Ref] {
			errs = append(errs, &ConflictError{Ref: p.Ref, Name: p.ID, What: "pod"})
		}
		names := []string{p.Sandbox.ID}
		for _, u := range p.Units {
			names = append(names, u.ID)
		}
		for _, n := range names {
			if owner, ok := taken[n]; ok && owner != p.Ref {
				errs = append(errs, &ConflictError{Ref: p.Ref, Name: n, What: "container"})
			}
		}
	}
	return errors.Join(append(errs, noResolvers(d, o)...)...)
}

// ConflictError is a runtime name that a pod needs and that something else on the host has.
type ConflictError struct {
	Ref  plan.Ref
	Name string
	// What has the name: "container" or "pod".
	What string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("pod %q: the name %q is taken by a %s that kubehost did not make for this pod\n  hint: remove or rename that %s, or give the pod another name",
		e.Ref.Name, e.Name, e.What, e.What)
}
