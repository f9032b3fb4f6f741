package manifests

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// FieldStatus is what kubehost does with a field of a manifest.
type FieldStatus int

// The zero value is the one that is safe to forget: a field that nobody
// thought about is an error, never dropped.
const (
	// NotYet is an error that names the field. No row has it: it is what a field gets that a newer k8s.io/api brings.
	NotYet FieldStatus = iota
	// Supported fields mean what they mean to a kubelet.
	Supported
	// NoEffect is a warning: one host has no use for the field, and the pod
	// means the same without it.
	NoEffect
	// Silent is NoEffect without the warning: fields that a cluster's own machinery sets,
	// which stand in every manifest that comes from "kubectl get -o yaml".
	Silent
	// Refused is an error: the field cannot be honoured on one host, and
	// without it the pod would mean something else.
	Refused
)

// String is the status as the support table prints it.
func (s FieldStatus) String() string {
	switch s {
	case NotYet:
		return "not yet"
	case Supported:
		return "supported"
	case NoEffect:
		return "no effect"
	case Silent:
		return "no effect, silent"
	case Refused:
		return "refused"
	}
	return fmt.Sprintf("FieldStatus(%d)", int(s))
}

// Field is one row of the support table. It stands for all fields below its
// path that have no row of their own.
type Field struct {
	// Path is the field with its kind in front: "pod.spec.containers[].ports[].hostPort".
	// "[]" is each element of a list, "[name]" an entry of a map, in which "*" is any text.
	Path   string
	Status FieldStatus
	// Reason says why the field has no effect, or is refused; empty otherwise.
	Reason string
	// Hint is what to do instead; never empty for a refused field.
	Hint string
	// Accepts lists values that pass without a word whatever the status: they ask for nothing
	// that a pod does not have anyway, or for the part of the field that is supported.
	Accepts []string
	// Docker and Podman are notes for one runtime; empty where both do the same.
	Docker, Podman string
}

// Fields returns the support table in its fixed order: the rows at and below
// prefix, or, where there are none, the row that stands for prefix. The empty prefix is
// the whole table. "[]" may be left out, or hold an index as problems do:
// "pod.spec.containers.image" and "pod.spec.containers[1].image" both name
// "pod.spec.containers[].image". It returns nothing for a prefix that names no field.
func Fields(prefix string) []Field {
	want := plainPath(prefix)
	var found []Field
	for _, k := range kinds {
		root := fieldTable().entries[k.name]
		if want == "" || isBelow(want, k.name) || isBelow(k.name, want) {
			found = append(found, root.list(want, k.goType)...)
		}
	}
	return found
}

// list returns the rows of e that Fields shows for a path without list marks.
func (e *tableEntry) list(want string, kind fieldType) []Field {
	var found []Field
	var covering *tableEntry
	e.each(func(e *tableEntry) bool {
		plain := plainPath(e.path)
		switch {
		case want == "" || isBelow(plain, want):
			if e.shown() {
				found = append(found, e.field())
			}
		case isBelow(want, plain):
			if e.row != nil {
				covering = e
			}
		default:
			return false
		}
		return !e.closed()
	})
	if len(found) == 0 && covering != nil && kind.has(splitPath(want)[1:]) {
		found = append(found, covering.field())
	}
	return found
}

func (e *tableEntry) field() Field {
	r := e.row
	return Field{
		Path: e.path, Status: r.is, Reason: r.reason, Hint: r.hint,
		Accepts: slices.Clone(r.accepts.texts), Docker: r.docker, Podman: r.podman,
	}
}

// shown says whether the entry says something of its own: a supported
// struct does not, its fields do.
func (e *tableEntry) shown() bool {
	if e.row == nil {
		return false
	}
	return e.row.is != Supported || len(e.children) == 0 || e.children[0].isKey()
}

// isBelow says whether path is prefix, or a field of it.
func isBelow(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// plainPath drops what marks the elements of lists: "[]" and "[3]".
func plainPath(path string) string {
	var plain []string
	for _, s := range splitPath(path) {
		if strings.Trim(s, "[]0123456789") != "" {
			plain = append(plain, s)
		}
	}
	return joinPath(plain)
}

// fieldTable is the table laid over the upstream types; it is never
// changed once it is made.
var fieldTable = sync.OnceValue(makeTable)
