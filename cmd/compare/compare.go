package compare

import (
	"bytes"
	"encoding/json"

	"github.com/rogpeppe/go-internal/diff"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubehost/kubehost/manifests"
)

// Pair is an object as it was applied last and as it would be applied now, as YAML; nil where there is none.
type Pair struct {
	// Name is that of the file which kubectl would write: "v1.Pod.default.web".
	Name         string
	Live, Merged []byte
}

// Unified is the difference as diff -u writes it; empty when there is none.
func (c Pair) Unified() []byte {
	return diff.Diff("LIVE/"+c.Name, c.Live, "MERGED/"+c.Name, c.Merged)
}

// Objects sets two versions of an object beside each other; one of them may be nil. Values of a Secret are not among what
// it returns.
func Objects(o manifests.Origin, live, merged metav1.Object) (c Pair, err error) {
	c.Name = "v1." + o.Kind
	if o.Namespace != "" {
		c.Name += "." + o.Namespace
	}
	c.Name += "." + o.Name
	before, err := fieldsOf(live)
	if err != nil {
		return c, err
	}
	after, err := fieldsOf(merged)
	if err != nil {
		return c, err
	}
	if o.Kind == "Secret" {
		maskValues(before, after)
	}
	if c.Live, err = yamlOf(before); err == nil {
		c.Merged, err = yamlOf(after)
	}
	return c, err
}

// fieldsOf are the fields of an object that a manifest sets; nil for nil.
func fieldsOf(o metav1.Object) (map[string]any, error) {
	if o == nil {
		return nil, nil
	}
	b, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	delete(fields, "status")
	if m, ok := fields["metadata"].(map[string]any); ok {
		delete(m, "creationTimestamp")
		// It is the whole object once more, and of a Secret with its values.
		if a, ok := m["annotations"].(map[string]any); ok {
			if delete(a, v1.LastAppliedConfigAnnotation); len(a) == 0 {
				delete(m, "annotations")
			}
		}
	}
	return fields, nil
}

func yamlOf(fields map[string]any) ([]byte, error) {
	if fields == nil {
		return nil, nil
	}
	return yaml.Marshal(fields)
}

// What stands for a value of a Secret, as in kubectl diff.
const (
	maskedValue  = "***"
	maskedBefore = "*** (before)"
	maskedAfter  = "*** (after)"
)

// maskValues hides the values of both versions of a Secret. Of one that is in both can be seen whether it changes.
func maskValues(before, after map[string]any) {
	old, _ := before["data"].(map[string]any)
	fresh, _ := after["data"].(map[string]any)
	for key, value := range old {
		old[key] = maskedValue
		if other, both := fresh[key]; both && other != value {
			old[key], fresh[key] = maskedBefore, maskedAfter
		}
	}
	for key, value := range fresh {
		if value != maskedAfter {
			fresh[key] = maskedValue
		}
	}
}
