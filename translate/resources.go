package translate

import (
	"maps"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

const (
	// minQuota is the kernel's least quota, in microseconds.
	minQuota = 1000
	// maxShares is the kernel's largest weight.
	maxShares = 262144
	// minMemory is the least limit that docker takes; podman starts nothing in less either.
	minMemory = 6 << 20
)

// resources are the bounds of a container, by the kubelet's arithmetic. There is no cgroup of the
// pod, so a limit of the pod bounds each container that has none of its own.
func (p *podTranslator) resources(m member) plan.Resources {
	requests, limits := m.Resources.Requests, p.limits(m)
	r := plan.Resources{
		CPUShares:     shares(*requests.Cpu(), *limits.Cpu()),
		CPUQuota:      quota(*limits.Cpu()),
		Memory:        limits.Memory().Value(),
		MemoryRequest: requests.Memory().Value(),
		OOMScore:      p.oomScore(m),
		Devices:       devices(limits),
	}
	if r.Memory > 0 && r.Memory < minMemory {
		p.fail(m.at.Child("resources", "limits").Key("memory"), "raise it to 6Mi or more",
			"%s is less than the 6Mi that a container needs to start", limits.Memory())
	}
	return r
}

// limits are the container's own, and the pod's where it has none.
func (p *podTranslator) limits(m member) v1.ResourceList {
	limits := m.Resources.Limits
	if p.Spec.Resources == nil || len(p.Spec.Resources.Limits) == 0 {
		return limits
	}
	limits = maps.Clone(limits)
	if limits == nil {
		limits = v1.ResourceList{}
	}
	for name, limit := range p.Spec.Resources.Limits {
		if own, ok := limits[name]; !ok || own.IsZero() {
			limits[name] = limit
		}
	}
	return limits
}

// shares is the weight for a request, or for the limit where nothing is requested.
func shares(request, limit resource.Quantity) int64 {
	if request.IsZero() {
		request = limit
	}
	return min(max(request.MilliValue()*1024/1000, plan.MinShares), maxShares)
}

func quota(limit resource.Quantity) int64 {
	if limit.IsZero() {
		return 0
	}
	return max(limit.MilliValue()*plan.CPUPeriod/1000, minQuota)
}

// devices are those that the container asks for. A name with "=" is a full one of the Container Device
// Interface, as "podman kube play" takes it.
func devices(limits v1.ResourceList) []plan.Device {
	var list []plan.Device
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		count := limits[name]
		switch {
		case count.IsZero():
		case name == plan.NvidiaGPU:
			list = append(list, plan.Device{Name: plan.NvidiaGPU, Count: count.Value()})
		case strings.Contains(string(name), "="):
			list = append(list, plan.Device{Name: string(name)})
		}
	}
	return list
}

// checkRoom refuses a pod that asks for more than the host has. A kubelet refuses it, too.
func (p *podTranslator) checkRoom() {
	at := field.NewPath("spec")
	if p.Spec.Resources != nil && len(p.Spec.Resources.Requests) > 0 {
		at = at.Child("resources", "requests")
	}
	const hint = "ask for less, or use a larger host"
	if cpu := p.request(v1.ResourceCPU); p.host.CPUs > 0 && cpu.MilliValue() > int64(p.host.CPUs)*1000 {
		p.fail(at, hint, "OutOfcpu: the pod requests %s processors, the host has %d", &cpu, p.host.CPUs)
	}
	if memory := p.request(v1.ResourceMemory); p.host.Memory > 0 && memory.Value() > p.host.Memory {
		p.fail(at, hint, "OutOfmemory: the pod requests %s of memory, the host has %s", &memory, inMi(p.host.Memory))
	}
}

func inMi(bytes int64) *resource.Quantity {
	return resource.NewQuantity(bytes>>20<<20, resource.BinarySI)
}

// request is what the pod asks for as a whole: the sum of what runs together, or what an init container and
// the sidecars before it need, if that is more.
func (p *podTranslator) request(name v1.ResourceName) resource.Quantity {
	if r := p.Spec.Resources; r != nil {
		if q, ok := r.Requests[name]; ok {
			return q
		}
	}
	var together, most resource.Quantity
	for _, m := range p.members {
		q := m.Resources.Requests[name]
		if m.stays() {
			together.Add(q)
			continue
		}
		q = q.DeepCopy()
		q.Add(together)
		if q.Cmp(most) > 0 {
			most = q
		}
	}
	if together.Cmp(most) > 0 {
		return together
	}
	return most
}
