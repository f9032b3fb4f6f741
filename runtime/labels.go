package runtime

import (
	"maps"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// The labels that kubehost puts on what it makes. Identity is read from them, never from names.
const (
	LabelNamespace = "kubehost.dev/namespace"
	LabelPod       = "kubehost.dev/pod"
	LabelContainer = "kubehost.dev/container" // the container's name in the pod; absent on the infra
	LabelRole      = "kubehost.dev/role"      // infra, init or main
	LabelHash      = "kubehost.dev/hash"      // of the plan part that the object was made from
	LabelNetwork   = "kubehost.dev/network"   // on the infra: the network that the pod joined
	// LabelID is the object's own runtime name. A container made from an image
	// that was committed from one of ours inherits all our labels, but not the name: it is not ours.
	LabelID = "kubehost.dev/id"
	// LabelManaged marks networks that kubehost made, and may remove.
	LabelManaged = "kubehost.dev/managed"
)

// RoleInfra is the role of the container that owns the pod's namespaces.
const RoleInfra = "infra"

// sandboxLabels are the labels of a pod's infra (and of podman's pod).
func sandboxLabels(p *plan.Pod) map[string]string {
	l := map[string]string{}
	maps.Copy(l, p.Labels)
	l[LabelNamespace], l[LabelPod], l[LabelID] = p.Namespace, p.Name, p.Sandbox.ID
	l[LabelRole], l[LabelHash] = RoleInfra, p.Sandbox.Hash()
	if p.Sandbox.Network != "" {
		l[LabelNetwork] = p.Sandbox.Network
	}
	return l
}

// unitLabels are the labels of a container.
func unitLabels(p *plan.Pod, u plan.Unit) map[string]string {
	l := map[string]string{}
	maps.Copy(l, p.Labels)
	l[LabelNamespace], l[LabelPod], l[LabelID] = p.Namespace, p.Name, u.ID
	l[LabelContainer], l[LabelRole], l[LabelHash] = u.Name, string(u.Role), p.UnitHash(u)
	return l
}

// labelFlags are "--label key=value" for each label, sorted.
func labelFlags(labels map[string]string) []string {
	var flags []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		flags = append(flags, "--label", k+"="+labels[k])
	}
	return flags
}
