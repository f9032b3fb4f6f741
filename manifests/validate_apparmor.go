package manifests

import (
	"maps"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) appArmor(at *field.Path, p *v1.AppArmorProfile) {
	if p == nil {
		return
	}
	if p.Type == "" {
		c.required(at.Child("type"), "")
	}
	oneOf(c, at.Child("type"), p.Type, v1.AppArmorProfileTypeLocalhost, v1.AppArmorProfileTypeRuntimeDefault, v1.AppArmorProfileTypeUnconfined)
	here := at.Child("localhostProfile")
	switch local := p.Type == v1.AppArmorProfileTypeLocalhost; {
	case local && (p.LocalhostProfile == nil || strings.TrimSpace(*p.LocalhostProfile) == ""):
		c.required(here, "name a profile that the host has loaded")
	case local:
		c.profileName(here, *p.LocalhostProfile)
	case p.LocalhostProfile != nil:
		c.invalid(here, "set type: Localhost, or remove it", "may only be set with type Localhost")
	}
}

func (c *checker) profileName(at *field.Path, name string) {
	if strings.TrimSpace(name) != name || len(name) > 4095 {
		c.invalid(at, "", "%s is not the name of a profile", quote(name))
	}
}

const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/"

// appArmorAnnotations checks what named a container's profile before there was a field for it.
func (c *checker) appArmorAnnotations(at *field.Path, p *v1.Pod) {
	for _, key := range slices.Sorted(maps.Keys(p.Annotations)) {
		name, ok := strings.CutPrefix(key, appArmorAnnotation)
		if !ok {
			continue
		}
		here, value := at.Key(key), p.Annotations[key]
		container := containerNamed(&p.Spec, name)
		local, isLocal := strings.CutPrefix(value, "localhost/")
		switch {
		case container == nil:
			c.invalid(here, "", "there is no container %s in the pod", quote(name))
		case isLocal && local != "":
			c.profileName(here, local)
		case value != "runtime/default" && value != "unconfined":
			c.invalid(here, "use the container's securityContext.appArmorProfile", "%s is not runtime/default, unconfined or localhost/ and a profile", quote(value))
		}
		if container != nil && container.SecurityContext != nil && container.SecurityContext.AppArmorProfile != nil {
			c.sameProfile(here, value, container.SecurityContext.AppArmorProfile)
		}
	}
}

// sameProfile refuses an annotation that says something else than the field.
func (c *checker) sameProfile(at *field.Path, annotation string, p *v1.AppArmorProfile) {
	words := map[v1.AppArmorProfileType]string{
		v1.AppArmorProfileTypeRuntimeDefault: "runtime/default", v1.AppArmorProfileTypeUnconfined: "unconfined",
	}
	want := words[p.Type]
	if p.Type == v1.AppArmorProfileTypeLocalhost && p.LocalhostProfile != nil {
		want = "localhost/" + *p.LocalhostProfile
	}
	if want != "" && annotation != want {
		c.invalid(at, "remove the annotation", "%s is not what the container's appArmorProfile says", quote(annotation))
	}
}

func containerNamed(s *v1.PodSpec, name string) *v1.Container {
	for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}
