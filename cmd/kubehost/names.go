package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/translate/plan"
)

// The kinds of objects that pods use.
const (
	kindConfigMap = "ConfigMap"
	kindSecret    = "Secret"
	kindClaim     = "PersistentVolumeClaim"
	kindVolume    = "PersistentVolume"
)

// kindWords are the words for each kind that kubectl takes.
var kindWords = map[string]string{
	"pod": "Pod", "pods": "Pod", "po": "Pod",
	"configmap": kindConfigMap, "configmaps": kindConfigMap, "cm": kindConfigMap,
	"secret": kindSecret, "secrets": kindSecret,
	"persistentvolumeclaim": kindClaim, "persistentvolumeclaims": kindClaim, "pvc": kindClaim,
	"persistentvolume": kindVolume, "persistentvolumes": kindVolume, "pv": kindVolume,
}

// knownKinds are the kinds, as a sentence lists them.
const knownKinds = "pod, configmap, secret, persistentvolumeclaim, persistentvolume"

// otherKinds are words for kinds of a cluster that kubehost does not have. Their objects are often called as their pods are.
var otherKinds = []string{"deployment", "deployments", "deploy", "service", "services", "svc", "replicaset", "replicasets", "rs", "statefulset", "statefulsets", "sts",
	"daemonset", "daemonsets", "ds", "job", "jobs", "cronjob", "cronjobs", "cj", "namespace", "namespaces", "ns", "node", "nodes", "no", "ingress", "ingresses", "ing",
	"serviceaccount", "serviceaccounts", "sa", "endpoints", "ep", "networkpolicy", "networkpolicies", "netpol", "storageclass", "storageclasses", "sc",
	"replicationcontroller", "replicationcontrollers", "rc", "container", "containers", "volume", "volumes", "network", "networks"}

// target is one object that the words of a command line name.
type target struct {
	Kind string
	plan.Ref
}

// targets reads what stands after a command as kubectl does: "web", "pod web db", "pod/web cm/page".
// A word that is a kind is one only in the first place, and only when another word follows. So is one of another kind: nothing is done to
// the pods of that name.
func targets(c *cli.Context) ([]target, error) { return targetsOf(c, c.Args().Slice()) }

func targetsOf(c *cli.Context, words []string) ([]target, error) {
	namespace := cmp.Or(c.String("namespace"), "default")
	kind := "Pod"
	if len(words) > 1 {
		if k, ok := kindWords[strings.ToLower(words[0])]; ok && !strings.Contains(words[1], "/") {
			kind, words = k, words[1:]
		} else if slices.Contains(otherKinds, strings.ToLower(words[0])) {
			return nil, commandline.Usage(c, "%q is not a kind that kubehost knows: %s; a pod of that name is pod/%[1]s", words[0], knownKinds)
		}
	}
	var all []target
	for _, w := range words {
		k, name, slash := strings.Cut(w, "/")
		if !slash {
			all = append(all, targetOf(kind, namespace, w))
			continue
		}
		known, ok := kindWords[strings.ToLower(k)]
		if !ok {
			return nil, commandline.Usage(c, "%q: %q is not a kind that kubehost knows: %s", w, k, knownKinds)
		}
		all = append(all, targetOf(known, namespace, name))
	}
	return all, checkNames(all)
}

// refsOf are the pods among the targets.
func refsOf(all []target) []plan.Ref {
	var refs []plan.Ref
	for _, t := range all {
		if t.Kind == "Pod" {
			refs = append(refs, t.Ref)
		}
	}
	return refs
}

func checkNamespace(name string) error {
	if len(validation.IsDNS1123Label(name)) > 0 {
		return commandline.Mistake("%q is no namespace: lower-case letters, digits and -, at most 63, not - at an end\n  hint: see the NAMESPACE column of \"kubehost get pods -A\"", name)
	}
	return nil
}

// checkNames lets through only what an API server would: names become parts of paths.
func checkNames(all []target) error {
	for _, t := range all {
		if t.Kind != kindVolume {
			if err := checkNamespace(t.Namespace); err != nil {
				return err
			}
		}
		if msgs := validation.IsDNS1123Subdomain(t.Name); len(msgs) > 0 {
			return commandline.Mistake("%q is no name of an object: lower-case letters, digits, - and ., at most 253, a letter or digit at each end\n  hint: \"kubehost get pods -A\" lists the pods there are", t.Name)
		}
	}
	return nil
}

// targetOf is an object of the namespace, unless its kind belongs to none.
func targetOf(kind, namespace, name string) target {
	if kind == kindVolume {
		namespace = ""
	}
	return target{kind, plan.Ref{Namespace: namespace, Name: name}}
}

// where is the end of kubectl's sentences about an object.
func (t target) where() string {
	if t.Namespace == "" {
		return ""
	}
	return " from " + t.Namespace + " namespace"
}

// notFound is kubectl's sentence for an object that is not there.
func (t target) notFound() error {
	return fmt.Errorf("%ss %q not found%s", strings.ToLower(t.Kind), t.Name, strings.Replace(t.where(), "from", "in", 1))
}
