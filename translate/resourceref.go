package translate

import (
	"slices"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// resourceFieldRef is the value of a limit or request of a container, the one that the reference names or else own,
// in units of the divisor and rounded up. A limit that nobody set is what the host has, a request then 0.
//
// https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#downwardapi-resourceFieldRef
func (p *podTranslator) resourceFieldRef(at *field.Path, ref *v1.ResourceFieldSelector, own *v1.Container) (string, bool) {
	c := own
	if ref.ContainerName != "" {
		c = p.container(ref.ContainerName)
	}
	if c == nil {
		p.fail(at.Child("containerName"), "", "there is no container %q in the pod", ref.ContainerName)
		return "", false
	}
	kind, name, _ := strings.Cut(ref.Resource, ".")
	var amount resource.Quantity
	switch kind {
	case "limits":
		amount = p.limit(c, v1.ResourceName(name))
	case "requests":
		amount = c.Resources.Requests[v1.ResourceName(name)]
	default:
		p.fail(at.Child("resource"), "", "%q is not a resource that can be read here", ref.Resource)
		return "", false
	}
	return inUnits(amount, ref.Divisor, name == string(v1.ResourceCPU)), true
}

func (p *podTranslator) container(name string) *v1.Container {
	at := slices.IndexFunc(p.members, func(m member) bool { return m.Name == name })
	if at < 0 {
		return nil
	}
	return p.members[at].Container
}

// limit is the container's own limit, else the pod's, else what the host has. Zero is no limit.
func (p *podTranslator) limit(c *v1.Container, name v1.ResourceName) resource.Quantity {
	if q := c.Resources.Limits[name]; !q.IsZero() {
		return q
	}
	if r := p.Spec.Resources; r != nil {
		if q := r.Limits[name]; !q.IsZero() {
			return q
		}
	}
	switch name {
	case v1.ResourceCPU:
		return *resource.NewQuantity(int64(p.host.CPUs), resource.DecimalSI)
	case v1.ResourceMemory:
		return *resource.NewQuantity(p.host.Memory, resource.BinarySI)
	case v1.ResourceEphemeralStorage:
		return *resource.NewQuantity(p.host.Storage, resource.BinarySI)
	}
	return resource.Quantity{}
}

// inUnits divides and rounds up. The divisor of a CPU may be a thousandth; none is 1.
func inUnits(amount, divisor resource.Quantity, cpu bool) string {
	value := func(q resource.Quantity) int64 { return q.Value() }
	if cpu {
		value = func(q resource.Quantity) int64 { return q.MilliValue() }
	}
	if divisor.IsZero() {
		divisor = resource.MustParse("1")
	}
	a, d := value(amount), value(divisor)
	if a <= 0 || d <= 0 {
		return "0"
	}
	return strconv.FormatInt((a-1)/d+1, 10)
}
