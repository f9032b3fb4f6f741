package manifests

import (
	"path"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// volumeFieldPaths are the fields that the downward API gives to files.
var volumeFieldPaths = []string{"metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"}

func (c *checker) downwardItems(at *field.Path, items []v1.DownwardAPIVolumeFile) {
	for i := range items {
		item, here := &items[i], at.Index(i)
		c.localPath(here.Child("path"), item.Path)
		c.mode(here.Child("mode"), item.Mode)
		c.exactlyOne(here, names("fieldRef", item.FieldRef != nil, "resourceFieldRef", item.ResourceFieldRef != nil), "fieldRef or resourceFieldRef")
		if r := item.FieldRef; r != nil && !slices.Contains(volumeFieldPaths, r.FieldPath) {
			c.volumeFieldRef(here.Child("fieldRef", "fieldPath"), r.FieldPath)
		}
		if r := item.ResourceFieldRef; r != nil {
			c.volumeResource(here.Child("resourceFieldRef"), r)
		}
	}
}

func (c *checker) volumeFieldRef(at *field.Path, p string) {
	if p == "" {
		c.required(at, "such as metadata.labels")
		return
	}
	if _, _, ok := subscript(p); ok {
		c.fieldRef(at, &v1.ObjectFieldSelector{APIVersion: "v1", FieldPath: p})
		return
	}
	hint := "use one of " + list2(volumeFieldPaths)
	if near := closest(p, volumeFieldPaths); near != "" {
		hint = "did you mean " + near + "?"
	} else if slices.Contains(fieldPaths, p) {
		hint = "give it to a container as a variable, in env"
	}
	c.invalid(at, hint, "%q is not a field that a file can have", p)
}

// volumeResource checks a resource in a volume, which unlike a variable belongs to no container.
func (c *checker) volumeResource(at *field.Path, r *v1.ResourceFieldSelector) {
	if r.ContainerName == "" {
		c.required(at.Child("containerName"), "name the container whose resource it is")
	}
	c.resourceFieldRef(at, r)
}

// projected checks the sources of a projected volume, and that no two name one file.
func (c *checker) projected(at *field.Path, v *v1.ProjectedVolumeSource) {
	c.mode(at.Child("defaultMode"), v.DefaultMode)
	seen := map[string]bool{}
	unique := func(at *field.Path, p string) {
		if p = path.Clean(p); p != "." && seen[p] {
			c.invalid(at, "give one of them another path", "%q is the path of another source, which conflicts", p)
		}
		seen[p] = true
	}
	for i := range v.Sources {
		s, here := &v.Sources[i], at.Child("sources").Index(i)
		c.exactlyOne(here, names("configMap", s.ConfigMap != nil, "secret", s.Secret != nil, "downwardAPI", s.DownwardAPI != nil,
			"serviceAccountToken", s.ServiceAccountToken != nil, "clusterTrustBundle", s.ClusterTrustBundle != nil,
			"podCertificate", s.PodCertificate != nil), "configMap, secret or downwardAPI")
		items := here
		var keys []v1.KeyToPath
		switch {
		case s.ConfigMap != nil:
			items, keys = here.Child("configMap"), s.ConfigMap.Items
			c.subdomain(items.Child("name"), s.ConfigMap.Name, "name the ConfigMap")
		case s.Secret != nil:
			items, keys = here.Child("secret"), s.Secret.Items
			c.subdomain(items.Child("name"), s.Secret.Name, "name the Secret")
		case s.DownwardAPI != nil:
			items = here.Child("downwardAPI")
			c.downwardItems(items.Child("items"), s.DownwardAPI.Items)
			for j, item := range s.DownwardAPI.Items {
				unique(items.Child("items").Index(j).Child("path"), item.Path)
			}
		}
		c.items(items.Child("items"), keys)
		for j, key := range keys {
			unique(items.Child("items").Index(j).Child("path"), key.Path)
		}
	}
}
