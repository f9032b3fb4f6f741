package manifests

import (
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The resources that the downward API gives, and the units in which it counts them.
var (
	countedResources = []string{
		"limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
	}
	cpuUnits  = []string{"1m", "1"}
	byteUnits = []string{"1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"}
)

func (c *checker) resourceFieldRef(at *field.Path, r *v1.ResourceFieldSelector) {
	here := at.Child("resource")
	kind, name, _ := strings.Cut(r.Resource, ".")
	huge := (kind == "limits" || kind == "requests") && strings.HasPrefix(name, v1.ResourceHugePagesPrefix)
	switch {
	case r.Resource == "":
		c.required(here, "such as limits.memory")
	case !slices.Contains(countedResources, r.Resource) && !huge:
		hint := "use one of " + list2(countedResources)
		if near := closest(r.Resource, countedResources); near != "" {
			hint = "did you mean " + near + "?"
		}
		c.invalid(here, hint, "%q is not a resource that can be read here", r.Resource)
	}
	units := byteUnits
	if name == string(v1.ResourceCPU) {
		units = cpuUnits
	}
	if !r.Divisor.IsZero() && !slices.Contains(units, r.Divisor.String()) {
		c.invalid(at.Child("divisor"), "use one of "+list2(units), "%s is not a unit of %s", &r.Divisor, r.Resource)
	}
}
