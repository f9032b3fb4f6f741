package manifests

import (
	"encoding/base64"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalarKind says what a YAML scalar is.
type scalarKind int

const (
	nullScalar scalarKind = iota
	stringScalar
	boolScalar
	intScalar
	floatScalar
	badScalar // a tag that Kubernetes does not read, or a number that JSON cannot hold
)

// scalar is a YAML scalar as kubectl and the API server read it.
type scalar struct {
	kind scalarKind
	text string // of a string
	b    bool
	i    int64
	f    float64 // of a float, and of an integer beyond int64
}

// The words that YAML 1.1 knows. yaml.v3 follows YAML 1.2, where yes and on are strings; Kubernetes
// reads YAML 1.1 (through sigs.k8s.io/yaml), so that "value: on" must be the same error here as it is there.
var words = func() map[string]scalar {
	m := map[string]scalar{}
	for _, w := range []string{"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"} {
		m[w] = scalar{kind: boolScalar, b: true}
	}
	for _, w := range []string{"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"} {
		m[w] = scalar{kind: boolScalar}
	}
	for _, w := range []string{"", "~", "null", "Null", "NULL"} {
		m[w] = scalar{kind: nullScalar}
	}
	for _, w := range []string{".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF",
		"+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"} {
		m[w] = scalar{kind: badScalar}
	}
	return m
}()

var yamlFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

// resolve reads a scalar node.
func resolve(n *yaml.Node) scalar {
	if n.Style&yaml.TaggedStyle == 0 {
		if n.Style == 0 {
			return resolvePlain(n.Value)
		}
		return scalar{kind: stringScalar, text: n.Value}
	}
	s := resolvePlain(n.Value)
	switch n.ShortTag() {
	case "!!str":
		return scalar{kind: stringScalar, text: n.Value}
	case "!!null":
		return wantKind(s, nullScalar)
	case "!!bool":
		return wantKind(s, boolScalar)
	case "!!int":
		return wantKind(s, intScalar)
	case "!!float":
		if s.kind == intScalar {
			return scalar{kind: floatScalar, f: float64(s.i)}
		}
		return wantKind(s, floatScalar)
	case "!!binary":
		if raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), "")); err == nil {
			return scalar{kind: stringScalar, text: string(raw)}
		}
	}
	return scalar{kind: badScalar}
}

func wantKind(s scalar, k scalarKind) scalar {
	if s.kind != k {
		return scalar{kind: badScalar}
	}
	return s
}

func resolvePlain(text string) scalar {
	if s, ok := words[text]; ok {
		return s
	}
	asString := scalar{kind: stringScalar, text: text}
	switch c := text[0]; {
	case c == '.':
		if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(f, 0) {
			return scalar{kind: floatScalar, f: f}
		}
		return asString
	case c == '+' || c == '-' || '0' <= c && c <= '9':
	default:
		return asString
	}
	digits := strings.ReplaceAll(text, "_", "")
	if i, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return scalar{kind: intScalar, i: i}
	}
	if u, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return scalar{kind: floatScalar, f: float64(u)}
	}
	if yamlFloat.MatchString(digits) {
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return scalar{kind: floatScalar, f: f}
		}
	}
	return asString
}

// whole is the value as an integer, if it is one: 80 and 80.0 are.
func (s scalar) whole() (int64, bool) {
	switch s.kind {
	case intScalar:
		return s.i, true
	case floatScalar:
		if s.f == math.Trunc(s.f) && math.Abs(s.f) < 1<<53 {
			return int64(s.f), true
		}
	}
	return 0, false
}

// number is the value as JSON writes it.
func (s scalar) number() string {
	if i, ok := s.whole(); ok {
		return strconv.FormatInt(i, 10)
	}
	return strconv.FormatFloat(s.f, 'g', -1, 64)
}
