package printers

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// lateWord is how JSON writes a place in a plan that is filled once the pod's sandbox runs.
var lateWord = regexp.MustCompile(`\\u0000([a-zA-Z]+)\\u0000`)

// Data prints a value as YAML with that format, else as JSON. What a plan leaves open until its sandbox runs is printed as <podIP>.
func Data(w io.Writer, v any, format string) error {
	b, err := json.MarshalIndent(v, "", "    ")
	b = lateWord.ReplaceAll(b, []byte("<$1>"))
	if err == nil && format == "yaml" {
		b, err = yaml.JSONToYAML(b)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", strings.TrimSuffix(string(b), "\n"))
	return err
}

// Document is Data for one of several values that follow one another.
func Document(w io.Writer, v any, format string) error {
	if err := begin(w, format); err != nil {
		return err
	}
	return Data(w, v, format)
}

// begin begins one of several documents, where the format needs that.
func begin(w io.Writer, format string) error {
	if format != formatYAML {
		return nil
	}
	_, err := io.WriteString(w, "---\n")
	return err
}
