package translate

import (
	"path"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// security is what the container's processes may do.
func (p *podTranslator) security(m member) plan.Security {
	pod, own := p.podSecurity(), containerSecurity(m)
	s := plan.Security{
		Privileged:      isTrue(own.Privileged),
		NoNewPrivileges: own.AllowPrivilegeEscalation != nil && !*own.AllowPrivilegeEscalation,
		ReadOnlyRoot:    isTrue(own.ReadOnlyRootFilesystem),
		Unmasked:        own.ProcMount != nil && *own.ProcMount == v1.UnmaskedProcMount,
		Seccomp:         p.seccomp(m, either(own.SeccompProfile, pod.SeccompProfile)),
		AppArmor:        p.appArmor(m),
		SELinux:         p.seLinux(m, either(own.SELinuxOptions, pod.SELinuxOptions)),
	}
	if own.Capabilities != nil {
		s.AddCapabilities, s.DropCapabilities = capabilities(own.Capabilities)
	}
	if s.Privileged {
		p.privileged(m, s)
	}
	return s
}

// privileged says what a privileged container makes of its walls: as with a kubelet, nothing.
func (p *podTranslator) privileged(m member, s plan.Security) {
	at := m.at.Child("securityContext")
	const hint = "remove one of the two"
	if len(s.DropCapabilities) > 0 {
		p.warn(at.Child("capabilities", "drop"), hint, "has no effect on a privileged container: it has all capabilities")
	}
	if profile := containerSecurity(m).SeccompProfile; profile != nil && profile.Type != v1.SeccompProfileTypeUnconfined {
		p.warn(at.Child("seccompProfile"), hint, "has no effect on a privileged container: it has no filter")
	}
}

// seccomp keeps the runtime's own filter when nothing is said. A kubelet leaves such a container without any
// unless it runs with --seccomp-default; the safer of the two is what both runtimes do by themselves.
func (p *podTranslator) seccomp(m member, profile *v1.SeccompProfile) string {
	switch {
	case profile == nil:
		return ""
	case profile.Type == v1.SeccompProfileTypeUnconfined:
		return plan.Unconfined
	case profile.Type == v1.SeccompProfileTypeLocalhost && profile.LocalhostProfile != nil:
		name := *profile.LocalhostProfile
		if !inside(name) {
			p.fail(m.at.Child("securityContext", "seccompProfile", "localhostProfile"), "", "%q is not a path below %s", name, p.host.SeccompDir)
			return ""
		}
		return path.Join(p.host.SeccompDir, name)
	}
	return ""
}

// appArmorAnnotation named a container's profile before there was a field for it. As in an API
// server, it counts where the container has no such field.
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/"

// appArmor is the profile that replaces the runtime's own.
func (p *podTranslator) appArmor(m member) string {
	profile, at := p.appArmorProfile(m)
	if profile == nil || profile.Type == v1.AppArmorProfileTypeUnconfined && !p.host.AppArmor {
		return ""
	}
	if !p.host.AppArmor {
		p.failOnce(at, "remove it, or use a host with AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host")
		return ""
	}
	switch {
	case profile.Type == v1.AppArmorProfileTypeUnconfined:
		return plan.Unconfined
	case profile.Type == v1.AppArmorProfileTypeLocalhost && profile.LocalhostProfile != nil:
		return *profile.LocalhostProfile
	}
	return ""
}

func (p *podTranslator) appArmorProfile(m member) (*v1.AppArmorProfile, *field.Path) {
	if own := containerSecurity(m).AppArmorProfile; own != nil {
		return own, m.at.Child("securityContext", "appArmorProfile")
	}
	if value, at, ok := p.annotation(appArmorAnnotation + m.Name); ok {
		switch name, local := strings.CutPrefix(value, "localhost/"); {
		case local:
			return &v1.AppArmorProfile{Type: v1.AppArmorProfileTypeLocalhost, LocalhostProfile: &name}, at
		case value == "unconfined":
			return &v1.AppArmorProfile{Type: v1.AppArmorProfileTypeUnconfined}, at
		}
		return &v1.AppArmorProfile{Type: v1.AppArmorProfileTypeRuntimeDefault}, at
	}
	return p.podSecurity().AppArmorProfile, field.NewPath("spec", "securityContext", "appArmorProfile")
}
