package manifests

import (
	"fmt"

	v1 "k8s.io/api/core/v1"
)

// check judges all objects, each for itself and in what it refers to.
func (l *loader) check() {
	complete := l.complete()
	for _, e := range l.entries {
		if e.value == nil || e.stored {
			continue
		}
		c := checker{node: e.node}
		switch v := e.value.(type) {
		case *v1.Pod:
			c.pod(v)
			r := references{checker: &c, index: l.index, complete: complete, namespace: v.Namespace}
			r.pod(&v.Spec)
		case *v1.ConfigMap:
			c.configMap(v)
		case *v1.Secret:
			c.secret(v)
		case *v1.PersistentVolumeClaim:
			c.claim(v)
		case *v1.PersistentVolume:
			c.persistentVolume(v)
		}
		e.findings = append(e.findings, c.findings...)
	}
}

// complete says that every document could be read, so that what is not found is not there.
func (l *loader) complete() bool {
	for _, e := range l.entries {
		if e.value == nil && e.unread() {
			return false
		}
	}
	return true
}

// checkDuplicates reports objects that are given twice, and fills the index.
func (l *loader) checkDuplicates() {
	for _, e := range l.entries {
		if e.value == nil || e.origin.Name == "" {
			continue
		}
		first, ok := l.index[e.origin.key()]
		if !ok {
			l.index[e.origin.key()] = e
			continue
		}
		e.add(invalid, Problem{
			Path:   "metadata.name",
			Detail: fmt.Sprintf("is given twice, first in %s", first.place()),
			Hint:   "remove one of the two, or give it another name or namespace",
		})
	}
}

// place is where an object is written: file, document and line.
func (e *loaded) place() string {
	return fmt.Sprintf("%s, line %d", Origin{File: e.origin.File, Document: e.origin.Document}, e.node.Line+e.document.firstLine-1)
}
