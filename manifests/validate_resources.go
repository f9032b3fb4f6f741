package manifests

import (
	"maps"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) resources(at *field.Path, r *v1.ResourceRequirements) {
	if len(r.Limits) == 0 && len(r.Requests) == 0 {
		return
	}
	c.amounts(at.Child("limits"), r.Limits)
	c.amounts(at.Child("requests"), own(r))
	for _, name := range sortedNames(r.Requests) {
		request := r.Requests[name]
		limit, limited := r.Limits[name]
		here := at.Child("requests").Key(string(name))
		switch {
		case limited && request.Cmp(limit) > 0:
			c.invalid(here, "lower the request or raise the limit", "%s is more than the limit of %s", &request, &limit)
		case !overcommits(name) && (!limited || request.Cmp(limit) != 0):
			c.invalid(here, "write the same limit", "must equal the limit, as every resource but cpu, memory and ephemeral-storage")
		}
	}
}

// podResources checks the pod's own resources against those of its containers. What a pod as a whole can have are
// processors, memory and huge pages.
func (c *checker) podResources(spec *field.Path, s *v1.PodSpec) {
	at := spec.Child("resources")
	for _, list := range []struct {
		at    *field.Path
		names v1.ResourceList
	}{{at.Child("limits"), s.Resources.Limits}, {at.Child("requests"), own(s.Resources)}} {
		for _, name := range sortedNames(list.names) {
			if name == v1.ResourceEphemeralStorage || countable(name) {
				c.invalid(list.at.Key(string(name)), "give it to a container", "%q is not a resource of a pod", name)
			}
		}
	}
	for _, name := range []v1.ResourceName{v1.ResourceCPU, v1.ResourceMemory} {
		var sum resource.Quantity
		for i := range s.Containers {
			own := &s.Containers[i].Resources
			sum.Add(own.Requests[name])
			limit, limited := s.Resources.Limits[name]
			if mine, ok := own.Limits[name]; ok && limited && mine.Cmp(limit) > 0 {
				c.invalid(spec.Child("containers").Index(i).Child("resources", "limits").Key(string(name)),
					"lower it, or raise the pod's", "%s is more than the pod's limit of %s", &mine, &limit)
			}
		}
		if request, ok := s.Resources.Requests[name]; ok && sum.Cmp(request) > 0 {
			c.invalid(at.Child("requests").Key(string(name)), "raise it, or lower theirs",
				"%s is less than the %s that the containers request together", &request, &sum)
		}
	}
}

// own are the requests that are not just the limit again, as they are by default: of that the limit tells already.
func own(r *v1.ResourceRequirements) v1.ResourceList {
	list := maps.Clone(r.Requests)
	maps.DeleteFunc(list, func(name v1.ResourceName, request resource.Quantity) bool {
		limit, ok := r.Limits[name]
		return ok && request.Cmp(limit) == 0
	})
	return list
}

func (c *checker) amounts(at *field.Path, list v1.ResourceList) {
	for _, name := range sortedNames(list) {
		amount := list[name]
		here := at.Key(string(name))
		if !standard(name) {
			hint := ""
			if near := closest(string(name), []string{"cpu", "memory", "ephemeral-storage"}); near != "" {
				hint = "did you mean " + near + "?"
			}
			c.invalid(here, hint, "%q is not a resource of a container", name)
		}
		if amount.Sign() < 0 {
			c.invalid(here, "", "%s is less than 0", &amount)
		}
		if countable(name) && amount.MilliValue()%1000 != 0 {
			c.invalid(here, "", "%s is not a number of devices", &amount)
		}
	}
}

func sortedNames(list v1.ResourceList) []v1.ResourceName {
	return slices.Sorted(maps.Keys(list))
}

func overcommits(name v1.ResourceName) bool {
	return name == v1.ResourceCPU || name == v1.ResourceMemory || name == v1.ResourceEphemeralStorage
}

// standard says whether Kubernetes lets a container ask for the resource: its own few, huge pages, and those
// that a device plugin names with its domain.
func standard(name v1.ResourceName) bool {
	if overcommits(name) {
		return true
	}
	text := string(name)
	if len(text) > len(v1.ResourceHugePagesPrefix) && text[:len(v1.ResourceHugePagesPrefix)] == v1.ResourceHugePagesPrefix {
		return true
	}
	return countable(name)
}

// countable says whether the resource is a device. "vendor.com/class=name" is one of the Container Device Interface, which
// "podman kube play" takes here; no API server does.
func countable(name v1.ResourceName) bool {
	kind, device, full := strings.Cut(string(name), "=")
	return strings.Contains(kind, "/") && len(validation.IsQualifiedName(kind)) == 0 && (!full || device != "")
}
