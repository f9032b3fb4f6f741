package translate

import (
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// affected translates the pods applied earlier that use a ConfigMap or Secret which is given now, as a kubelet looks
// again at the pods that a changed object belongs to. A pod that could not be made of the new objects runs on as
// it is: in a cluster, too, an update that is wrong stops nothing.
func (t *translator) affected(set *manifests.Set) []plan.Pod {
	given := givenNow(set)
	if len(given) == 0 {
		return nil
	}
	var pods []plan.Pod
	for _, o := range set.Pods {
		if !o.Stored || !given.usedBy(o.Value) {
			continue
		}
		p := t.pod(o)
		pod := p.translate()
		if p.wrong == "" {
			pods = append(pods, pod)
			continue
		}
		t.problems = append(t.problems, manifests.Problem{
			Origin: o.Origin, Severity: manifests.Warning, Detail: "stays as it is: " + p.wrong,
			Hint: "mend what is given now, or apply the pod again with it",
		})
	}
	return pods
}

// object names a ConfigMap or a Secret.
type object struct{ kind, namespace, name string }

// objectSet is a set of them.
type objectSet map[object]bool

func givenNow(set *manifests.Set) objectSet {
	given := objectSet{}
	for _, o := range set.ConfigMaps {
		if !o.Stored {
			given[object{"ConfigMap", o.Origin.Namespace, o.Origin.Name}] = true
		}
	}
	for _, o := range set.Secrets {
		if !o.Stored {
			given[object{"Secret", o.Origin.Namespace, o.Origin.Name}] = true
		}
	}
	return given
}

// Uses says whether a pod uses that ConfigMap or Secret of its namespace: in volumes, in variables, or to pull its images.
func Uses(pod *v1.Pod, kind, name string) bool {
	for _, ref := range pod.Spec.ImagePullSecrets {
		if kind == "Secret" && ref.Name == name {
			return true
		}
	}
	return objectSet{object{kind, pod.Namespace, name}: true}.usedBy(pod)
}

// usedBy says whether the pod's volumes or variables come from an object of the set.
func (s objectSet) usedBy(pod *v1.Pod) bool {
	configMap := func(name string) bool { return s[object{"ConfigMap", pod.Namespace, name}] }
	secret := func(name string) bool { return s[object{"Secret", pod.Namespace, name}] }
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		if v.ConfigMap != nil && configMap(v.ConfigMap.Name) || v.Secret != nil && secret(v.Secret.SecretName) {
			return true
		}
		if v.Projected == nil {
			continue
		}
		for _, p := range v.Projected.Sources {
			if p.ConfigMap != nil && configMap(p.ConfigMap.Name) || p.Secret != nil && secret(p.Secret.Name) {
				return true
			}
		}
	}
	for _, m := range members(&pod.Spec) {
		for i := range m.EnvFrom {
			if e := &m.EnvFrom[i]; e.ConfigMapRef != nil && configMap(e.ConfigMapRef.Name) || e.SecretRef != nil && secret(e.SecretRef.Name) {
				return true
			}
		}
		for i := range m.Env {
			from := m.Env[i].ValueFrom
			if from == nil {
				continue
			}
			if k := from.ConfigMapKeyRef; k != nil && configMap(k.Name) {
				return true
			}
			if k := from.SecretKeyRef; k != nil && secret(k.Name) {
				return true
			}
		}
	}
	return false
}
