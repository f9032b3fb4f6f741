package runtime

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// PortTakenError is a port of the host that a pod asks for and that a container has.
type PortTakenError struct {
	Ref  plan.Ref
	Port plan.Port
	// Pod has the port, if it is one of ours; else the container does.
	Pod       plan.Ref
	Container string
}

func (e *PortTakenError) Error() string {
	by, remedy := fmt.Sprintf("the container %q, which kubehost did not make", e.Container), "stop that container"
	if e.Pod.Name != "" {
		by, remedy = "pod "+e.Pod.String(), "delete that pod"
	}
	return fmt.Sprintf("pod %q: port %s of the host is taken by %s\n  hint: give the pod another hostPort, or %s", e.Ref.Name, e.Port.Host(), by, remedy)
}

// portTaken is what a runtime says of a port that somebody took after it was found free.
var portTaken = regexp.MustCompile(`(?i)address already in use|port is already allocated`)

const freePort = "give the pod another hostPort or hostIP, or end what has the port"

// portWork is how a pod whose sandbox is made comes to its ports.
type portWork struct {
	// free are to be tried; the others are held by a pod that goes.
	free []plan.Port
	// after are the steps that remove such pods.
	after []string
}

// takePorts finds out who has the ports that pods need. A port that the pod has itself is free once its old
// sandbox is gone, and so is that of another pod which is replaced or removed.
func (b *builder) takePorts(work []podWork) error {
	goes := map[plan.Ref]bool{}
	for _, w := range work {
		goes[w.pod.Ref] = w.creates()
	}
	for _, r := range b.desired.Remove {
		goes[r.Ref] = true
	}
	var errs []error
	for i := range work {
		w := &work[i]
		if !w.creates() {
			continue
		}
		for _, port := range w.pod.Sandbox.Ports {
			switch c := b.holder(port); {
			case c == nil:
				w.ports.free = append(w.ports.free, port)
			case !goes[c.Ref]:
				errs = append(errs, &PortTakenError{Ref: w.pod.Ref, Port: port, Pod: c.Ref, Container: c.Name})
			case c.Ref != w.pod.Ref:
				w.ports.after = append(w.ports.after, podID(c.Ref, "remove"))
			}
		}
	}
	return errors.Join(errs...)
}

// holder is the container that has a port of the host, or one that it cannot be had beside.
func (b *builder) holder(port plan.Port) *Container {
	for i := range b.observed.Containers {
		c := &b.observed.Containers[i]
		if c.Up() && slices.ContainsFunc(c.Ports, func(p plan.Port) bool { return clash(p, port) }) {
			return c
		}
	}
	return nil
}

// PortHolders are the infra containers of other pods that have ports which this one needs.
func (o Observed) PortHolders(p *plan.Pod) []Container {
	wants := func(has plan.Port) bool {
		return slices.ContainsFunc(p.Sandbox.Ports, func(port plan.Port) bool { return clash(has, port) })
	}
	var holders []Container
	for i := range o.Containers {
		c := &o.Containers[i]
		if c.Role == RoleInfra && c.Ref != p.Ref && (c.Up() || c.State == Broken) && slices.ContainsFunc(c.Ports, wants) {
			holders = append(holders, *c)
		}
	}
	return holders
}

// clash says that not both ports can be bound. IPv4 and IPv6 stand beside each other, as both runtimes bind them.
func clash(a, b plan.Port) bool {
	if a.HostPort != b.HostPort || a.Protocol != b.Protocol {
		return false
	}
	x, y := address(a), address(b)
	return x == y || x.Is4() == y.Is4() && (x.IsUnspecified() || y.IsUnspecified())
}

// address is where a port is bound. No address is that of all, for IPv4.
func address(p plan.Port) netip.Addr {
	a, err := netip.ParseAddr(p.HostIP)
	if err != nil {
		return netip.IPv4Unspecified()
	}
	return a.Unmap()
}
