package runtime

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// The labels that kubehost puts on what it makes. Identity is read from them, never from names.
const (
	LabelNamespace = "kubehost.dev/namespace"
	LabelPod       = "kubehost.dev/pod"
	LabelContainer = "kubehost.dev/container" // the container's name in the pod; absent on the infra
	LabelRole      = "kubehost.dev/role"      // infra, init, sidecar or main
	LabelHash      = "kubehost.dev/hash"      // of the plan part that the object was made from
	LabelNetwork   = "kubehost.dev/network"   // on the infra: the network that the pod joined
	LabelInits     = "kubehost.dev/inits"     // on the infra: the hash of all init containers, which may be gone
	LabelFrozen    = "kubehost.dev/frozen"    // the hashes of the files that are mounted with subPath, by volume
	// LabelID is the object's own runtime name. A container made from an image
	// that was committed from one of ours inherits all our labels, but not the name: it is not ours.
	LabelID = "kubehost.dev/id"
	// LabelRestarts is how often a supervisor had started the container again when it made this one; absent for 0.
	LabelRestarts = "kubehost.dev/restarts"
	// LabelManaged marks networks that kubehost made, and may remove.
	LabelManaged = "kubehost.dev/managed"
)

// RoleInfra is the role of the container that owns the pod's namespaces.
const RoleInfra = "infra"

// sandboxLabels are the labels of a pod's infra (and of podman's pod).
func sandboxLabels(p *plan.Pod) map[string]string {
	l := podLabels(p)
	l[LabelID], l[LabelRole], l[LabelHash] = p.Sandbox.ID, RoleInfra, p.Sandbox.Hash()
	if p.Sandbox.Network != "" {
		l[LabelNetwork] = p.Sandbox.Network
	}
	if inits := initsHash(p); inits != "" {
		l[LabelInits] = inits
	}
	return l
}

// unitLabels are the labels of a container.
func unitLabels(p *plan.Pod, u plan.Unit) map[string]string {
	l := podLabels(p)
	l[LabelID], l[LabelContainer], l[LabelRole], l[LabelHash] = u.ID, u.Name, string(u.Role), p.UnitHash(u)
	if frozen := frozen(p, u); frozen != "" {
		l[LabelFrozen] = frozen
	}
	return l
}

// frozen are the hashes of the files that a unit mounts with subPath: "page=0123 tls=4567".
func frozen(p *plan.Pod, u plan.Unit) string {
	hashes := p.FrozenHashes(u)
	var words []string
	for _, v := range slices.Sorted(maps.Keys(hashes)) {
		words = append(words, v+"="+hashes[v])
	}
	return strings.Join(words, " ")
}

// thawed says which frozen files of a container are no longer what they should be; empty when all are.
func thawed(p *plan.Pod, u plan.Unit, c *Container) string {
	var names []string
	was := strings.Fields(c.Frozen)
	for _, word := range strings.Fields(frozen(p, u)) {
		if !slices.Contains(was, word) {
			v, _, _ := strings.Cut(word, "=")
			names = append(names, p.Volume(v).From)
		}
	}
	if names == nil {
		return ""
	}
	return strings.Join(names, " and ") + " changed, mounted with subPath"
}

// podLabels are the manifest's labels, without those that could be taken for kubehost's own, and what names the pod.
func podLabels(p *plan.Pod) map[string]string {
	l := maps.Clone(p.Labels)
	if l == nil {
		l = map[string]string{}
	}
	maps.DeleteFunc(l, func(key, _ string) bool { return strings.HasPrefix(key, "kubehost.dev/") })
	l[LabelNamespace], l[LabelPod] = p.Namespace, p.Name
	return l
}

// initsHash identifies all init containers of a pod; empty when it has none.
func initsHash(p *plan.Pod) string {
	all := sha256.New()
	some := false
	for _, u := range p.Units {
		if u.Role == plan.Init {
			some = true
			all.Write([]byte(p.UnitHash(u) + frozen(p, u)))
		}
	}
	if !some {
		return ""
	}
	return hex.EncodeToString(all.Sum(nil)[:16])
}

// labelFlags are "--label key=value" for each label, sorted.
func labelFlags(labels map[string]string) []string {
	var flags []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		flags = append(flags, "--label", k+"="+labels[k])
	}
	return flags
}
