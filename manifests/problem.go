package manifests

import (
	"fmt"
	"io"
	"strings"
)

// Severity says whether a problem stops the invocation.
type Severity int

// An Error stops the invocation before anything on the host changes; a Warning is printed.
const (
	Error Severity = iota
	Warning
)

// Problem is one thing wrong with one place of one document.
type Problem struct {
	Origin   Origin
	Severity Severity
	// Path is the field as Kubernetes spells it: "spec.containers[1].image"; may be empty.
	Path string
	// Detail says what is wrong, with value and limit, in lower case.
	Detail string
	// Hint is the one thing to do about it; may be empty.
	Hint string
	// Line is the line of the file that holds the field, or its nearest parent when it
	// is missing; 0 when unknown.
	Line int
}

// String is the problem as it is printed:
//
//	web.yaml: pod "web": spec.containers[0].ports[0].hostPort: 70000 is not a port, 1-65535
//	  hint: …
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Origin.String())
	if p.Path != "" {
		b.WriteString(": " + p.Path)
	}
	b.WriteString(": ")
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Detail)
	if p.Hint != "" {
		b.WriteString("\n  hint: " + p.Hint)
	}
	return b.String()
}

// String is the origin as messages spell it: file, document where there are several, kind and name.
func (o Origin) String() string {
	s := o.File
	if o.Document > 0 {
		s += fmt.Sprintf(" (document %d)", o.Document)
	}
	if o.Kind != "" {
		s += ": " + strings.ToLower(o.Kind)
		if o.Name != "" {
			s += fmt.Sprintf(" %q", o.Name)
		}
	}
	return s
}

// Problems is everything found in one run, in the order of the documents and their fields.
type Problems []Problem

// HasErrors says whether any of them is an error.
func (ps Problems) HasErrors() bool {
	for _, p := range ps {
		if p.Severity == Error {
			return true
		}
	}
	return false
}

// Print writes all problems, one or two lines each.
func (ps Problems) Print(w io.Writer) {
	for _, p := range ps {
		fmt.Fprintln(w, p)
	}
}
