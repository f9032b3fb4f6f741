package translate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// loopback is where a hostPort without a hostIP is published: a port meant for a
// reverse proxy or for the developer must not be open to the network by accident.
const loopback = "127.0.0.1"

// ports are the published ports of the pod: those with a hostPort of the containers that stay.
func (p *podTranslator) ports() []plan.Port {
	var ports []plan.Port
	for _, m := range p.members {
		for i := range m.Ports {
			port := &m.Ports[i]
			if port.HostPort == 0 {
				continue
			}
			if !m.stays() {
				p.warn(m.at.Child("ports").Index(i).Child("hostPort"), "move the port to a main container",
					"ports of init containers are not published")
				continue
			}
			if pub := published(port); !slices.Contains(ports, pub) {
				ports = append(ports, pub)
			}
		}
	}
	return ports
}

func published(port *v1.ContainerPort) plan.Port {
	return plan.Port{
		HostIP:        hostIP(port.HostIP, loopback),
		HostPort:      port.HostPort,
		ContainerPort: port.ContainerPort,
		Protocol:      plan.Protocol(strings.ToLower(string(port.Protocol))),
	}
}

// hostIP spells an address in one way, so that equal addresses are equal text.
func hostIP(ip, unset string) string {
	if ip == "" {
		return unset
	}
	if addr, err := netip.ParseAddr(ip); err == nil {
		return addr.Unmap().String()
	}
	return ip
}

// hostPort is a port of the host that a pod takes.
type hostPort struct {
	plan.Port
	pod plan.Ref
	by  owner
}

func (h hostPort) String() string {
	return fmt.Sprintf("%s/%s", netip.AddrPortFrom(h.addr(), uint16(h.HostPort)), h.Protocol)
}

func (h hostPort) addr() netip.Addr {
	addr, _ := netip.ParseAddr(h.HostIP)
	return addr
}

// clashes says that not both can be bound. An unspecified address takes its port on all addresses of the
// host. Only within one pod are the IPv4 and the IPv6 one held apart: that
// is how a pod asks for both.
func (h hostPort) clashes(o hostPort) bool {
	if h.HostPort != o.HostPort || h.Protocol != o.Protocol {
		return false
	}
	a, b := h.addr(), o.addr()
	if h.pod == o.pod && (h.Port == o.Port || a.Is4() != b.Is4()) {
		return false
	}
	return a == b || a.IsUnspecified() || b.IsUnspecified()
}

// takePorts reserves the host's ports. With hostNetwork each containerPort is one, as
// for the scheduler of a cluster, and on all addresses unless it names one.
func (p *podTranslator) takePorts() {
	for _, m := range p.members {
		for i := range m.Ports {
			port, at := published(&m.Ports[i]), m.at.Child("ports").Index(i)
			if p.Spec.HostNetwork {
				port.HostIP, port.HostPort = hostIP(m.Ports[i].HostIP, "0.0.0.0"), port.ContainerPort
			}
			if port.HostPort != 0 && m.stays() {
				p.takePort(at, m, port)
			}
		}
	}
}

func (p *podTranslator) takePort(at *field.Path, m member, port plan.Port) {
	h := hostPort{port, p.ref, owner{"container " + m.Name + " of pod " + p.ref.String(), p.origin}}
	if !h.addr().IsValid() {
		p.fail(at.Child("hostIP"), "", "%q is not an IP address", port.HostIP)
		return
	}
	for _, other := range p.taken.ports[port.HostPort] {
		if h.clashes(other) {
			p.fail(at.Child("hostPort"), "give one of the two another hostPort", "%s clashes with %s, which is for %s", h, other, other.by)
			return
		}
	}
	p.taken.ports[port.HostPort] = append(p.taken.ports[port.HostPort], h)
}
