package manifests

import (
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) env(at *field.Path, env []v1.EnvVar) {
	for i := range env {
		e, here := &env[i], at.Index(i)
		if e.Name == "" {
			c.required(here.Child("name"), "give the variable a name")
		} else if len(validation.IsRelaxedEnvVarName(e.Name)) > 0 {
			c.invalid(here.Child("name"), envNameHint(e.Name), "must consist only of printable ASCII characters other than '='")
		}
		if e.ValueFrom != nil {
			c.valueFrom(here, e)
		}
	}
}

// envNameHint does not repeat what stands behind "=", which is a value.
func envNameHint(name string) string {
	if strings.Contains(name, "=") {
		return "write the name in name, and what is behind = in value"
	}
	return ""
}

func (c *checker) valueFrom(at *field.Path, e *v1.EnvVar) {
	from := e.ValueFrom
	here := at.Child("valueFrom")
	if e.Value != "" {
		c.invalid(here, "keep one of the two", "may not be set together with value")
	}
	set := names("fieldRef", from.FieldRef != nil, "resourceFieldRef", from.ResourceFieldRef != nil,
		"configMapKeyRef", from.ConfigMapKeyRef != nil, "secretKeyRef", from.SecretKeyRef != nil, "fileKeyRef", from.FileKeyRef != nil)
	c.exactlyOne(here, set, "configMapKeyRef, secretKeyRef, fieldRef or resourceFieldRef")
	if from.FieldRef != nil {
		c.fieldRef(here.Child("fieldRef"), from.FieldRef)
	}
	if r := from.ResourceFieldRef; r != nil {
		c.resourceFieldRef(here.Child("resourceFieldRef"), r)
	}
	if r := from.ConfigMapKeyRef; r != nil {
		c.keyRef(here.Child("configMapKeyRef"), r.Name, r.Key)
	}
	if r := from.SecretKeyRef; r != nil {
		c.keyRef(here.Child("secretKeyRef"), r.Name, r.Key)
	}
}

func (c *checker) keyRef(at *field.Path, name, key string) {
	c.subdomain(at.Child("name"), name, "name the object that has the key")
	c.configKey(at.Child("key"), key)
}

// fieldPaths are the fields that the downward API gives to variables.
var fieldPaths = []string{
	"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
	"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
}

func (c *checker) fieldRef(at *field.Path, ref *v1.ObjectFieldSelector) {
	if ref.APIVersion != "v1" {
		c.invalid(at.Child("apiVersion"), "write v1, or remove it", "%q is not v1", ref.APIVersion)
	}
	path := ref.FieldPath
	at = at.Child("fieldPath")
	if path == "" {
		c.required(at, "such as metadata.name")
		return
	}
	for _, allowed := range fieldPaths {
		if path == allowed {
			return
		}
	}
	kind, key, found := subscript(path)
	if found {
		if kind == "metadata.annotations" {
			key = strings.ToLower(key)
		}
		if len(validation.IsQualifiedName(key)) > 0 {
			c.invalid(at, "", "%q does not name a label or annotation", path)
		}
		return
	}
	hint := "use one of " + list2(append(fieldPaths[:3:3], "metadata.labels['KEY']", "metadata.annotations['KEY']"))
	switch near := closest(path, fieldPaths); {
	case path == "metadata.labels", path == "metadata.annotations":
		hint = "name one of them, such as " + path + "['app']"
	case near != "":
		hint = "did you mean " + near + "?"
	}
	c.invalid(at, hint, "%q is not a field that a variable can have", path)
}

// subscript takes metadata.labels['app'] apart.
func subscript(path string) (field, key string, ok bool) {
	for _, field := range []string{"metadata.labels", "metadata.annotations"} {
		if rest, ok := strings.CutPrefix(path, field+"['"); ok && strings.HasSuffix(rest, "']") {
			return field, strings.TrimSuffix(rest, "']"), true
		}
	}
	return "", "", false
}

func (c *checker) envFrom(at *field.Path, sources []v1.EnvFromSource) {
	for i := range sources {
		s, here := &sources[i], at.Index(i)
		if s.Prefix != "" && len(validation.IsRelaxedEnvVarName(s.Prefix)) > 0 {
			c.invalid(here.Child("prefix"), "", "must consist only of printable ASCII characters other than '='")
		}
		c.exactlyOne(here, names("configMapRef", s.ConfigMapRef != nil, "secretRef", s.SecretRef != nil), "configMapRef or secretRef")
		if s.ConfigMapRef != nil {
			c.subdomain(here.Child("configMapRef", "name"), s.ConfigMapRef.Name, "name the ConfigMap")
		}
		if s.SecretRef != nil {
			c.subdomain(here.Child("secretRef", "name"), s.SecretRef.Name, "name the Secret")
		}
	}
}
