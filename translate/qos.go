package translate

import (
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/translate/plan"
)

// QOSClass is a pod's class of quality of service.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/.
func QOSClass(spec *v1.PodSpec) v1.PodQOSClass {
	var all []v1.ResourceRequirements
	if r := spec.Resources; r != nil && len(r.Requests)+len(r.Limits) > 0 {
		all = append(all, *r)
	} else {
		for _, m := range members(spec) {
			all = append(all, m.Resources)
		}
	}
	asks, guaranteed := false, true
	for _, r := range all {
		for _, name := range []v1.ResourceName{v1.ResourceCPU, v1.ResourceMemory} {
			request, limit := r.Requests[name], r.Limits[name]
			asks = asks || !request.IsZero() || !limit.IsZero()
			guaranteed = guaranteed && !limit.IsZero() && request.Cmp(limit) == 0
		}
	}
	switch {
	case !asks:
		return v1.PodQOSBestEffort
	case guaranteed:
		return v1.PodQOSGuaranteed
	}
	return v1.PodQOSBurstable
}

// oomScore is the kubelet's oom_score_adj, but 0 in the place of -997. A negative score needs a capability that
// not every host gives its runtime, and would have the kernel end the host's own services before
// the pod; of all pods a guaranteed one still goes last.
func (p *podTranslator) oomScore(m member) int64 {
	switch QOSClass(&p.Spec) {
	case v1.PodQOSGuaranteed:
		return 0
	case v1.PodQOSBestEffort:
		return plan.MaxOOMScore
	}
	if p.host.Memory == 0 {
		return plan.MaxOOMScore - 1
	}
	request := p.memoryRequest(m)
	if m.role == plan.Sidecar {
		request = max(request, p.smallestMain()) // a sidecar does not go before the containers that it serves
	}
	score := plan.MaxOOMScore - plan.MaxOOMScore*request/p.host.Memory
	return min(max(score, 3), plan.MaxOOMScore-1)
}

// memoryRequest is the container's own, and its part of what the pod asks for beyond its containers.
func (p *podTranslator) memoryRequest(m member) int64 {
	own := m.Resources.Requests.Memory().Value()
	if p.Spec.Resources == nil {
		return own
	}
	rest, count := p.Spec.Resources.Requests.Memory().Value(), int64(0)
	for _, other := range p.members {
		if other.stays() {
			rest -= other.Resources.Requests.Memory().Value()
			count++
		}
	}
	if rest > 0 && count > 0 {
		own += rest / count
	}
	return own
}

func (p *podTranslator) smallestMain() int64 {
	smallest := int64(-1)
	for _, m := range p.members {
		if request := m.Resources.Requests.Memory().Value(); m.role == plan.Main && (smallest < 0 || request < smallest) {
			smallest = request
		}
	}
	return max(smallest, 0)
}
