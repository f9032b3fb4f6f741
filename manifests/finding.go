package manifests

import (
	"slices"
	"sort"
	"strings"
)

// class says what kind of thing is wrong, so that what merely follows from it can be left out.
type class int

const (
	invalid   class = iota // a value that the rules forbid
	malformed              // the text of the document: unknown keys, wrong types, annotations
	refused                // the field table
	missing                // something required or referred to is not there
	unheard                // a word that Kubernetes does not know, where it knows a few
)

// finding is a problem on its way out.
type finding struct {
	Problem
	class class
}

// ordered returns what a user should read of an object's findings, from the top of the document to its end.
//
// A key that cannot be read makes other things seem missing ("imagee" leaves a container without image):
// then only the cause is reported. The same holds below a field that is refused.
func ordered(findings []finding) []finding {
	broken := slices.ContainsFunc(findings, func(f finding) bool { return f.class == malformed && f.Severity == Error })
	var kept []finding
	for _, f := range findings {
		if f.class == missing && broken {
			continue
		}
		if f.class == refused && mistaken(f, findings) {
			continue
		}
		if (f.class == invalid || f.class == missing) && explained(f, findings) {
			continue
		}
		kept = append(kept, f)
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].Line < kept[j].Line })
	return kept
}

// explained says that the field, or a parent of it, is an error already.
func explained(f finding, all []finding) bool {
	return slices.ContainsFunc(all, func(cause finding) bool {
		return (cause.class == malformed || cause.class == refused) && cause.Severity == Error && within(f.Path, cause.Path)
	})
}

// mistaken says that a field is refused for a word that means nothing anywhere: "not supported yet"
// would promise that it will.
func mistaken(f finding, all []finding) bool {
	return slices.ContainsFunc(all, func(cause finding) bool {
		return cause.class == unheard && within(cause.Path, f.Path) && !strings.Contains(cause.Path[len(f.Path):], ".")
	})
}

// within says whether a path is that parent or below it.
func within(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && parent != "" && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
