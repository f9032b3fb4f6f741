package manifests

import (
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/manifests/parallel"
)

// read decodes the documents of all sources, several at a time: they do not know of one another yet.
func (l *loader) read(sources []source) {
	type job struct {
		file      string
		chunk     chunk
		documents [][]*loaded
	}
	jobs := make([][]job, len(sources))
	var all []*job
	for i, s := range sources {
		for _, c := range split(s.data) {
			jobs[i] = append(jobs[i], job{file: s.name, chunk: c})
		}
		for j := range jobs[i] {
			all = append(all, &jobs[i][j])
		}
	}
	parallel.Do(len(all), func(i int) { all[i].documents = l.chunk(all[i].file, all[i].chunk) })
	for i, s := range sources {
		var documents [][]*loaded
		for _, j := range jobs[i] {
			documents = append(documents, j.documents...)
		}
		switch {
		case s.problem != nil:
			l.fail(s.name, *s.problem)
		case len(documents) == 0 && s.alone:
			l.fail(s.name, Problem{Detail: "holds no document", Hint: "a manifest starts with apiVersion and kind"})
		}
		for number, document := range documents {
			for _, e := range document {
				if len(documents) > 1 {
					e.origin.Document = number + 1
				}
			}
			l.entries = append(l.entries, document...)
		}
	}
}

func (l *loader) fail(file string, p Problem) {
	e := &loaded{origin: Origin{File: file}}
	e.add(malformed, p)
	l.entries = append(l.entries, e)
}

// chunk decodes a piece of a file, usually one document, and returns the objects of each.
func (l *loader) chunk(file string, c chunk) [][]*loaded {
	var documents [][]*loaded
	for _, d := range parse(file, c) {
		if d.problem != nil {
			e := &loaded{origin: Origin{File: file}}
			e.add(malformed, *d.problem)
			documents = append(documents, []*loaded{e})
			continue
		}
		documents = append(documents, l.object(file, d, d.root, "", 0))
	}
	return documents
}

// maxLists is how deep a List may stand in a List.
const maxLists = 8

// object decodes one object, and each item of a List.
func (l *loader) object(file string, d document, n *yaml.Node, prefix string, depth int) []*loaded {
	n = target(n)
	h := readHeader(n)
	e := &loaded{origin: Origin{File: file}, node: n, document: d, prefix: prefix}
	if h.kind != "List" {
		e.origin.Kind, e.origin.Name = h.kind, h.name
	}
	if p := checkKind(n, h); p != nil {
		e.add(malformed, *p)
		return []*loaded{e}
	}
	dec := decoder{kind: h.kind, root: schemas()[h.kind], document: d}
	dec.value(n, dec.root)
	e.findings = dec.findings
	if h.kind == "List" {
		return l.list(e, depth)
	}
	e.source = dec.out
	if clusterWide(h.kind) {
		l.decode(e)
		return []*loaded{e}
	}
	if e.origin.Namespace = h.namespace; h.namespace == "" {
		e.origin.Namespace = l.namespace
		e.source = withNamespace(e.source, l.namespace)
	}
	l.decode(e)
	return []*loaded{e}
}

// list decodes the items of a List; the List itself stays only for its problems.
func (l *loader) list(e *loaded, depth int) []*loaded {
	found := []*loaded{e}
	items := child(e.node, "items")
	switch {
	case depth == maxLists:
		e.add(malformed, Problem{Path: "items", Detail: "are Lists in Lists, nested too deep"})
	case items == nil || items.Kind != yaml.SequenceNode || len(items.Content) == 0:
		e.add(missing, Problem{Path: "items", Detail: "is required", Hint: "list the objects below items, or write them as documents between lines of ---"})
	default:
		for i, item := range items.Content {
			prefix := fmt.Sprintf("%sitems[%d].", e.prefix, i)
			found = append(found, l.object(e.origin.File, e.document, item, prefix, depth+1)...)
		}
	}
	return found
}

// decode makes the object of its JSON, judges its fields as they were given, and fills in the defaults.
func (l *loader) decode(e *loaded) {
	e.value = newObject(e.origin.Kind)
	if err := json.Unmarshal(e.source, e.value); err != nil {
		// The walk leaves only what fits; this is here for the field that a newer k8s.io/api reads in its own way.
		e.add(malformed, Problem{Detail: "cannot be read: " + redact(err)})
	}
	for _, p := range checkFields(e.origin, e.origin.Kind, e.value) {
		f := finding{Problem: p, class: refused}
		suggestAnnotation(&f)
		e.findings = append(e.findings, f)
	}
	if pod, ok := e.value.(*v1.Pod); ok {
		dropAPIAccess(pod)
	}
	setDefaults(e.value, l.namespace)
}

// withNamespace writes the namespace into an object that names none: what is kept of it must not change its place
// with the namespace of a later invocation.
func withNamespace(source []byte, namespace string) []byte {
	var object, metadata map[string]json.RawMessage
	if json.Unmarshal(source, &object) != nil || json.Unmarshal(object["metadata"], &metadata) != nil || metadata == nil {
		return source // it has no name either
	}
	// Of what was decoded from JSON, nothing can fail to be encoded.
	metadata["namespace"], _ = json.Marshal(namespace)
	object["metadata"], _ = json.Marshal(metadata)
	source, _ = json.Marshal(object)
	return source
}

// redact keeps of a JSON error what names the field, because the value may be a secret.
func redact(err error) string {
	if t, ok := err.(*json.UnmarshalTypeError); ok {
		return fmt.Sprintf("%s is not a %s", t.Field, t.Type)
	}
	return "a value is not what its field holds"
}

func newObject(kind string) metav1.Object {
	switch kind {
	case "Pod":
		return &v1.Pod{}
	case "ConfigMap":
		return &v1.ConfigMap{}
	case "Secret":
		return &v1.Secret{}
	case "PersistentVolumeClaim":
		return &v1.PersistentVolumeClaim{}
	case "PersistentVolume":
		return &v1.PersistentVolume{}
	}
	return nil
}
