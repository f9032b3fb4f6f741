package runtime

import (
	"context"
	"time"

	"github.com/distribution/reference"

	"github.com/kubehost/kubehost/translate/plan"
)

// Inventory is what a runtime keeps besides containers, and what of it containers need: those of anybody,
// in whatever state.
type Inventory struct {
	Images   []Image
	Networks []Network
	// Joined are the names of the networks that a container is on, or would be if it ran.
	Joined map[string]bool
	// Empty are podman's pods that kubehost made, and that not even an infra container is left of.
	Empty []EmptyPod
}

// Inventory lists what there is besides containers. While others remove things both runtimes fail to list them: what
// is listed first is gone when it is looked at. So it is tried again, for some six seconds.
func (e Engine) Inventory(ctx context.Context) (Inventory, error) {
	for pause := firstRetry; ; pause *= 2 {
		have, err := e.Dialect.Inventory(ctx, e.Runner)
		if err == nil || pause > lastRetry {
			return have, err
		}
		select {
		case <-ctx.Done():
			return have, err
		case <-time.After(pause):
		}
	}
}

// Image is one image of the runtime.
type Image struct {
	ID string
	// Names are in full, as those of a plan: docker.io/library/nginx:1. Without names it is an older one, or one that
	// was pulled by its digest.
	Names []string
	// Digests are repository@sha256:…
	Digests []string
	// Size is in bytes. Other images may share a part of it.
	Size int64
	// Parent is the ID of the image that it was built from; empty when that is not known.
	Parent string
	// Used says that a container was made from it.
	Used bool
}

// EmptyPod is a pod of podman without containers.
type EmptyPod struct {
	ID, Name string
	Ref      plan.Ref
}

// FullName is the name of an image as a plan has it. What is no name stays as it is.
func FullName(name string) string {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return name
	}
	return named.String()
}

// FullNames are names of images as a plan has them. docker has words in place of names that are missing.
func FullNames(names []string) []string {
	var full []string
	for _, n := range names {
		if n != "<none>:<none>" && n != "<none>@<none>" {
			full = append(full, FullName(n))
		}
	}
	return full
}
