package manifests

import (
	"fmt"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// supported are the kinds that are read, all of apiVersion v1.
var supported = []string{"ConfigMap", "List", "PersistentVolume", "PersistentVolumeClaim", "Pod", "Secret"}

// clusterWide says that objects of the kind belong to no namespace.
func clusterWide(kind string) bool { return kind == "PersistentVolume" }

// otherKind is a kind of Kubernetes that is known and not read.
type otherKind struct{ apiVersion, hint string }

const (
	podOf     = "put its pod template (spec.template) into a Pod"
	noCluster = "this belongs to a cluster; remove the document"
)

var otherKinds = map[string]otherKind{
	"CronJob":                  {"batch/v1", podOf + " with restartPolicy OnFailure, and start it from a timer"},
	"DaemonSet":                {"apps/v1", podOf},
	"Deployment":               {"apps/v1", podOf},
	"Job":                      {"batch/v1", podOf + " with restartPolicy OnFailure"},
	"ReplicaSet":               {"apps/v1", podOf},
	"ReplicationController":    {"v1", podOf},
	"StatefulSet":              {"apps/v1", podOf},
	"ClusterRole":              {"rbac.authorization.k8s.io/v1", noCluster},
	"ClusterRoleBinding":       {"rbac.authorization.k8s.io/v1", noCluster},
	"CustomResourceDefinition": {"apiextensions.k8s.io/v1", noCluster},
	"Endpoints":                {"v1", noCluster},
	"EndpointSlice":            {"discovery.k8s.io/v1", noCluster},
	"HorizontalPodAutoscaler":  {"autoscaling/v2", noCluster},
	"Ingress":                  {"networking.k8s.io/v1", "publish a port of the pod with ports[].hostPort"},
	"LimitRange":               {"v1", noCluster},
	"Namespace":                {"v1", "remove the document: a namespace exists as soon as an object names it"},
	"NetworkPolicy":            {"networking.k8s.io/v1", noCluster},
	"PodDisruptionBudget":      {"policy/v1", noCluster},
	"ResourceQuota":            {"v1", noCluster},
	"Role":                     {"rbac.authorization.k8s.io/v1", noCluster},
	"RoleBinding":              {"rbac.authorization.k8s.io/v1", noCluster},
	"Service":                  {"v1", "pods reach one another by pod name; publish a port with ports[].hostPort"},
	"ServiceAccount":           {"v1", noCluster},
	"StorageClass":             {"storage.k8s.io/v1", "remove the document: a claim is a plain directory"},
	"Kustomization":            {"kustomize.config.k8s.io/v1beta1", "build it first: kubectl kustomize DIR | kubehost apply -f -"},
}

// header is what says what a document is.
type header struct{ apiVersion, kind, namespace, name string }

// readHeader finds the header without judging the rest of the document.
func readHeader(n *yaml.Node) header {
	metadata := child(n, "metadata")
	return header{
		apiVersion: text(child(n, "apiVersion")), kind: text(child(n, "kind")),
		namespace: text(child(metadata, "namespace")), name: text(child(metadata, "name")),
	}
}

// child is the value of a key of a mapping, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	n = target(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
			return target(n.Content[i+1])
		}
	}
	return nil
}

func target(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || resolve(n).kind != stringScalar {
		return ""
	}
	return n.Value
}

// checkKind says what is wrong with a document's apiVersion and kind; nil when it can be decoded.
func checkKind(n *yaml.Node, h header) *Problem {
	if n.Kind == yaml.ScalarNode && strings.HasPrefix(n.Value, "<") {
		return &Problem{Detail: "is a web page, not a manifest", Hint: "download the raw file"}
	}
	if n.Kind != yaml.MappingNode {
		return &Problem{Detail: "is not a Kubernetes object", Hint: "a manifest starts with apiVersion and kind"}
	}
	switch {
	case h.kind == "" && child(n, "services") != nil:
		return &Problem{Path: "kind", Detail: "is required", Hint: "this looks like a compose file; kubehost reads Kubernetes manifests"}
	case h.kind == "" && h.apiVersion == "" && !hasKey(n, "kind") && !hasKey(n, "apiVersion"):
		return &Problem{Path: "kind", Detail: "is required, and so is apiVersion", Hint: "a manifest starts with apiVersion and kind, such as v1 and Pod"}
	case h.kind == "":
		return &Problem{Path: "kind", Detail: "is required", Hint: slip(n, "kind", "write what the object is, such as kind: Pod")}
	}
	if isSupported(h.kind) {
		return checkVersion(n, h)
	}
	if other, ok := otherKinds[h.kind]; ok {
		detail := fmt.Sprintf("%s is not supported yet", h.kind)
		if h.apiVersion != "" && group(h.apiVersion) != group(other.apiVersion) {
			detail = fmt.Sprintf("%s belongs to %s, not to %s, and is not supported yet", h.kind, other.apiVersion, h.apiVersion)
		}
		return &Problem{Path: "kind", Detail: detail, Hint: other.hint}
	}
	p := &Problem{Path: "kind", Detail: fmt.Sprintf("%q is not a kind that is supported", h.kind), Hint: "supported are ConfigMap, List, PersistentVolume, PersistentVolumeClaim, Pod and Secret"}
	if near := closest(h.kind, kindNames()); near != "" {
		p.Hint = "did you mean " + near + "?"
	}
	return p
}

func checkVersion(n *yaml.Node, h header) *Problem {
	if h.apiVersion == "v1" {
		return nil
	}
	p := &Problem{Path: "apiVersion", Detail: fmt.Sprintf("%q is not the version of a %s", h.apiVersion, h.kind), Hint: "did you mean v1?"}
	if !hasKey(n, "apiVersion") {
		p.Detail, p.Hint = "is required", slip(n, "apiVersion", "write apiVersion: v1")
	}
	return p
}

func isSupported(kind string) bool {
	for _, k := range supported {
		if k == kind {
			return true
		}
	}
	return false
}

func kindNames() []string {
	names := append([]string(nil), supported...)
	for k := range otherKinds {
		names = append(names, k)
	}
	sort.Strings(names)
	return names
}

func hasKey(n *yaml.Node, key string) bool { return child(n, key) != nil }

// slip is the hint for a missing key: a key of the document that is a slip of it, or else the given hint.
func slip(n *yaml.Node, key, otherwise string) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if closest(n.Content[i].Value, []string{key}) != "" {
			return fmt.Sprintf("did you mean %s where it says %s?", key, n.Content[i].Value)
		}
	}
	return otherwise
}

// group is the part of an apiVersion before the slash.
func group(apiVersion string) string {
	for i := range apiVersion {
		if apiVersion[i] == '/' {
			return apiVersion[:i]
		}
	}
	return ""
}
