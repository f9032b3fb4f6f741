package manifests

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/api/resource"
)

// decoder checks one document against an upstream type and writes it as JSON in one walk.
//
// The strict decoders of sigs.k8s.io/yaml and sigs.k8s.io/json were not enough: they stop at the first wrong
// type, give duplicate keys without a path, and know no neighbours to suggest. What they accept is
// accepted here with the same meaning; a test compares the two.
type decoder struct {
	kind     string
	root     *schema
	out      []byte // the document as JSON, without what is wrong in it
	path     []byte
	findings []finding
	document document
	depth    int
	visited  int // nodes, aliases expanded
	tooLarge bool
}

// The limits of one document, which only anchors that refer to one another in a bomb reach.
const (
	maxDepth   = 200
	maxVisited = 2_000_000
)

func (d *decoder) report(n *yaml.Node, hint, format string, args ...any) {
	d.findings = append(d.findings, finding{class: malformed, Problem: Problem{
		Path: string(d.path), Detail: fmt.Sprintf(format, args...), Hint: hint, Line: n.Line + d.document.firstLine - 1,
	}})
}

// in runs f with the path longer by ".name", or by "[name]" in a map.
func (d *decoder) in(s *schema, name string, f func()) {
	length := len(d.path)
	if s != nil && s.shape == mapShape {
		d.path = append(append(append(d.path, '['), name...), ']')
	} else {
		if length > 0 {
			d.path = append(d.path, '.')
		}
		d.path = append(d.path, name...)
	}
	f()
	d.path = d.path[:length]
}

// value walks one node. Where the node is wrong, null is written in its place.
func (d *decoder) value(n *yaml.Node, s *schema) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	d.visited++
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > maxDepth || d.visited > maxVisited {
		if !d.tooLarge {
			d.report(n, "", "is nested too deep, or its anchors grow too large")
		}
		d.tooLarge = true // once is enough, the walk would go on to the next of a million
		d.out = append(d.out, "null"...)
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		d.mapping(n, s)
	case yaml.SequenceNode:
		d.sequence(n, s)
	default:
		d.scalar(n, s)
	}
}

func (d *decoder) mapping(n *yaml.Node, s *schema) {
	switch s.shape {
	case structShape, mapShape, anyShape:
	default:
		d.wrongType(n, s)
		return
	}
	d.out = append(d.out, '{')
	first := true
	for _, p := range d.pairs(n, s) {
		child := s.elem
		switch s.shape {
		case anyShape:
			child = s
		case structShape:
			if child = s.field(p.name); child == nil {
				d.in(s, p.name, func() { d.report(p.key, d.suggest(s, n, p.name), "unknown field") })
				continue
			}
		}
		if !first {
			d.out = append(d.out, ',')
		}
		first = false
		d.out = append(appendString(d.out, p.name), ':')
		d.in(s, p.name, func() { d.value(p.value, child) })
	}
	d.out = append(d.out, '}')
}

func (d *decoder) sequence(n *yaml.Node, s *schema) {
	if s.shape != listShape && s.shape != anyShape {
		d.wrongType(n, s)
		return
	}
	child := s.elem
	if child == nil {
		child = s
	}
	d.out = append(d.out, '[')
	length := len(d.path)
	for i, item := range n.Content {
		if i > 0 {
			d.out = append(d.out, ',')
		}
		d.path = append(strconv.AppendInt(append(d.path, '['), int64(i), 10), ']')
		if child.shape == structShape && isNull(item) {
			d.report(item, "remove the \"-\", or indent what belongs to it", "is empty")
		}
		d.value(item, child)
		d.path = d.path[:length]
	}
	d.out = append(d.out, ']')
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && resolve(n).kind == nullScalar }

func (d *decoder) scalar(n *yaml.Node, s *schema) {
	v := resolve(n)
	length := len(d.out)
	ok := v.kind == nullScalar
	switch s.shape {
	case stringShape:
		ok = ok || v.kind == stringScalar
	case boolShape:
		ok = ok || v.kind == boolScalar
	case intShape:
		i, whole := v.whole()
		ok = ok || whole
		if whole && s.bits == 32 && i != int64(int32(i)) {
			d.report(n, "", "%s is beyond the numbers that fit, up to %d", n.Value, math.MaxInt32)
			ok, v.kind = true, nullScalar
		}
	case floatShape:
		ok = ok || v.kind == intScalar || v.kind == floatScalar
	case intOrStringShape:
		i, whole := v.whole()
		ok = ok || v.kind == stringScalar || whole && i == int64(int32(i))
	case quantityShape:
		ok = ok || d.quantity(n, v)
	case timeShape:
		ok = ok || v.kind == stringScalar && validTime(v.text)
	case bytesShape:
		ok = ok || d.base64(n, v)
	case anyShape:
		ok = v.kind != badScalar
	}
	if !ok {
		if len(d.findings) == 0 || d.findings[len(d.findings)-1].Path != string(d.path) {
			d.wrongType(n, s)
			return
		}
		v.kind = nullScalar
	}
	d.out = appendScalar(d.out[:length], v)
}

// quantity accepts "500m" and 0.5, as the API server does.
func (d *decoder) quantity(n *yaml.Node, v scalar) bool {
	text := v.text
	switch v.kind {
	case intScalar, floatScalar:
		text = v.number()
	case stringScalar:
	default:
		return false
	}
	if _, err := resource.ParseQuantity(text); err != nil {
		d.report(n, quantityHint(text), "%q is not a quantity", text)
		return false
	}
	return true
}

func (d *decoder) base64(n *yaml.Node, v scalar) bool {
	if v.kind != stringScalar {
		return false
	}
	if _, err := base64.StdEncoding.DecodeString(v.text); err != nil {
		hint := "encode the value with base64"
		if d.root.field("stringData") != nil {
			hint += ", or write it as plain text below stringData"
		} else {
			hint += ", or write it as plain text below data"
		}
		d.report(n, hint, "is not base64")
		return false
	}
	return true
}

func appendScalar(out []byte, v scalar) []byte {
	switch v.kind {
	case stringScalar:
		return appendString(out, v.text)
	case boolScalar:
		return strconv.AppendBool(out, v.b)
	case intScalar, floatScalar:
		return append(out, v.number()...)
	}
	return append(out, "null"...)
}

// appendString writes a JSON string; the slow way only where a character needs it.
func appendString(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s) // a string always has a JSON form
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), s...), '"')
}
