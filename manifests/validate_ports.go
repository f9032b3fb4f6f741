package manifests

import (
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

// hostPorts are the host's ports that a pod asks for.
type hostPorts map[hostPort]*field.Path

type hostPort struct {
	port     int32
	protocol v1.Protocol
	address  string
}

// hostPorts checks that no two containers which run together publish the same port. As in Kubernetes, addresses
// are compared as they are written; what they overlap with on the host is seen when the plan is made.
func (c *checker) hostPorts(at *field.Path, ctr *v1.Container, taken hostPorts) {
	for i := range ctr.Ports {
		p := &ctr.Ports[i]
		if p.HostPort == 0 {
			continue
		}
		here := at.Child("ports").Index(i).Child("hostPort")
		want := hostPort{p.HostPort, p.Protocol, p.HostIP}
		if other, ok := taken[want]; ok {
			c.invalid(here, "publish another port of the host", "%d/%s is published by %s already", p.HostPort, strings.ToLower(string(p.Protocol)), other)
			continue
		}
		taken[want] = here
	}
}
