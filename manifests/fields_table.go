package manifests

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// row is one line of the table as it is written down. The rows of a type that stands in several
// places (Container, Probe, ObjectMeta …) are written once and
// mounted with of where the type stands.
type row struct {
	// path is relative to the type that the rows describe. It may lead
	// through several fields: "hostPath.path", "items[].key".
	path string
	is   FieldStatus
	// reason is why the field has no effect or is refused, hint what to do instead.
	reason, hint string
	// accepts are the values that pass whatever the status.
	accepts accepted
	// evenEmpty says that "{}" is a use of the field: a volume source, a handler.
	evenEmpty bool
	// docker and podman are notes where the two differ.
	docker, podman string
	// of are the rows below. They count only while this row is
	// supported: any other status stands for the whole subtree, so that a probe which is not
	// supported yet is one problem and not six.
	of rows
	// except are rows that replace those of the same path in of, in this place only; one
	// with rows of its own also replaces all rows below.
	except rows
}

type rows []row

// accepted is a set of values that a row lets pass.
type accepted struct {
	texts []string
	// ok gets the struct that holds the field, and the field.
	ok func(owner, value reflect.Value) bool
	// literal says that texts are values which a user may write.
	literal bool
}

// values accepts scalars as they are written in YAML, and lists of nothing
// else. "*" at either end of one is any text.
func values(vs ...string) accepted {
	var one func(_, v reflect.Value) bool
	one = func(owner, v reflect.Value) bool {
		switch v.Kind() {
		case reflect.Pointer:
			return one(owner, v.Elem())
		case reflect.Slice:
			for i := range v.Len() {
				if !one(owner, v.Index(i)) {
					return false
				}
			}
			return true
		}
		text := fmt.Sprint(v)
		return slices.ContainsFunc(vs, func(pattern string) bool { return matches(pattern, text) })
	}
	return accepted{texts: vs, ok: one, literal: true}
}

// when accepts whatever the field holds while the struct that it stands in
// looks right; text says how it looks.
func when[Owner any](text string, ok func(*Owner) bool) accepted {
	return accepted{texts: []string{text}, ok: func(owner, _ reflect.Value) bool {
		return ok(owner.Addr().Interface().(*Owner))
	}}
}

// matches says whether s is the pattern, in which "*" at either end is any text.
func matches(pattern, s string) bool {
	core, any1 := strings.CutPrefix(pattern, "*")
	core, any2 := strings.CutSuffix(core, "*")
	switch {
	case any1 && any2:
		return strings.Contains(s, core)
	case any1:
		return strings.HasSuffix(s, core)
	case any2:
		return strings.HasPrefix(s, core)
	}
	return s == pattern
}

// tableEntry is one place of the table, with all mounts carried out.
type tableEntry struct {
	// name is the last segment of path: "spec", "[]" or "[kubehost.dev/*]".
	name, path string
	// row is nil where the table only leads further down.
	row      *row
	children []*tableEntry
}

// mount puts rows below e and returns what is wrong with them.
func (e *tableEntry) mount(rs rows) (faults []string) {
	for i := range rs {
		r := &rs[i]
		at := e.make(splitPath(r.path))
		if at.row != nil {
			faults = append(faults, at.path+": two rows claim this path")
		}
		at.row = r
		faults = append(faults, at.mount(r.of)...)
		for j := range r.except {
			x := at.find(splitPath(r.except[j].path))
			if x == nil || x.row == nil {
				faults = append(faults, at.path+": no row to replace: "+r.except[j].path)
				continue
			}
			x.row = &r.except[j]
			if x.row.of != nil {
				x.children = nil
				faults = append(faults, x.mount(x.row.of)...)
			}
		}
	}
	return faults
}

func (e *tableEntry) child(name string) *tableEntry {
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (e *tableEntry) find(path []string) *tableEntry {
	for _, name := range path {
		if e = e.child(name); e == nil {
			return nil
		}
	}
	return e
}

func (e *tableEntry) make(path []string) *tableEntry {
	for _, name := range path {
		c := e.child(name)
		if c == nil {
			c = &tableEntry{name: name, path: joinPath([]string{e.path, name})}
			e.children = append(e.children, c)
		}
		e = c
	}
	return e
}

// each calls f for e and all below it in order; f returning false skips
// what is below.
func (e *tableEntry) each(f func(*tableEntry) bool) {
	if !f(e) {
		return
	}
	for _, c := range e.children {
		c.each(f)
	}
}

// closed says that the entry's row stands for everything below it.
func (e *tableEntry) closed() bool { return e.row != nil && e.row.is != Supported }

// isKey says that the entry is an entry of a map.
func (e *tableEntry) isKey() bool { return e.name[0] == '[' && e.name != "[]" }

// key is the pattern of the map's keys that the entry is for.
func (e *tableEntry) key() string { return strings.Trim(e.name, "[]") }

// splitPath cuts "a.b[].c[x.y/z]" into a, b, [], c and [x.y/z].
func splitPath(path string) []string {
	var segments []string
	for path != "" {
		end := strings.IndexAny(path, ".[")
		switch {
		case end < 0:
			end = len(path)
		case end == 0 && path[0] == '.':
			path = path[1:]
			continue
		case end == 0:
			if end = strings.IndexByte(path, ']') + 1; end == 0 {
				end = len(path)
			}
		}
		segments = append(segments, path[:end])
		path = path[end:]
	}
	return segments
}

func joinPath(segments []string) string {
	var b strings.Builder
	for _, s := range segments {
		if b.Len() > 0 && s != "" && s[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(s)
	}
	return b.String()
}
