package translate

import (
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// identity is who the container's processes are: what the container says, else what its pod says.
func (p *podTranslator) identity(m member) plan.Identity {
	pod, own := p.podSecurity(), containerSecurity(m)
	id := plan.Identity{
		User:   either(own.RunAsUser, pod.RunAsUser),
		Group:  either(own.RunAsGroup, pod.RunAsGroup),
		Groups: slices.Clone(pod.SupplementalGroups),
	}
	if pod.FSGroup != nil {
		id.Groups = append(id.Groups, *pod.FSGroup)
	}
	slices.Sort(id.Groups)
	id.Groups = slices.Compact(id.Groups)
	p.strict(id)
	p.nonRoot(m, &id, either(own.RunAsNonRoot, pod.RunAsNonRoot))
	return id
}

// nonRoot refuses what is root for certain, and leaves to a look at the image what the manifest does not tell. A
// kubelet would run the other containers of the pod; half a pod that never gets whole helps nobody.
func (p *podTranslator) nonRoot(m member, id *plan.Identity, nonRoot *bool) {
	at := m.at.Child("securityContext")
	switch {
	case nonRoot == nil || !*nonRoot || id.User != nil && *id.User != 0:
	case id.User != nil:
		p.fail(at.Child("runAsUser"), "set it to another id than 0, or remove runAsNonRoot",
			"container's runAsUser breaks non-root policy (pod: %q, container: %s)", p.ref.Name+"_"+p.ref.Namespace, m.Name)
	case id.Group != nil:
		p.fail(at.Child("runAsUser"), "set it to the id that the container should run as",
			"is required with runAsGroup and runAsNonRoot: no runtime combines the user of an image with another group")
	default:
		id.NonRoot = true
	}
}

// strict holds the policy Strict to what can be kept: given a user and a group, neither runtime
// looks into the image for more groups.
func (p *podTranslator) strict(id plan.Identity) {
	policy := p.podSecurity().SupplementalGroupsPolicy
	if policy != nil && *policy == v1.SupplementalGroupsPolicyStrict && (id.User == nil || id.Group == nil) {
		p.failOnce(field.NewPath("spec", "securityContext", "supplementalGroupsPolicy"),
			"set runAsUser and runAsGroup for each container, or use Merge",
			"Strict cannot be kept for a container without runAsUser and runAsGroup: it gets the groups of the image")
	}
}

func (p *podTranslator) podSecurity() *v1.PodSecurityContext {
	if s := p.Spec.SecurityContext; s != nil {
		return s
	}
	return &v1.PodSecurityContext{}
}

func containerSecurity(m member) *v1.SecurityContext {
	if s := m.SecurityContext; s != nil {
		return s
	}
	return &v1.SecurityContext{}
}

// either is the container's value if it has one, else the pod's.
func either[T any](container, pod *T) *T {
	if container != nil {
		return container
	}
	return pod
}

func isTrue(b *bool) bool { return b != nil && *b }
