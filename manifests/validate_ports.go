package manifests

import (
	"net/netip"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) ports(at *field.Path, ports []v1.ContainerPort, hostNetwork bool) {
	seen := map[string]bool{}
	for i := range ports {
		p, here := &ports[i], at.Index(i)
		if p.Name != "" {
			c.portName(here.Child("name"), p.Name, seen)
		}
		if p.ContainerPort == 0 {
			c.required(here.Child("containerPort"), "write the port that the container listens on")
		} else {
			c.port(here.Child("containerPort"), p.ContainerPort)
		}
		if p.HostPort != 0 {
			c.port(here.Child("hostPort"), p.HostPort)
		}
		if hostNetwork && p.HostPort != p.ContainerPort {
			c.invalid(here.Child("hostPort"), "remove it, or write the same number",
				"%d is not the containerPort %d, and with hostNetwork the two are the same port", p.HostPort, p.ContainerPort)
		}
		oneOf(c, here.Child("protocol"), p.Protocol, v1.ProtocolTCP, v1.ProtocolUDP, v1.ProtocolSCTP)
		if p.HostIP != "" {
			c.ip(here.Child("hostIP"), p.HostIP)
		}
	}
}

func (c *checker) port(at *field.Path, port int32) {
	if len(validation.IsValidPortNum(int(port))) > 0 {
		c.invalid(at, "", "%d is not a port, 1-65535", port)
	}
}

func (c *checker) portName(at *field.Path, name string, seen map[string]bool) {
	switch {
	case len(validation.IsValidPortName(name)) > 0:
		c.invalid(at, "write a short name such as http", "%s is not the name of a port: lower-case letters, digits and single -, at most 15, at least one letter, not - at an end", quote(name))
	case seen[name]:
		c.invalid(at, "give one of them another name", "%q is the name of another port of this container", name)
	}
	seen[name] = true
}

// hostPorts are the host's ports that a pod asks for, by number and protocol.
type hostPorts map[portKey][]takenPort

type portKey struct {
	port     int32
	protocol v1.Protocol
}

type takenPort struct {
	address string
	at      *field.Path
}

// hostPorts checks that no two containers which run together publish the same port. Kubernetes compares
// addresses by their text only; here 0.0.0.0 and no address at all, which is loopback, count as what they bind.
func (c *checker) hostPorts(at *field.Path, ctr *v1.Container, taken hostPorts) {
	for i := range ctr.Ports {
		p := &ctr.Ports[i]
		if p.HostPort == 0 {
			continue
		}
		here := at.Child("ports").Index(i).Child("hostPort")
		key := portKey{p.HostPort, p.Protocol}
		for _, other := range taken[key] {
			if overlap(p.HostIP, other.address) {
				c.invalid(here, "publish another port of the host", "%d/%s is published by %s already", p.HostPort, strings.ToLower(string(p.Protocol)), other.at)
				break
			}
		}
		taken[key] = append(taken[key], takenPort{p.HostIP, here})
	}
}

// overlap says whether a port cannot be bound at both addresses.
func overlap(a, b string) bool {
	first, second := bindAddress(a), bindAddress(b)
	return first == second || first.IsUnspecified() || second.IsUnspecified()
}

func bindAddress(hostIP string) netip.Addr {
	if hostIP == "" {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	address, _ := netip.ParseAddr(hostIP)
	return address.Unmap()
}
