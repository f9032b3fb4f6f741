package supervise

import (
	"github.com/kubehost/kubehost/runtime/probe"
)

// target is how a container of the pod is asked, as things are now.
func (p *process) target(container string) probe.Target {
	t := probe.Target{PodIP: p.ip(), Container: container, Exec: p.Exec}
	if p.Dial != nil {
		t.Dial = probe.Route(t.PodIP, p.Dial)
	}
	return t
}
