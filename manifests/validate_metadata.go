package manifests

import (
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// ownDomain is that of kubehost's labels and annotations.
const ownDomain = "kubehost.dev"

// maxAnnotations is how many bytes all annotations of an object may have.
const maxAnnotations = 256 << 10

func (c *checker) metadata(at *field.Path, m metav1.Object) {
	hint := "give it a name"
	if m.GetGenerateName() != "" {
		hint = "give it a name; one that is made up at each apply would never be found again"
	}
	c.subdomain(at.Child("name"), m.GetName(), hint)
	if len(validation.IsDNS1123Label(m.GetNamespace())) > 0 {
		c.label(at.Child("namespace"), m.GetNamespace(), "")
	}
	c.labels(at.Child("labels"), m.GetLabels())
	c.annotations(at.Child("annotations"), m.GetAnnotations())
}

func (c *checker) labels(at *field.Path, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		c.qualified(at.Key(key), key, "label")
		if inDomain(key, ownDomain) {
			c.invalid(at.Key(key), "use a prefix of your own", "labels of %s are kubehost's own", ownDomain)
		}
		if value := labels[key]; len(validation.IsValidLabelValue(value)) > 0 {
			c.invalid(at.Key(key), "put longer or freer text into an annotation",
				"%q is not a label's value: letters, digits, -, _ and ., at most 63, a letter or digit at each end", value)
		}
	}
}

func (c *checker) annotations(at *field.Path, annotations map[string]string) {
	size := 0
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		c.qualified(at.Key(key), strings.ToLower(key), "annotation")
		size += len(key) + len(annotations[key])
	}
	if size > maxAnnotations {
		c.invalid(at, "put large text into a ConfigMap", "are %d bytes together, at most %d are allowed", size, maxAnnotations)
	}
}

// qualified checks a key such as "app" or "example.com/app".
func (c *checker) qualified(at *field.Path, key, what string) {
	if len(validation.IsQualifiedName(key)) > 0 {
		c.invalid(at, "write it as name or as example.com/name",
			"is not the key of %s %s: letters, digits, -, _ and ., at most 63, a letter or digit at each end, behind a DNS name and / if it has one", article(what), what)
	}
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an"
	}
	return "a"
}

// inDomain says whether a key's prefix is that domain or below it.
func inDomain(key, domain string) bool {
	prefix, _, found := strings.Cut(key, "/")
	return found && (prefix == domain || strings.HasSuffix(prefix, "."+domain))
}
