package podman

import (
	"context"
	"slices"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// Inventory lists images, networks and pods, and what containers need: those of other tools (buildah), too.
func (Dialect) Inventory(ctx context.Context, r runtime.Runner) (runtime.Inventory, error) {
	have := runtime.Inventory{Joined: map[string]bool{}}
	out, err := runtime.Outputs(ctx, r,
		runtime.Command{Argv: []string{"podman", "ps", "--all", "--external", "--format", "json"}},
		runtime.Command{Argv: []string{"podman", "image", "ls", "--all", "--format", "json"}},
		runtime.Command{Argv: []string{"podman", "network", "ls", "--format", "json"}},
		runtime.Command{Argv: []string{"podman", "pod", "ls", "--format", "json"}})
	if err != nil {
		return have, err
	}
	var containers []struct {
		ImageID  string
		Networks []string
	}
	if err := unmarshal(out[0], &containers); err != nil {
		return have, err
	}
	used := map[string]bool{}
	for _, c := range containers {
		used[c.ImageID] = true
		for _, n := range c.Networks {
			have.Joined[n] = true
		}
	}
	if have.Images, err = parseImages(out[1], used); err != nil {
		return have, err
	}
	if have.Networks, err = parseNetworks(out[2]); err != nil {
		return have, err
	}
	have.Empty, err = parseEmptyPods(out[3])
	return have, err
}

func parseImages(out []byte, used map[string]bool) ([]runtime.Image, error) {
	var rows []struct {
		ID          string `json:"Id"`
		ParentID    string `json:"ParentId"`
		Names       []string
		RepoDigests []string
		Size        int64
		Containers  int // that storage knows, whoever made them
	}
	if err := unmarshal(out, &rows); err != nil {
		return nil, err
	}
	var all []runtime.Image
	for _, row := range rows {
		if slices.ContainsFunc(all, func(img runtime.Image) bool { return img.ID == row.ID }) {
			continue
		}
		all = append(all, runtime.Image{ID: row.ID, Names: runtime.FullNames(row.Names), Digests: runtime.FullNames(row.RepoDigests),
			Size: row.Size, Parent: row.ParentID, Used: used[row.ID] || row.Containers > 0})
	}
	return all, nil
}

// parseEmptyPods finds the pods that kubehost made, and that have no containers.
func parseEmptyPods(out []byte) ([]runtime.EmptyPod, error) {
	var rows []struct {
		ID         string `json:"Id"`
		Name       string
		Labels     map[string]string
		Containers []struct{}
	}
	if err := unmarshal(out, &rows); err != nil {
		return nil, err
	}
	var empty []runtime.EmptyPod
	for _, row := range rows {
		ref := plan.Ref{Namespace: row.Labels[runtime.LabelNamespace], Name: row.Labels[runtime.LabelPod]}
		if len(row.Containers) == 0 && ref.Name != "" && row.Name == ref.ID() {
			empty = append(empty, runtime.EmptyPod{ID: row.ID, Name: row.Name, Ref: ref})
		}
	}
	return empty, nil
}
