package manifests

import (
	"maps"
	"path"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) mounts(at *field.Path, ctr *v1.Container, volumes volumeNames) {
	seen := map[string]bool{}
	for i := range ctr.VolumeMounts {
		m, here := &ctr.VolumeMounts[i], at.Index(i)
		switch {
		case m.Name == "":
			c.required(here.Child("name"), "name a volume of spec.volumes")
		case volumes[m.Name] == nil:
			c.missing(here.Child("name"), volumeHint(m.Name, volumes), "no volume of the pod is named %q", m.Name)
		}
		c.mountPath(here.Child("mountPath"), m.MountPath, seen)
		c.subPath(here, m)
		if p := m.MountPropagation; p != nil {
			oneOf(c, here.Child("mountPropagation"), *p, v1.MountPropagationNone, v1.MountPropagationHostToContainer, v1.MountPropagationBidirectional)
			if *p == v1.MountPropagationBidirectional && !privileged(ctr) {
				c.invalid(here.Child("mountPropagation"), "", "Bidirectional needs a privileged container")
			}
		}
		if r := m.RecursiveReadOnly; r != nil {
			oneOf(c, here.Child("recursiveReadOnly"), *r, v1.RecursiveReadOnlyDisabled, v1.RecursiveReadOnlyIfPossible, v1.RecursiveReadOnlyEnabled)
			if *r != v1.RecursiveReadOnlyDisabled && !m.ReadOnly {
				c.invalid(here.Child("recursiveReadOnly"), "set readOnly: true too", "%s needs a mount that is read-only", *r)
			}
			if p := m.MountPropagation; *r != v1.RecursiveReadOnlyDisabled && p != nil && *p != v1.MountPropagationNone {
				c.invalid(here.Child("recursiveReadOnly"), "remove mountPropagation", "%s cannot be used with mountPropagation %s", *r, *p)
			}
		}
	}
}

func volumeHint(name string, volumes volumeNames) string {
	known := slices.Sorted(maps.Keys(volumes))
	if near := closest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) == 0 {
		return "add it to spec.volumes"
	}
	return "add it to spec.volumes, which has " + strings.Join(known[:min(len(known), 8)], ", ")
}

// mountPath checks where a volume is mounted. Two spellings of one directory are the same mount to a runtime.
func (c *checker) mountPath(at *field.Path, p string, seen map[string]bool) {
	switch {
	case p == "":
		c.required(at, "write the path in the container")
		return
	case strings.Contains(p, ":"):
		hint := ""
		if before, ok := strings.CutSuffix(p, ":ro"); ok {
			hint = "write mountPath: " + before + " with readOnly: true"
		}
		c.invalid(at, hint, "%q must not contain ':'", p)
	case path.Clean("/"+p) == "/":
		c.invalid(at, "mount it on a directory below /", "%q would hide the whole image", p)
	case seen[path.Clean("/"+p)]:
		c.invalid(at, "mount each volume at a path of its own", "%q is mounted already, it must be unique in a container", p)
	}
	seen[path.Clean("/"+p)] = true
}

func (c *checker) subPath(at *field.Path, m *v1.VolumeMount) {
	if m.SubPath != "" && m.SubPathExpr != "" {
		c.invalid(at.Child("subPathExpr"), "keep one of the two", "subPathExpr and subPath are mutually exclusive")
	}
	c.below(at.Child("subPath"), m.SubPath)
	c.below(at.Child("subPathExpr"), m.SubPathExpr)
}

// below checks a path that must not lead out of the directory that it belongs to.
func (c *checker) below(at *field.Path, p string) {
	switch {
	case path.IsAbs(p):
		c.invalid(at, "write it without the / in front", "%q must be a relative path", p)
	case hasDotDot(p):
		c.invalid(at, "write the path without ..", "%q must not contain '..'", p)
	}
}

func privileged(ctr *v1.Container) bool {
	return ctr.SecurityContext != nil && ctr.SecurityContext.Privileged != nil && *ctr.SecurityContext.Privileged
}
