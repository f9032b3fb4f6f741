package translate

import (
	"regexp"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// NetworkAnnotation puts a pod on another network than its namespace's.
const NetworkAnnotation = "kubehost.dev/network"

// maxLabel is the longest label of a DNS name, and so the longest hostname.
const maxLabel = 63

// podID is the pod's name at the runtime.
func podID(r plan.Ref) string {
	if r.Namespace == v1.NamespaceDefault {
		return r.Name
	}
	// No namespace holds a dot, so the prefix of one cannot be read as that of another.
	return r.Namespace + "." + r.Name
}

func (p *podTranslator) infraID() string { return p.id + "-infra" }

func (p *podTranslator) unitID(container string) string { return p.id + "-" + container }

// sandbox is what the pod's containers share.
func (p *podTranslator) sandbox() plan.Sandbox {
	if p.Spec.HostNetwork {
		if _, at, ok := p.annotation(NetworkAnnotation); ok {
			p.fail(at, "remove the annotation, or set spec.hostNetwork to false",
				"a pod on the host's network cannot join another")
		}
		return plan.Sandbox{ID: p.infraID(), HostNetwork: true}
	}
	hostname := p.hostname()
	return plan.Sandbox{
		ID:       p.infraID(),
		Network:  p.network(),
		Hostname: hostname,
		Aliases:  p.aliases(hostname),
		Ports:    p.ports(),
	}
}

// hostname cuts a long pod name as the kubelet does.
func (p *podTranslator) hostname() string {
	if p.Spec.Hostname != "" {
		return p.Spec.Hostname
	}
	if len(p.Name) <= maxLabel {
		return p.Name
	}
	return strings.TrimRight(p.Name[:maxLabel], "-.")
}

// aliases are the names that other pods reach this one by. Init containers have none:
// whoever could ask for them by name would find the main containers
// behind it, for by then they have ended.
func (p *podTranslator) aliases(hostname string) []string {
	aliases := []string{p.Name}
	for _, m := range p.members {
		if m.stays() {
			aliases = append(aliases, p.Name+"-"+m.Name)
		}
	}
	if !slices.Contains(aliases, hostname) {
		aliases = append(aliases, hostname)
	}
	return slices.DeleteFunc(aliases, unaskable)
}

// unaskable says that no DNS query can hold the name, so that a runtime given it could
// only fail: a pod's name may have 253 characters and a container's 63.
func unaskable(name string) bool {
	long := func(label string) bool { return len(label) > maxLabel }
	return len(name) > 253 || slices.ContainsFunc(strings.Split(name, "."), long)
}

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
