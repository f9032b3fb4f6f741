package manifests

import (
	"encoding/json"
	"reflect"
	"strings"
)

// table is the written rows with mounts carried out (entries, by kind in lower
// case) and laid over the Go types (nodes).
type table struct {
	entries map[string]*tableEntry
	nodes   map[string]*tableNode
	// faults are contradictions in the table; a test holds that there are none.
	faults []string
}

func makeTable() *table {
	t := &table{entries: map[string]*tableEntry{}, nodes: map[string]*tableNode{}}
	for _, k := range kinds {
		root := &tableEntry{name: k.name, path: k.name}
		t.faults = append(t.faults, root.mount(k.rows)...)
		t.entries[k.name] = root
		t.nodes[k.name] = lay(root, k.goType.Type)
	}
	return t
}

// tableNode is a place of a Go value in which something may have to be reported.
// Places in which everything is supported have none, so that the walk
// over an object passes by most of it.
type tableNode struct {
	row *row
	// members are the fields of a struct, in its order.
	members []member
	// element is for each element of a list.
	element *tableNode
	// keys are for the entries of a map; the first that matches a key counts.
	keys []keyNode
}

type member struct {
	index []int
	name  string
	node  *tableNode
}

type keyNode struct {
	pattern string
	row     *row
}

// unknown is the row of a field that the table does not name: a k8s.io/api that
// gained one must not lead to a field dropped in silence.
var unknown = row{is: NotYet}

// lay puts the table over a type. It returns nil where nothing can
// be wrong at or below e.
func lay(e *tableEntry, t reflect.Type) *tableNode {
	if e == nil {
		return &tableNode{row: &unknown}
	}
	if e.closed() {
		return &tableNode{row: e.row}
	}
	n := &tableNode{row: e.row}
	switch t = indirect(t); {
	case isLeaf(t):
	case t.Kind() == reflect.Struct:
		for _, f := range structFields(t) {
			if m := lay(e.child(f.name), f.goType); m != nil {
				n.members = append(n.members, member{f.index, f.name, m})
			}
		}
	case t.Kind() == reflect.Slice && !isLeaf(indirect(t.Elem())):
		n.element = lay(e.child("[]"), t.Elem())
	case t.Kind() == reflect.Map:
		for _, c := range e.children {
			n.keys = append(n.keys, keyNode{c.key(), c.row})
		}
	}
	if n.members == nil && n.element == nil && n.keys == nil {
		return nil
	}
	return n
}

// structField is a field as JSON has it: embedded structs are flattened.
type structField struct {
	name   string
	index  []int
	goType reflect.Type
}

func structFields(t reflect.Type) []structField {
	var fields []structField
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || name == "-":
		case name == "" && f.Anonymous:
			for _, inner := range structFields(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
		default:
			fields = append(fields, structField{name, []int{i}, f.Type})
		}
	}
	return fields
}

// isLeaf says that a type is one value to a user: a scalar, or a struct
// that writes itself as one (Quantity, Time, IntOrString).
func isLeaf(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]())
	case reflect.Slice, reflect.Map:
		return false
	}
	return true
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// fieldType is the Go type of a kind.
type fieldType struct{ reflect.Type }

// has says whether a path without list marks names a field of the type.
func (t fieldType) has(path []string) bool {
	at := indirect(t.Type)
	for at.Kind() == reflect.Slice {
		at = indirect(at.Elem())
	}
	if len(path) == 0 {
		return true
	}
	switch {
	case at.Kind() == reflect.Map:
		return fieldType{at.Elem()}.has(path[1:])
	case at.Kind() == reflect.Struct && !isLeaf(at):
		for _, f := range structFields(at) {
			if f.name == path[0] {
				return fieldType{f.goType}.has(path[1:])
			}
		}
	}
	return false
}
