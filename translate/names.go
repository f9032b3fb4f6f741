package translate

import (
	"regexp"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// NetworkAnnotation puts a pod on another network than its namespace's.
const NetworkAnnotation = "kubehost.dev/network"

func (p *podTranslator) infraID() string { return p.id + "-infra" }

func (p *podTranslator) unitID(container string) string { return p.id + "-" + container }

// networkName is what both runtimes take as the name of a network.
var networkName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

// modes are the words that one of the runtimes takes for a way of networking, or for its own
// network without container DNS, where another would make a network of that name.
var modes = []string{"bridge", "container", "default", "host", "nat", "none", "ns", "pasta", "podman", "private", "slirp4netns"}

// network is the name of the network that the pod joins.
func (p *podTranslator) network() string {
	name, at, ok := p.annotation(NetworkAnnotation)
	switch {
	case !ok && p.ref.Namespace == v1.NamespaceDefault:
		return "kubehost"
	case !ok:
		return "kubehost-" + p.ref.Namespace
	case !networkName.MatchString(name):
		p.fail(at, "use letters, digits, '_', '.' and '-', and begin with a letter or digit",
			"%q is not the name of a network", name)
	case slices.Contains(modes, name):
		p.fail(at, "choose another name; for the host's network set spec.hostNetwork",
			"%q has a meaning of its own to docker or podman", name)
	}
	return name
}

// takeNames reserves the names of the pod's objects at the runtime. Podman keeps pods and
// containers in one name space, so on docker too they are checked as one: what works on one
// runtime must work on the other.
func (p *podTranslator) takeNames() {
	name := field.NewPath("metadata", "name")
	p.takeName(name, p.id, "pod "+p.ref.String())
	p.takeName(name, p.infraID(), "the infra container of pod "+p.ref.String())
	for _, m := range p.members {
		p.takeName(m.at.Child("name"), p.unitID(m.Name), "container "+m.Name+" of pod "+p.ref.String())
	}
}

func (p *podTranslator) takeName(at *field.Path, id, what string) {
	if other, ok := p.taken.names[id]; ok {
		p.fail(at, "rename one of the two", "%s would be named %q on the host, and so would %s", what, id, other)
		return
	}
	p.taken.names[id] = owner{what, p.origin}
}
