package printers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"

	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/util/jsonpath"
)

// relaxed is a path as kubectl lets one be written where nothing but a path can stand: braces and the first dot may be
// left out.
var relaxed = regexp.MustCompile(`^\{\.?([^{}]+)\}$|^\.?([^{}]+)$`)

// ParseField reads a path to a field: "{.metadata.name}", ".metadata.name" or "metadata.name".
func ParseField(text string) (*jsonpath.JSONPath, error) {
	m := relaxed.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'", text)
	}
	return parsePath("{." + cmp.Or(m[1], m[2]) + "}")
}

// parsePath reads a JSONPath template. What it names and an object lacks is no error.
// See https://kubernetes.io/docs/reference/kubectl/jsonpath/.
func parsePath(template string) (*jsonpath.JSONPath, error) {
	path := jsonpath.New("out").AllowMissingKeys(true)
	if err := path.Parse(template); err != nil {
		return nil, fmt.Errorf("error parsing jsonpath %s, %w", template, err)
	}
	return path, nil
}

// Generic is a value as paths look at it: the maps, lists, strings and numbers of its JSON.
func Generic(value any) (object any, err error) {
	b, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	// Unlike encoding/json this keeps whole numbers whole.
	err = utiljson.Unmarshal(lateWord.ReplaceAll(b, []byte("<$1>")), &object)
	return object, err
}

// Values returns the values at a path in an object of [Generic]; none where a field of the path is not there.
func Values(path *jsonpath.JSONPath, object any) ([]any, error) {
	results, err := path.FindResults(object)
	if err != nil {
		return nil, err
	}
	var values []any
	for _, list := range results {
		for _, v := range list {
			if v.IsValid() {
				values = append(values, v.Interface())
			}
		}
	}
	return values, nil
}
