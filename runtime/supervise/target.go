package supervise

import (
	"github.com/kubehost/kubehost/runtime/probe"
)

// target is how a container of the pod is asked, as things are now.
func (p *process) target(container string) probe.Target {
	return probe.Target{PodIP: p.ip(), Container: container, Dial: p.Dial, Exec: p.Exec}
}
