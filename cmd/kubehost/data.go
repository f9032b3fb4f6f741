package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// lateWord is how JSON writes a place in a plan that is filled once the pod's sandbox runs.
var lateWord = regexp.MustCompile(`\\u0000([a-zA-Z]+)\\u0000`)

// printData prints a value as JSON or YAML.
func (p *program) printData(v any, format string) error {
	b, err := json.MarshalIndent(v, "", "    ")
	b = lateWord.ReplaceAll(b, []byte("<$1>"))
	if err == nil && format == "yaml" {
		b, err = yaml.JSONToYAML(b)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n", strings.TrimSuffix(string(b), "\n"))
	return err
}
