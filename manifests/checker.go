package manifests

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// checker judges the values of one object as the API server's validation does (pkg/apis/core/validation
// upstream), in its own words: value and limit first, then what to do.
type checker struct {
	// node is the object as written, for the few rules on how rather than what.
	node     *yaml.Node
	findings []finding
}

func (c *checker) add(class class, at *field.Path, hint, detail string) {
	c.findings = append(c.findings, finding{class: class, Problem: Problem{Path: at.String(), Detail: detail, Hint: hint}})
}

func (c *checker) invalid(at *field.Path, hint, format string, args ...any) {
	c.add(invalid, at, hint, fmt.Sprintf(format, args...))
}

func (c *checker) missing(at *field.Path, hint, format string, args ...any) {
	c.add(missing, at, hint, fmt.Sprintf(format, args...))
}

func (c *checker) required(at *field.Path, hint string) {
	c.missing(at, hint, "is required")
}

// oneOf checks a value that must be one of a few words; an empty one passes.
func oneOf[T ~string](c *checker, at *field.Path, value T, allowed ...T) bool {
	if value == "" {
		return true
	}
	var words []string
	for _, a := range allowed {
		if value == a {
			return true
		}
		words = append(words, string(a))
	}
	hint := "write " + list2(words)
	if near := closest(string(value), words); near != "" {
		hint = "did you mean " + near + "?"
	}
	c.add(unheard, at, hint, fmt.Sprintf("%s is not one of %s", quote(string(value)), list2(words)))
	return false
}

// list2 joins words as a sentence does: "a, b or c".
func list2(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// label checks a name that becomes one label of a DNS name. It says whether the name is there.
func (c *checker) label(at *field.Path, value, hint string) bool {
	if value == "" {
		c.required(at, hint)
		return false
	}
	if len(validation.IsDNS1123Label(value)) > 0 {
		c.invalid(at, nameHint(value, 63, ""), "%s is not a name: lower-case letters, digits and -, at most 63, not - at an end", quote(value))
	}
	return true
}

// subdomain checks the name of an object: like a label, and dots.
func (c *checker) subdomain(at *field.Path, value, hint string) bool {
	if value == "" {
		c.required(at, hint)
		return false
	}
	if len(validation.IsDNS1123Subdomain(value)) > 0 {
		c.invalid(at, nameHint(value, 253, "."), "%s is not a name: lower-case letters, digits, - and ., at most 253, a letter or digit at each end and beside each dot", quote(value))
	}
	return true
}

// quote quotes a value; a long one is cut, since the path says where it is.
func quote(value string) string {
	if len(value) > 70 {
		return fmt.Sprintf("%q… (%d characters)", strings.ToValidUTF8(value[:40], ""), len(value))
	}
	return strconv.Quote(value)
}

var notInNames = regexp.MustCompile(`[^a-z0-9.-]+`)

// nameHint is the name nearest to the value that is allowed.
func nameHint(value string, length int, dots string) string {
	name := notInNames.ReplaceAllString(strings.ToLower(value), "-")
	if dots == "" {
		name = strings.ReplaceAll(name, ".", "-")
	}
	name = strings.Trim(name[:min(len(name), length)], "-.")
	if name == "" || name == value || strings.Contains(value, "/") || len(validation.IsDNS1123Subdomain(name)) > 0 {
		return ""
	}
	if len(name) > 40 {
		return "write a shorter name"
	}
	return "did you mean " + name + "?"
}

// notNegative checks a count or a time.
func (c *checker) notNegative(at *field.Path, value int64) {
	if value < 0 {
		c.invalid(at, "", "%d is less than 0", value)
	}
}

func (c *checker) between(at *field.Path, value, low, high int64, what string) {
	if value < low || value > high {
		c.invalid(at, "", "%d is not %s, %d-%d", value, what, low, high)
	}
}

// exactlyOne checks a struct of which just one member may be set.
func (c *checker) exactlyOne(at *field.Path, set []string, choices string) {
	switch {
	case len(set) == 0:
		c.missing(at, "", "needs one of %s", choices)
	case len(set) > 1:
		c.invalid(at, "keep one of them", "has %s, and may have only one", strings.Join(set, " and "))
	}
}

// names returns the names of what is set.
func names(all ...any) []string {
	var set []string
	for i := 0; i < len(all); i += 2 {
		if all[i+1].(bool) {
			set = append(set, all[i].(string))
		}
	}
	return set
}
