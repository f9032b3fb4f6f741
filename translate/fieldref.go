package translate

import (
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// fieldRef is the value of a field of the pod. Labels and annotations that the pod does not
// have are empty, not unset.
func (p *podTranslator) fieldRef(at *field.Path, ref *v1.ObjectFieldSelector) (string, bool) {
	switch path, key := subscript(ref.FieldPath); path {
	case "metadata.name":
		return p.Name, true
	case "metadata.namespace":
		return p.Namespace, true
	case "metadata.uid":
		return p.uid(), true
	case "metadata.labels[]":
		return p.Labels[key], true
	case "metadata.annotations[]":
		return p.Annotations[key], true
	case "spec.nodeName":
		return p.host.Name, true
	case "spec.serviceAccountName":
		return p.Spec.ServiceAccountName, true
	case "status.hostIP":
		return p.hostIP(), true
	case "status.hostIPs":
		return strings.Join(p.host.IPs, ","), true
	case "status.podIP":
		return p.podIP(), true
	case "status.podIPs":
		if p.Spec.HostNetwork {
			return strings.Join(p.host.IPs, ","), true
		}
		return plan.PodIPs, true
	}
	p.fail(at.Child("fieldPath"), "", "%q is not a field that can be read here", ref.FieldPath)
	return "", false
}

// subscript splits "metadata.labels['app']" into "metadata.labels[]" and "app".
func subscript(path string) (of, key string) {
	of, key, ok := strings.Cut(path, "['")
	key, closed := strings.CutSuffix(key, "']")
	if !ok || !closed {
		return path, ""
	}
	return of + "[]", key
}

// uid is the one that the manifest gives, or one made from the pod's name. A cluster gives each new pod a
// random one, and a kubelet makes that of a static pod from its manifest, so that there an edit makes a new pod. Here
// it stays the same over edits: a variable made from it must not
// restart containers that the edit does not touch.
func (p *podTranslator) uid() string {
	if p.UID != "" {
		return string(p.UID)
	}
	return p.ref.UID()
}
