package manifests

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	goruntime "runtime"
	"sync"

	"go.yaml.in/yaml/v3"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Options says how sources are read.
type Options struct {
	// Recursive reads directories with all that is below them.
	Recursive bool
	// Stdin is what the source "-" stands for.
	Stdin io.Reader
	// Client fetches URLs; nil is http.DefaultClient.
	Client *http.Client
	// Namespace is the namespace of objects that name none; empty is "default".
	Namespace string
	// Stored are objects applied earlier, as JSON: references are resolved
	// in them when nothing given has that name. Origins of theirs read "applied earlier".
	Stored [][]byte
}

// Load reads the sources (file, directory, http(s) URL, "-"), decodes each document
// strictly, fills in the defaults of the API server and checks everything. All problems of all documents are
// returned, in order; the Set is complete only when none of them is an error.
func Load(ctx context.Context, sources []string, o Options) (*Set, Problems) {
	if o.Namespace == "" {
		o.Namespace = metav1.NamespaceDefault
	}
	l := loader{namespace: o.Namespace, index: map[objectKey]*loaded{}}
	l.read(readSources(ctx, sources, o))
	l.checkDuplicates()
	for _, raw := range o.Stored {
		l.stored(raw)
	}
	l.check()
	return l.set(), l.problems()
}

// loaded is one object, or one thing that could not be read as one.
type loaded struct {
	origin   Origin
	prefix   string // of paths, for an object in a List: "items[1]."
	node     *yaml.Node
	document document
	value    metav1.Object // *v1.Pod, *v1.ConfigMap, …; nil when there is no object
	source   []byte
	stored   bool
	findings []finding
}

func (e *loaded) add(class class, p Problem) {
	e.findings = append(e.findings, finding{Problem: p, class: class})
}

// unread says that not all of the object could be decoded.
func (e *loaded) unread() bool {
	for _, f := range e.findings {
		if f.class == malformed && f.Severity == Error {
			return true
		}
	}
	return false
}

type loader struct {
	namespace string
	entries   []*loaded
	// index finds objects by kind and name; the first of a name counts.
	index map[objectKey]*loaded
}

// objectKey is what names an object.
type objectKey struct{ kind, namespace, name string }

func (o Origin) key() objectKey { return objectKey{o.Kind, o.Namespace, o.Name} }

// read decodes the documents of all sources, several at a time: they do not know of one another yet.
func (l *loader) read(sources []source) {
	type job struct {
		file      string
		chunk     chunk
		documents [][]*loaded
	}
	jobs := make([][]job, len(sources))
	var wait sync.WaitGroup
	limit := make(chan struct{}, goruntime.GOMAXPROCS(0))
	for i, s := range sources {
		for _, c := range split(s.data) {
			jobs[i] = append(jobs[i], job{file: s.name, chunk: c})
		}
		for j := range jobs[i] {
			limit <- struct{}{}
			wait.Go(func() {
				jobs[i][j].documents = l.chunk(jobs[i][j].file, jobs[i][j].chunk)
				<-limit
			})
		}
	}
	wait.Wait()
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
	if e.origin.Namespace = h.namespace; h.namespace == "" {
		e.origin.Namespace = l.namespace
	}
	e.source = dec.out
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
	}
	return nil
}

// stored adds an object applied earlier, unless one of that name is given now. It was checked
// when it was applied, by whatever rules held then, so it is not judged again.
func (l *loader) stored(raw []byte) {
	var h struct {
		Kind     string            `json:"kind"`
		Metadata metav1.ObjectMeta `json:"metadata"`
	}
	if json.Unmarshal(raw, &h) != nil || newObject(h.Kind) == nil {
		return
	}
	value := newObject(h.Kind)
	if json.Unmarshal(raw, value) != nil {
		return
	}
	setDefaults(value, l.namespace)
	origin := Origin{File: "applied earlier", Kind: h.Kind, Namespace: value.GetNamespace(), Name: value.GetName()}
	if _, given := l.index[origin.key()]; given {
		return
	}
	e := &loaded{origin: origin, value: value, source: raw, stored: true}
	l.index[origin.key()] = e
	l.entries = append(l.entries, e)
}

// set collects the objects.
func (l *loader) set() *Set {
	s := &Set{}
	for _, e := range l.entries {
		if e.value == nil {
			continue
		}
		if !e.stored {
			s.Order = append(s.Order, e.origin)
		}
		switch v := e.value.(type) {
		case *v1.Pod:
			s.Pods = append(s.Pods, Object[*v1.Pod]{e.origin, v, e.source, e.stored})
		case *v1.ConfigMap:
			s.ConfigMaps = append(s.ConfigMaps, Object[*v1.ConfigMap]{e.origin, v, e.source, e.stored})
		case *v1.Secret:
			s.Secrets = append(s.Secrets, Object[*v1.Secret]{e.origin, v, e.source, e.stored})
		case *v1.PersistentVolumeClaim:
			s.Claims = append(s.Claims, Object[*v1.PersistentVolumeClaim]{e.origin, v, e.source, e.stored})
		}
	}
	return s
}

// problems is what all entries have to say, in the order of the documents.
func (l *loader) problems() Problems {
	var all Problems
	for _, e := range l.entries {
		for i, f := range e.findings {
			if f.Line == 0 && e.node != nil {
				e.findings[i].Line = lineOf(e.node, f.Path) + e.document.firstLine - 1
			}
		}
		for _, f := range ordered(e.findings) {
			f.Origin = e.origin
			if f.Path != "" {
				f.Path = e.prefix + f.Path
			} else if e.prefix != "" {
				f.Path = e.prefix[:len(e.prefix)-1]
			}
			all = append(all, f.Problem)
		}
	}
	return all
}
