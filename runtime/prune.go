package runtime

import (
	"slices"
	"sort"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// Pruning says what a prune may take away: images and networks, of which all that matters is known to the runtime
// and to the store.
type Pruning struct {
	// All takes every image that nothing uses, whoever brought it, and the networks of any kubehost.
	All bool
	// Pods are those that were applied: what they need is kept, whether they run or not.
	Pods []plan.Pod
	// Notes are those of what this kubehost brought.
	Notes []Note
	// Runtime is the name of the runtime.
	Runtime string
	// Infra is the image of the infra container as this kubehost has it; empty on podman.
	Infra string
}

// Unused are the operations that remove what nothing needs any more, the same for the same inventory.
//
// An image goes when no container was made from it, whosever and in whatever state, no applied pod names it, and it is
// kubehost's: kubehost pulled it under each of the names that it has, or it is an infra image of another version. A
// network goes when this kubehost made it, and no container and no applied pod is on it. Of one that another made, with a
// state directory of its own, a pod may just be about to join it.
func (p Pruning) Unused(have Inventory) []Op {
	kept := p.kept(have)
	parents := map[string]bool{}
	for _, img := range have.Images {
		parents[img.Parent] = true
	}
	var ops []Op
	for _, img := range have.Images {
		// A step of a build has no name, and goes with the last image that was built on it.
		if !kept[img.ID] && (len(img.Names) > 0 || !parents[img.ID]) {
			ops = append(ops, RemoveImage{ID: img.ID, Names: img.Names, Was: p.was(img), Size: img.Size})
		}
	}
	sort.Slice(ops, func(i, j int) bool { return ops[i].String() < ops[j].String() })
	needed := map[string]bool{}
	for _, pod := range p.Pods {
		needed[pod.Sandbox.Network] = true
	}
	for _, n := range have.Networks {
		made := p.All || slices.Contains(p.Notes, Note{Runtime: p.Runtime, Kind: NotedNetwork, Name: n.Name})
		if n.Managed && made && !have.Joined[n.Name] && !needed[n.Name] {
			ops = append(ops, RemoveNetwork{n.Name})
		}
	}
	return ops
}

// kept are the images that something needs, by their IDs. With an image all are kept that it was built from: a runtime
// would only take away their names.
func (p Pruning) kept(have Inventory) map[string]bool {
	names := p.named()
	kept := map[string]bool{}
	parents := map[string]string{}
	for _, img := range have.Images {
		parents[img.ID] = img.Parent
		kept[img.ID] = img.Used || !p.All && !p.own(img) || slices.ContainsFunc(slices.Concat(img.Names, img.Digests),
			func(n string) bool { return names[n] || repository(n) == podmanInfra })
	}
	for _, img := range have.Images {
		if kept[img.ID] {
			for id := img.Parent; id != "" && !kept[id]; id = parents[id] {
				kept[id] = true
			}
		}
	}
	return kept
}

// named are the images that applied pods name, and that of the infra containers.
func (p Pruning) named() map[string]bool {
	names := map[string]bool{}
	if p.Infra != "" {
		names[FullName(p.Infra)] = true
	}
	for _, pod := range p.Pods {
		for _, u := range pod.Units {
			names[u.Image] = true
		}
		for _, v := range pod.Volumes {
			if v.Kind == plan.Image {
				names[v.Path] = true
			}
		}
	}
	return names
}

// podmanInfra is the repository of the image that podman builds for its infra containers, when it makes a pod: one
// that it has just built is used by nobody for a moment.
const podmanInfra = "localhost/podman-pause"

// ownInfra is the repository of the image that kubehost loads for its infra containers.
const ownInfra = "docker.io/kubehost/pause"

// own says whether an image is kubehost's to remove.
func (p Pruning) own(img Image) bool {
	if len(img.Names) > 0 && !slices.ContainsFunc(img.Names, func(n string) bool { return repository(n) != ownInfra }) {
		return true
	}
	var pulled []string
	for _, n := range p.Notes {
		if n.Kind == NotedImage && n.ID == img.ID {
			pulled = append(pulled, n.Name)
		}
	}
	return pulled != nil && !slices.ContainsFunc(img.Names, func(n string) bool { return !slices.Contains(pulled, n) })
}

// was is the name that an image without names once had; empty when that is not known.
func (p Pruning) was(img Image) string {
	if len(img.Names) > 0 {
		return ""
	}
	for _, n := range p.Notes {
		if n.Kind == NotedImage && n.ID == img.ID {
			return n.Name
		}
	}
	return ""
}

// Gone are the notes of what is not there any more. They must have been read before the inventory was taken.
func (p Pruning) Gone(have Inventory) []Note {
	return slices.DeleteFunc(slices.Clone(p.Notes), func(n Note) bool {
		if n.Kind == NotedNetwork {
			return slices.ContainsFunc(have.Networks, func(there Network) bool { return there.Name == n.Name })
		}
		return slices.ContainsFunc(have.Images, func(img Image) bool { return img.ID == n.ID })
	})
}

func repository(name string) string {
	if i := strings.LastIndexAny(name, ":/"); i >= 0 && name[i] == ':' {
		return name[:i]
	}
	return name
}
