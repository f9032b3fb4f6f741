package report

import "github.com/kubehost/kubehost/runtime"

// HandedOver shows what the supervisors will stop, and why. What has ended by itself, as a container that crashes again and
// again, is not stopped.
func (r *Work) HandedOver(steps runtime.Steps) {
	for _, s := range steps {
		if !r.Failed[s.Pod] && stops(s.Op) {
			r.begun(s)
		}
	}
}

// stops says whether anything that runs is ended.
func stops(op runtime.Op) bool {
	switch op := op.(type) {
	case runtime.RemoveContainers:
		return len(op.Stop.Running) > 0
	case runtime.RemovePod:
		return len(op.Stop.Running) > 0
	}
	return false
}

// Published says which ports the supervisors' new sandboxes have opened.
func (r *Work) Published(steps runtime.Steps) {
	for _, s := range steps {
		if _, ok := s.Op.(runtime.CreateSandbox); ok && !r.Failed[s.Pod] {
			r.done(s)
		}
	}
}
