package manifests

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Identify reads the sources as Load does, but only for what their objects are called: a
// manifest that would not be accepted any more still tells what to delete. Problems are those of
// documents whose kind and name cannot be read.
func Identify(ctx context.Context, sources []string, o Options) ([]Origin, Problems) {
	if o.Namespace == "" {
		o.Namespace = metav1.NamespaceDefault
	}
	l := loader{namespace: o.Namespace}
	l.read(readSources(ctx, sources, o))
	l.pick(o.Selector)
	var named []Origin
	var nameless loader
	for _, e := range l.entries {
		switch {
		case isSupported(e.origin.Kind) && e.origin.Name != "":
			named = append(named, e.origin)
		case e.origin.Kind != "List" && len(e.findings) > 0:
			nameless.entries = append(nameless.entries, e)
		}
	}
	return named, nameless.problems()
}
