package supervise

import (
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// unmetNeeds names what the pod is to be started after and that is not ready: pods, or single containers. A pod
// that has its sandbox waits for nobody any more, and one without a supervisor tells nothing to wait for.
func (p *process) unmetNeeds() []string {
	if _, there := p.seen[p.pod.Sandbox.ID]; there {
		return nil
	}
	unmet := p.portsHeld()
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

// portsHeld names the ports that pods still have which are to give them to this one. A runtime that is asked for a port before the
// sandbox that had it is gone in every respect fails, or mixes up the rules of both: podman removes some of the new one's with the old
// one's. A pod without a supervisor is not waited for long.
func (p *process) portsHeld() []string {
	var held []string
	for _, h := range p.wanted.After {
		station := Station{Dir: p.Station.Dir, Ref: h.Pod}
		m, _ := station.Memory()
		if !isOf(m.Sandbox, h.Sandbox) {
			continue
		}
		if pid, _ := station.Alive(); pid != 0 || time.Since(p.wanted.Asked) < portsPatience {
			held = append(held, "the ports of "+h.Pod.String())
		}
	}
	return held
}

// portsPatience is how long a pod waits for the ports of another of which no supervisor lives: it may be about to begin.
const portsPatience = time.Minute

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
