package manifests

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"go.yaml.in/yaml/v3"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubehost/kubehost/manifests/parallel"
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
	// Selector picks objects by their labels; nil takes all. Objects applied earlier are not picked from.
	Selector labels.Selector
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
	l.pick(o.Selector)
	l.checkDuplicates()
	l.addStored(o.Stored)
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

// pick drops the objects that are not selected. What could not be read stays, to be reported.
func (l *loader) pick(selector labels.Selector) {
	l.entries = slices.DeleteFunc(l.entries, func(e *loaded) bool {
		return selector != nil && e.value != nil && !selector.Matches(labels.Set(e.value.GetLabels()))
	})
}

// addStored adds objects applied earlier, but those of which one of that name is given now.
func (l *loader) addStored(objects [][]byte) {
	earlier := make([]*loaded, len(objects))
	parallel.Do(len(objects), func(i int) { earlier[i] = l.stored(objects[i]) })
	for _, e := range earlier {
		if e != nil && l.index[e.origin.key()] == nil {
			l.index[e.origin.key()] = e
			l.entries = append(l.entries, e)
		}
	}
}

// stored reads an object applied earlier; nil is one that is given now, or of no known kind. It was checked
// when it was applied, by whatever rules held then, so it is not judged again.
func (l *loader) stored(raw []byte) *loaded {
	var h struct {
		Kind     string
		Metadata struct{ Namespace, Name string }
	}
	if json.Unmarshal(raw, &h) != nil {
		return nil
	}
	value := newObject(h.Kind)
	if value == nil {
		return nil
	}
	value.SetNamespace(h.Metadata.Namespace)
	setNamespace(value, l.namespace)
	origin := Origin{File: "applied earlier", Kind: h.Kind, Namespace: value.GetNamespace(), Name: h.Metadata.Name}
	if l.index[origin.key()] != nil || json.Unmarshal(raw, value) != nil {
		return nil
	}
	if pod, ok := value.(*v1.Pod); ok {
		dropAPIAccess(pod)
	}
	setDefaults(value, l.namespace)
	return &loaded{origin: origin, value: value, source: raw, stored: true}
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
		case *v1.PersistentVolume:
			s.PersistentVolumes = append(s.PersistentVolumes, Object[*v1.PersistentVolume]{e.origin, v, e.source, e.stored})
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
