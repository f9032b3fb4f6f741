package supervise

import (
	"github.com/kubehost/kubehost/translate/plan"
)

// unmetNeeds names what the pod is to be started after and that is not ready: pods, or single containers. A pod
// that has its sandbox waits for nobody any more, and one without a supervisor tells nothing to wait for.
func (p *process) unmetNeeds() []string {
	if _, there := p.seen[p.pod.Sandbox.ID]; there {
		return nil
	}
	var unmet []string
	for _, need := range p.pod.Needs {
		stored, err := p.Store.Pod(need.Pod)
		if err == nil && !stored.Plan.Supervised {
			continue
		}
		station := Station{Dir: p.Station.Dir, Ref: need.Pod}
		m, _ := station.Memory()
		kept, _ := station.Kept(m)
		if err != nil || !kept || m.Plan != stored.Plan.Hash() || !m.meets(need, &stored.Plan) {
			unmet = append(unmet, need.String())
		}
	}
	return unmet
}

// watchNeeds makes the kernel tell when what the pod waits for changes, as long as it waits. Where it cannot, the files are looked at
// again and again.
func (p *process) watchNeeds() {
	switch waits := len(p.unmet) > 0; {
	case waits && p.needs == nil:
		p.needs, _ = WatchPods(p.Store, p.Station.Dir)
	case !waits && p.needs != nil:
		p.needs.Close()
		p.needs = nil
	}
}

// needsChanged tells of changes of what the pod waits for; it blocks where nobody watches.
func (p *process) needsChanged() <-chan []plan.Ref {
	if p.needs == nil {
		return nil
	}
	return p.needs.Changes
}

// meets says whether what is needed is ready, or has done its work.
func (m Memory) meets(need plan.Need, p *plan.Pod) bool {
	if need.Container == "" {
		return m.Ready(p) || m.Over && m.Phase == Succeeded
	}
	u := m.Units[need.Container]
	return u != nil && (u.Ready || u.State == Terminated && u.ExitCode == 0)
}
