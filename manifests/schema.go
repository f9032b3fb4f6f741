package manifests

import (
	"reflect"
	"strings"
	"sync"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// shape says what JSON a Go type is written as.
type shape int

const (
	anyShape shape = iota // free content: managedFields and the like
	structShape
	mapShape
	listShape
	stringShape
	boolShape
	intShape
	floatShape
	bytesShape
	quantityShape
	intOrStringShape
	timeShape
)

// schema is an upstream type as its JSON tags spell it.
type schema struct {
	shape  shape
	name   string // the Go type's name: "Container"
	bits   int    // of an intShape
	elem   *schema
	fields []schemaField // of a structShape, in the order of the type
	index  map[string]int
}

type schemaField struct {
	name   string
	schema *schema
}

func (s *schema) field(name string) *schema {
	if i, ok := s.index[name]; ok {
		return s.fields[i].schema
	}
	return nil
}

// schemas holds the tree of each kind that is decoded. Reflecting over the types costs
// about a millisecond, so it happens when the first document is decoded.
var schemas = sync.OnceValue(func() map[string]*schema {
	b := schemaBuilder{}
	return map[string]*schema{
		"Pod":                   b.build(reflect.TypeFor[v1.Pod]()),
		"ConfigMap":             b.build(reflect.TypeFor[v1.ConfigMap]()),
		"Secret":                b.build(reflect.TypeFor[v1.Secret]()),
		"PersistentVolume":      b.build(reflect.TypeFor[v1.PersistentVolume]()),
		"PersistentVolumeClaim": b.build(reflect.TypeFor[v1.PersistentVolumeClaim]()),
		"List":                  b.build(reflect.TypeFor[list]()),
	}
})

// list is v1.List with items that are looked at one by one.
type list struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata"`
	Items           any `json:"items"`
}

// leaves are the types that write their own JSON.
var leaves = map[reflect.Type]shape{
	reflect.TypeFor[resource.Quantity]():  quantityShape,
	reflect.TypeFor[intstr.IntOrString](): intOrStringShape,
	reflect.TypeFor[metav1.Time]():        timeShape,
	reflect.TypeFor[metav1.MicroTime]():   timeShape,
	reflect.TypeFor[metav1.FieldsV1]():    anyShape,
}

type schemaBuilder map[reflect.Type]*schema

func (b schemaBuilder) build(t reflect.Type) *schema {
	if t.Kind() == reflect.Pointer {
		return b.build(t.Elem())
	}
	if s, ok := b[t]; ok {
		return s
	}
	s := &schema{name: t.Name()}
	b[t] = s
	if leaf, ok := leaves[t]; ok {
		s.shape = leaf
		return s
	}
	switch t.Kind() {
	case reflect.Struct:
		s.shape, s.index = structShape, map[string]int{}
		b.addFields(s, t)
	case reflect.Map:
		s.shape, s.elem = mapShape, b.build(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			s.shape = bytesShape
		} else {
			s.shape, s.elem = listShape, b.build(t.Elem())
		}
	case reflect.String:
		s.shape = stringShape
	case reflect.Bool:
		s.shape = boolShape
	case reflect.Int, reflect.Int32, reflect.Int64:
		s.shape, s.bits = intShape, t.Bits()
	case reflect.Float32, reflect.Float64:
		s.shape = floatShape
	}
	return s
}

func (b schemaBuilder) addFields(s *schema, t reflect.Type) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			b.addFields(s, f.Type)
		case name != "":
			s.index[name] = len(s.fields)
			s.fields = append(s.fields, schemaField{name, b.build(f.Type)})
		}
	}
}
