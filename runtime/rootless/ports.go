package rootless

import (
	"fmt"

	"github.com/kubehost/kubehost/translate/plan"
)

// network says of pods that they would not get the host's network, but another in which nobody reaches them.
func (h Host) network(want plan.Plan) []Problem {
	return each(want, func(p *plan.Pod) []Problem {
		if !h.NoHostNetwork || !p.Sandbox.HostNetwork {
			return nil
		}
		return []Problem{{Text: "hostNetwork: the docker engine of a user has a network of its own instead of the host's, in which nobody reaches the pod",
			Hint: "give the ports a hostPort instead of hostNetwork, or use podman (--runtime podman) or docker from version 29.5 on"}}
	})
}

// ports are those that only root may publish. The hint opens the lowest of all pods: commands for each would undo one another.
func (h Host) ports(want plan.Plan) []Problem {
	lowest := h.FirstPort
	all := each(want, func(p *plan.Pod) (low []Problem) {
		for _, port := range p.Sandbox.Ports {
			if port.HostPort < h.FirstPort {
				lowest = min(lowest, port.HostPort)
				low = append(low, Problem{Text: fmt.Sprintf("only root may publish %s: ports of users begin at %d", port.Host(), h.FirstPort)})
			}
		}
		return low
	})
	return hinted(all, fmt.Sprintf("use a hostPort of %d or more, or as root: %s", h.FirstPort, allowPorts(lowest)))
}

// allowPorts is the command that opens ports from first on to users, now and after the next boot.
func allowPorts(first int32) string {
	return fmt.Sprintf("echo net.ipv4.ip_unprivileged_port_start=%d | tee /etc/sysctl.d/50-kubehost.conf | sysctl -p -", first)
}
