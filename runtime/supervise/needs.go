package supervise

import (
	"github.com/kubehost/kubehost/translate/plan"
)

// unmet names what the pod is to be started after and that is not ready: pods, or single containers. A pod
// that has its sandbox waits for nobody any more, and one without a supervisor tells nothing to wait for.
func (p *process) unmet() []string {
	if _, there := p.seen[p.pod.Sandbox.ID]; there {
		return nil
	}
	var unmet []string
	for _, need := range p.pod.Needs {
		stored, err := p.Store.Pod(need.Pod)
		if err == nil && !stored.Plan.Supervised {
			continue
		}
		m, _ := Station{Dir: p.Station.Dir, Ref: need.Pod}.Memory()
		if err != nil || m.Plan != stored.Plan.Hash() || !m.meets(need, &stored.Plan) {
			unmet = append(unmet, need.String())
		}
	}
	return unmet
}

// meets says whether what is needed is ready, or has done its work.
func (m Memory) meets(need plan.Need, p *plan.Pod) bool {
	if need.Container == "" {
		return m.Ready(p) || m.Over && m.Phase == Succeeded
	}
	u := m.Units[need.Container]
	return u != nil && (u.Ready || u.State == Terminated && u.ExitCode == 0)
}
