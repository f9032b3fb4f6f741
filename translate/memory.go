package translate

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// memorySize is the size of a tmpfs: the pod's memory limit, or else all memory of the host; a smaller limit of the
// volume counts. See calculateEmptyDirMemorySize in the kubelet's pkg/volume/emptydir.
func (p *podTranslator) memorySize(limit *resource.Quantity) int64 {
	size := p.host.Memory
	if pod := memoryLimit(&p.Spec); pod > 0 && (size == 0 || pod < size) {
		size = pod
	}
	if limit != nil && limit.Sign() > 0 && (size == 0 || limit.Value() < size) {
		size = limit.Value()
	}
	return size
}

// memoryLimit is how much memory the pod as a whole may use; 0 is no limit: one container without a limit is enough for
// that, unless the pod has its own.
func memoryLimit(s *v1.PodSpec) int64 {
	if r := s.Resources; r != nil {
		if q, ok := r.Limits[v1.ResourceMemory]; ok {
			return q.Value()
		}
	}
	var sidecars, inits, sum int64
	for i := range s.InitContainers {
		c := &s.InitContainers[i]
		limit := c.Resources.Limits.Memory().Value()
		if limit == 0 {
			return 0
		}
		if c.RestartPolicy != nil && *c.RestartPolicy == v1.ContainerRestartPolicyAlways {
			sidecars += limit // it runs on beside all that come after it
			inits = max(inits, sidecars)
		} else {
			inits = max(inits, sidecars+limit)
		}
	}
	for i := range s.Containers {
		limit := s.Containers[i].Resources.Limits.Memory().Value()
		if limit == 0 {
			return 0
		}
		sum += limit
	}
	return max(inits, sidecars+sum)
}
