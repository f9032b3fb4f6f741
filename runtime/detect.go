package runtime

import (
	"fmt"
	"strings"
)

// NoRuntimeError says that no runtime can be used, and why for each that was tried.
type NoRuntimeError struct {
	// Wanted is the name that the user set; empty when any would do.
	Wanted string
	// Tried are the runtimes that were tried, in order, with what is wrong with each.
	Tried []Tried
}

// Tried is one runtime that cannot be used.
type Tried struct {
	Name string
	// Problem is one line.
	Problem string
	Hint    string
}

func (e *NoRuntimeError) Error() string {
	var b strings.Builder
	if e.Wanted != "" {
		fmt.Fprintf(&b, "the runtime %q cannot be used", e.Wanted)
	} else {
		b.WriteString("no container runtime can be used")
	}
	for _, t := range e.Tried {
		fmt.Fprintf(&b, "\n  %s: %s", t.Name, t.Problem)
	}
	for _, t := range e.Tried {
		if t.Hint != "" {
			fmt.Fprintf(&b, "\n  hint: %s", t.Hint)
		}
	}
	return b.String()
}
