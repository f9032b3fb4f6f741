package manifests

import (
	"maps"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// references finds what a pod refers to: ConfigMaps and Secrets of its namespace, given now or applied
// earlier, and their keys. A claim needs no object, its directory is made when it is first used.
type references struct {
	*checker
	index     map[objectKey]*loaded
	complete  bool
	namespace string
}

func (r *references) pod(s *v1.PodSpec) {
	spec := field.NewPath("spec")
	for i := range s.Volumes {
		v, at := &s.Volumes[i].VolumeSource, spec.Child("volumes").Index(i)
		if m := v.ConfigMap; m != nil {
			r.items(at.Child("configMap"), need{"ConfigMap", m.Name, "name", isTrue(m.Optional)}, m.Items)
		}
		if m := v.Secret; m != nil {
			r.items(at.Child("secret"), need{"Secret", m.SecretName, "secretName", isTrue(m.Optional)}, m.Items)
		}
		if v.Projected != nil {
			r.projected(at.Child("projected"), v.Projected)
		}
	}
	for i := range s.InitContainers {
		r.container(spec.Child("initContainers").Index(i), &s.InitContainers[i])
	}
	for i := range s.Containers {
		r.container(spec.Child("containers").Index(i), &s.Containers[i])
	}
}

func (r *references) projected(at *field.Path, v *v1.ProjectedVolumeSource) {
	for i := range v.Sources {
		s, here := &v.Sources[i], at.Child("sources").Index(i)
		if m := s.ConfigMap; m != nil {
			r.items(here.Child("configMap"), need{"ConfigMap", m.Name, "name", isTrue(m.Optional)}, m.Items)
		}
		if m := s.Secret; m != nil {
			r.items(here.Child("secret"), need{"Secret", m.Name, "name", isTrue(m.Optional)}, m.Items)
		}
	}
}

// need names an object that a pod needs, and the field that says so.
type need struct {
	kind, name string
	nameField  string
	optional   bool
}

func isTrue(b *bool) bool { return b != nil && *b }

func (r *references) items(at *field.Path, ref need, items []v1.KeyToPath) {
	target := r.object(at, ref)
	for i := range items {
		r.key(at.Child("items").Index(i).Child("key"), ref, target, items[i].Key)
	}
}

func (r *references) container(at *field.Path, ctr *v1.Container) {
	for i := range ctr.EnvFrom {
		e, here := &ctr.EnvFrom[i], at.Child("envFrom").Index(i)
		if m := e.ConfigMapRef; m != nil {
			r.object(here.Child("configMapRef"), need{"ConfigMap", m.Name, "name", isTrue(m.Optional)})
		}
		if m := e.SecretRef; m != nil {
			r.object(here.Child("secretRef"), need{"Secret", m.Name, "name", isTrue(m.Optional)})
		}
	}
	for i := range ctr.Env {
		from, here := ctr.Env[i].ValueFrom, at.Child("env").Index(i).Child("valueFrom")
		if from == nil {
			continue
		}
		if k := from.ConfigMapKeyRef; k != nil {
			r.keyRef(here.Child("configMapKeyRef"), need{"ConfigMap", k.Name, "name", isTrue(k.Optional)}, k.Key)
		}
		if k := from.SecretKeyRef; k != nil {
			r.keyRef(here.Child("secretKeyRef"), need{"Secret", k.Name, "name", isTrue(k.Optional)}, k.Key)
		}
	}
}

func (r *references) keyRef(at *field.Path, ref need, key string) {
	r.key(at.Child("key"), ref, r.object(at, ref), key)
}

// object finds the object of a reference, and reports it when it must be there and is not.
func (r *references) object(at *field.Path, ref need) *loaded {
	found, ok := r.index[objectKey{ref.kind, r.namespace, ref.name}]
	if ok || ref.optional || ref.name == "" || !r.complete {
		return found
	}
	// The kubelet's own words (pkg/kubelet/kubelet_pods.go) are: configmap "x" not found.
	r.missing(at.Child(ref.nameField), r.objectHint(ref), "%s %q not found in namespace %s", strings.ToLower(ref.kind), ref.name, r.namespace)
	return nil
}

func (r *references) objectHint(ref need) string {
	var here, elsewhere []string
	for k := range r.index {
		switch {
		case k.kind == ref.kind && k.namespace == r.namespace:
			here = append(here, k.name)
		case k.kind == ref.kind && k.name == ref.name:
			elsewhere = append(elsewhere, k.namespace)
		}
	}
	slices.Sort(here)
	slices.Sort(elsewhere)
	if len(elsewhere) > 0 {
		return "there is one in namespace " + list2(elsewhere) + "; a pod uses only those of its own namespace"
	}
	if near := closest(ref.name, here); near != "" {
		return "did you mean " + near + "?"
	}
	return "give its manifest with -f too, apply it first, or set optional: true"
}

// key reports a key that the object does not have, in the kubelet's words (fact 1.30).
func (r *references) key(at *field.Path, ref need, target *loaded, key string) {
	if target == nil || ref.optional || key == "" || target.unread() {
		return
	}
	var data map[string]string
	var binary map[string][]byte
	switch v := target.value.(type) {
	case *v1.ConfigMap:
		data = v.Data
		if strings.HasPrefix(at.String(), "spec.volumes") { // only a file may come from binaryData (fact 1.31)
			binary = v.BinaryData
		}
	case *v1.Secret:
		binary = v.Data
	}
	_, isText := data[key]
	if _, isBinary := binary[key]; isText || isBinary {
		return
	}
	known := slices.Sorted(maps.Keys(data))
	known = append(known, slices.Sorted(maps.Keys(binary))...)
	hint := "add it to the " + ref.kind + ", or set optional: true"
	if near := closest(key, known); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(known) > 0 {
		hint = "it has " + strings.Join(known[:min(len(known), 8)], ", ")
	}
	r.missing(at, hint, "couldn't find key %s in %s %s/%s", key, ref.kind, r.namespace, ref.name)
}
