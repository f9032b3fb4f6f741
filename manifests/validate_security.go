package manifests

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) podSecurity(at *field.Path, s *v1.PodSecurityContext) {
	if s == nil {
		return
	}
	c.ids(at, s.RunAsUser, s.RunAsGroup)
	c.id(at.Child("fsGroup"), s.FSGroup)
	for i := range s.SupplementalGroups {
		c.id(at.Child("supplementalGroups").Index(i), &s.SupplementalGroups[i])
	}
	if s.SupplementalGroupsPolicy != nil {
		oneOf(c, at.Child("supplementalGroupsPolicy"), *s.SupplementalGroupsPolicy, v1.SupplementalGroupsPolicyMerge, v1.SupplementalGroupsPolicyStrict)
	}
	if s.FSGroupChangePolicy != nil {
		oneOf(c, at.Child("fsGroupChangePolicy"), *s.FSGroupChangePolicy, v1.FSGroupChangeOnRootMismatch, v1.FSGroupChangeAlways)
	}
	c.seccomp(at.Child("seccompProfile"), s.SeccompProfile)
	c.appArmor(at.Child("appArmorProfile"), s.AppArmorProfile)
}

func (c *checker) containerSecurity(at *field.Path, s *v1.SecurityContext, pod *v1.PodSpec) {
	if s == nil {
		return
	}
	c.ids(at, s.RunAsUser, s.RunAsGroup)
	if s.ProcMount != nil {
		oneOf(c, at.Child("procMount"), *s.ProcMount, v1.DefaultProcMount, v1.UnmaskedProcMount)
		if *s.ProcMount == v1.UnmaskedProcMount && (pod.HostUsers == nil || *pod.HostUsers) {
			c.invalid(at.Child("procMount"), "leave it out, or use Default", "hostUsers must be false to use `Unmasked`")
		}
	}
	c.capabilities(at.Child("capabilities"), s.Capabilities)
	c.seccomp(at.Child("seccompProfile"), s.SeccompProfile)
	c.appArmor(at.Child("appArmorProfile"), s.AppArmorProfile)
	if isFalse(s.AllowPrivilegeEscalation) && s.Privileged != nil && *s.Privileged {
		c.invalid(at.Child("allowPrivilegeEscalation"), "keep one of the two", "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
	}
}

func isFalse(b *bool) bool { return b != nil && !*b }

func (c *checker) ids(at *field.Path, user, group *int64) {
	c.id(at.Child("runAsUser"), user)
	c.id(at.Child("runAsGroup"), group)
}

func (c *checker) id(at *field.Path, id *int64) {
	if id != nil && len(validation.IsValidUserID(*id)) > 0 {
		c.invalid(at, "", "%d is not an id, 0-2147483647", *id)
	}
}

func (c *checker) seccomp(at *field.Path, p *v1.SeccompProfile) {
	if p == nil {
		return
	}
	if p.Type == "" {
		c.required(at.Child("type"), "")
	}
	oneOf(c, at.Child("type"), p.Type, v1.SeccompProfileTypeLocalhost, v1.SeccompProfileTypeRuntimeDefault, v1.SeccompProfileTypeUnconfined)
	switch local := p.Type == v1.SeccompProfileTypeLocalhost; {
	case local && (p.LocalhostProfile == nil || *p.LocalhostProfile == ""):
		c.required(at.Child("localhostProfile"), "name the profile's file")
	case local:
		c.localPath(at.Child("localhostProfile"), *p.LocalhostProfile)
	case p.LocalhostProfile != nil:
		c.invalid(at.Child("localhostProfile"), "set type: Localhost, or remove it", "may only be set with type Localhost")
	}
}
