package manifests

import (
	"maps"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) resources(at *field.Path, r *v1.ResourceRequirements) {
	if len(r.Limits) == 0 && len(r.Requests) == 0 {
		return
	}
	c.amounts(at.Child("limits"), r.Limits)
	c.amounts(at.Child("requests"), r.Requests)
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
	return slices.Contains([]byte(text), '/') && len(validation.IsQualifiedName(text)) == 0
}
