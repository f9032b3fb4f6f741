package translate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// projected collects the files of several sources; where two have the same path, the later source counts.
func (p *podTranslator) projected(at *field.Path, v *v1.ProjectedVolumeSource) *tree {
	t := newTree(v.DefaultMode)
	for i := range v.Sources {
		s, here := &v.Sources[i], at.Child("sources").Index(i)
		switch {
		case s.ConfigMap != nil:
			p.addConfigMap(t, here.Child("configMap"), s.ConfigMap.Name, s.ConfigMap.Items, s.ConfigMap.Optional)
		case s.Secret != nil:
			here = here.Child("secret")
			p.addSecret(t, here, here.Child("name"), s.Secret.Name, s.Secret.Items, s.Secret.Optional)
		case s.DownwardAPI != nil:
			p.addDownward(t, here.Child("downwardAPI"), s.DownwardAPI.Items)
		default:
			p.fail(here, "", "this source of files is not supported")
		}
	}
	return t
}

// addDownward adds files with what is known of the pod and its containers.
func (p *podTranslator) addDownward(t *tree, at *field.Path, items []v1.DownwardAPIVolumeFile) {
	for i := range items {
		item, here := &items[i], at.Child("items").Index(i)
		name, ok := p.filePath(here, item.Path)
		if !ok {
			continue
		}
		value := ""
		switch {
		case item.FieldRef != nil:
			value, ok = p.fieldFile(here.Child("fieldRef"), item.FieldRef)
		case item.ResourceFieldRef != nil:
			value, ok = p.resourceFieldRef(here.Child("resourceFieldRef"), item.ResourceFieldRef, nil)
		default:
			p.fail(here, "", "this source of a value is not supported")
			ok = false
		}
		if ok {
			t.add(plan.File{Path: name, Content: []byte(value)}, item.Mode)
		}
	}
}

// fieldFile is a field as a file has it: unlike a variable it can be all labels, or all annotations.
func (p *podTranslator) fieldFile(at *field.Path, ref *v1.ObjectFieldSelector) (string, bool) {
	switch ref.FieldPath {
	case "metadata.labels":
		return lines(p.Labels), true
	case "metadata.annotations":
		return lines(p.Annotations), true
	}
	return p.fieldRef(at, ref)
}

// lines has a line KEY="VALUE" for each entry, sorted, and no newline at its end.
func lines(m map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, fmt.Sprintf("%s=%s", key, strconv.Quote(m[key])))
	}
	return strings.Join(all, "\n")
}
