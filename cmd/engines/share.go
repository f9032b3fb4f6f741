package engines

import (
	"slices"

	"github.com/kubehost/kubehost/runtime"
)

// Share is what one engine has to do with.
type Share[T any] struct {
	Engine runtime.Engine
	// Of are its things, in the order that they were in.
	Of []T
}

// Shares divides things by their engines, in the order of the first of each.
func Shares[T any](all []T, engine func(T) runtime.Engine) []Share[T] {
	var parts []Share[T]
	for _, t := range all {
		e := engine(t)
		i := slices.IndexFunc(parts, func(p Share[T]) bool { return p.Engine.Dialect.Name() == e.Dialect.Name() })
		if i < 0 {
			i = len(parts)
			parts = append(parts, Share[T]{Engine: e})
		}
		parts[i].Of = append(parts[i].Of, t)
	}
	return parts
}
