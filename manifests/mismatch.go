package manifests

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// wrongType reports a node that is not what its field holds, and writes null for it.
//
// A value is repeated only where the field holds a number, a boolean or a time: text may be a secret.
func (d *decoder) wrongType(n *yaml.Node, s *schema) {
	d.out = append(d.out, "null"...)
	if n.Kind == yaml.ScalarNode && resolve(n).kind == badScalar {
		d.report(n, "put quotes around text that starts with ! or is .nan or .inf", "is not a value that Kubernetes reads")
		return
	}
	is, must := nodeKind(n), s.holds()
	if s.shape == timeShape && n.Kind == yaml.ScalarNode {
		is = "not a time"
	}
	if s.echoes() && n.Kind == yaml.ScalarNode {
		is = strconv.Quote(n.Value) + " is " + is
	} else {
		is = "is " + is
	}
	d.report(n, mismatchHint(n, s), "%s, must be %s", is, must)
}

// echoes says that a wrong value may be repeated in a message.
func (s *schema) echoes() bool {
	switch s.shape {
	case boolShape, intShape, floatShape, intOrStringShape, timeShape, quantityShape:
		return true
	}
	return false
}

// holds is what a field of that shape must be, in words.
func (s *schema) holds() string {
	switch s.shape {
	case structShape, mapShape:
		return "a mapping"
	case listShape:
		return "a list"
	case stringShape:
		return "a string"
	case boolShape:
		return "true or false"
	case intShape:
		return "a whole number"
	case floatShape:
		return "a number"
	case bytesShape:
		return "base64 text"
	case quantityShape:
		return "a quantity"
	case intOrStringShape:
		return "a whole number or a string"
	case timeShape:
		return "as 2006-01-02T15:04:05Z"
	}
	return "a value"
}

func nodeKind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch resolve(n).kind {
	case boolScalar:
		return "a boolean"
	case intScalar, floatScalar:
		return "a number"
	case nullScalar:
		return "null"
	}
	return "a string"
}

// mismatchHint is how to write what was probably meant.
func mismatchHint(n *yaml.Node, s *schema) string {
	v := scalar{}
	if n.Kind == yaml.ScalarNode {
		v = resolve(n)
	}
	if isTemplate(n) {
		return templateHint
	}
	switch s.shape {
	case stringShape, bytesShape:
		switch v.kind {
		case boolScalar:
			return "put quotes around it: YAML reads y, yes, on, n, no and off as true and false"
		case intScalar, floatScalar:
			return "put quotes around it"
		}
	case intShape, boolShape, floatShape:
		if v.kind == stringScalar {
			if plain := resolvePlain(orNull(v.text)); plain.kind == intScalar && s.shape == intShape ||
				plain.kind == boolScalar && s.shape == boolShape {
				return "remove the quotes"
			}
		}
	case listShape:
		return listHint(n, s.elem)
	case structShape, mapShape:
		if n.Kind == yaml.SequenceNode {
			return "remove the \"- \" in front of the keys"
		}
		if s.shape == mapShape {
			return "write it as lines of \"key: value\""
		}
		if hint, ok := entryHints[s.name]; ok {
			return hint
		}
		if len(s.fields) > 0 {
			return fmt.Sprintf("its keys are %s", someFields(s))
		}
	}
	return ""
}

// entryHints are for the lists that people often write as compose files have them.
var entryHints = map[string]string{
	"EnvVar":        `write each variable as "- name: NAME" with "value: …" below it`,
	"ContainerPort": `write each port as "- containerPort: 80"`,
	"VolumeMount":   `write each mount as "- name: VOLUME" with "mountPath: /path" below it`,
	"Volume":        `write each volume as "- name: NAME" with its source below it, such as "emptyDir: {}"`,
}

// isTemplate says that the node is {{ … }}, which YAML reads as a mapping in a mapping.
func isTemplate(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
}

func listHint(n *yaml.Node, elem *schema) string {
	if hint, ok := entryHints[elem.name]; ok {
		return hint
	}
	switch {
	case elem.shape == structShape:
		return "start each entry with \"- \""
	case n.Kind == yaml.ScalarNode:
		return "write it as a list: [\"first\", \"second\"]"
	}
	return "write each entry as a line that starts with \"- \""
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// someFields lists the first keys of a type.
func someFields(s *schema) string {
	var names []string
	for _, f := range s.fields {
		if len(names) == 5 {
			return strings.Join(names, ", ") + ", …"
		}
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

func validTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// quantityHint is the quantity that was probably meant.
func quantityHint(text string) string {
	const units = "write a number with k, M, G, Ki, Mi or Gi for bytes, or m for thousandths, such as 64Mi or 500m"
	trimmed := strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	number := strings.TrimRight(trimmed, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if _, err := strconv.ParseFloat(number, 64); err != nil {
		return units
	}
	switch strings.ToLower(trimmed[len(number):]) {
	case "k", "kb":
		return "did you mean " + number + "k?"
	case "m", "mb":
		return "did you mean " + number + "M?"
	case "g", "gb":
		return "did you mean " + number + "G?"
	case "ki", "kib":
		return "did you mean " + number + "Ki?"
	case "mi", "mib":
		return "did you mean " + number + "Mi?"
	case "gi", "gib":
		return "did you mean " + number + "Gi?"
	}
	return units
}
