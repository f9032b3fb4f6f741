package manifests

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// checkFields reports every field set in an object that the table does not let
// pass: refused and not yet supported ones as errors, those without effect as
// warnings, once for each place, in the order of the type's fields. value is the object as
// decoded, before defaulting: a default would look like a wish of the user.
//
// Set is what the object's JSON has, without empty lists, maps and structs:
// those ask for nothing.
func checkFields(origin Origin, kind string, value any) Problems {
	n := fieldTable().nodes[strings.ToLower(kind)]
	if n == nil {
		return nil
	}
	c := fieldCheck{origin: origin}
	c.visit(n, reflect.Value{}, reflect.ValueOf(value))
	return c.found
}

// fieldCheck is one walk over one object.
type fieldCheck struct {
	origin Origin
	// path is where the walk is: one buffer for all of it, since
	// almost no path is ever printed.
	path  []byte
	found Problems
}

func (c *fieldCheck) visit(n *tableNode, owner, v reflect.Value) {
	if r := n.row; r != nil {
		accepted := r.accepts.ok != nil && r.accepts.ok(owner, v)
		if !accepted && r.is != Supported {
			c.report(r, v)
		}
		if accepted || r.is != Supported {
			return
		}
	}
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	here := len(c.path)
	switch v.Kind() {
	case reflect.Struct:
		for _, m := range n.members {
			f := v.FieldByIndex(m.index)
			if !isSet(f, m.node.row) {
				continue
			}
			if here > 0 {
				c.path = append(c.path, '.')
			}
			c.path = append(c.path, m.name...)
			c.visit(m.node, v, f)
			c.path = c.path[:here]
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.path = append(c.path, '[')
			c.path = strconv.AppendInt(c.path, int64(i), 10)
			c.path = append(c.path, ']')
			c.visit(n.element, v, v.Index(i))
			c.path = c.path[:here]
		}
	case reflect.Map:
		c.visitKeys(n.keys, v)
	}
}

// visitKeys checks the keys of a map, sorted: a map in Go has no order.
func (c *fieldCheck) visitKeys(keys []keyNode, v reflect.Value) {
	var names []string
	for _, k := range v.MapKeys() {
		names = append(names, k.String())
	}
	slices.Sort(names)
	here := len(c.path)
	for _, name := range names {
		i := slices.IndexFunc(keys, func(k keyNode) bool { return matches(k.pattern, name) })
		if i < 0 || keys[i].row.is == Supported {
			continue
		}
		r := *keys[i].row
		if r.hint == spellingHint {
			r.hint = meantKey(keys, name)
		}
		entry := v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key()))
		c.path = append(c.path, "["+name+"]"...)
		c.visit(&tableNode{row: &r}, v, entry)
		c.path = c.path[:here]
	}
}

// meantKey is the hint for a misspelt key. "*" in a pattern stands for the name of a container.
func meantKey(keys []keyNode, name string) string {
	_, container, _ := strings.Cut(name, "/")
	var names, supported []string
	for _, k := range keys {
		if k.row.is == Refused {
			continue
		}
		names = append(names, strings.Replace(k.pattern, "*", container, 1))
		if k.row.is == Supported && strings.Contains(k.pattern, ownDomain) {
			supported = append(supported, k.pattern)
		}
	}
	if near := closest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "there are " + strings.Join(supported, ", ")
}

func (c *fieldCheck) report(r *row, v reflect.Value) {
	p := Problem{Origin: c.origin, Path: string(c.path), Hint: r.hint}
	switch r.is {
	case Silent:
		return
	case NoEffect:
		p.Severity = Warning
		p.Detail = "has no effect on one host: " + r.reason
	case Refused:
		p.Detail = "is refused: " + r.reason
	default:
		p.Detail = "is not supported yet"
	}
	// Only rows that list values speak of the value: any other might be a secret.
	if r.accepts.literal && r.is != NoEffect {
		value := show(v)
		p.Detail = value + " " + p.Detail
		if p.Hint == "" && value != "true" && value != "false" {
			p.Hint = "leave it out, or use " + strings.Join(r.accepts.texts, " or ")
		}
	}
	c.found = append(c.found, p)
}

func show(v reflect.Value) string {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() == reflect.String || v.Kind() == reflect.Slice {
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

// isSet says whether a field was given and asks for something. r is nil, or supported, where
// the fields below decide.
func isSet(v reflect.Value, r *row) bool {
	if v.IsZero() {
		return false
	}
	return r == nil || r.is == Supported || r.evenEmpty || !isEmpty(v)
}

// isEmpty says whether a value asks for nothing: null, "", 0, false, {} and [].
// A pointer to a scalar does: that is how Kubernetes tells "false" from nothing.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Pointer:
		if v.IsNil() {
			return true
		}
		e := v.Elem()
		return e.Kind() == reflect.Struct && !isLeaf(e.Type()) && isEmpty(e)
	case reflect.Struct:
		if v.IsZero() || isLeaf(v.Type()) {
			return v.IsZero()
		}
		for i := range v.NumField() {
			if !isEmpty(v.Field(i)) {
				return false
			}
		}
		return true
	}
	return v.IsZero()
}
