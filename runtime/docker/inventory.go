package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kubehost/kubehost/runtime"
)

// usageFormat prints, of a container, what it needs. The listing of containers has names of images in it that may
// stand for another image by now.
const usageFormat = `{"Image":{{json .Image}},"Networks":{{json .NetworkSettings.Networks}}}`

// Inventory lists images and networks, and asks each container what it needs.
func (Dialect) Inventory(ctx context.Context, r runtime.Runner) (runtime.Inventory, error) {
	var have runtime.Inventory
	out, err := runtime.Outputs(ctx, r,
		runtime.Command{Argv: []string{"docker", "ps", "--all", "--quiet", "--no-trunc"}},
		runtime.Command{Argv: []string{"docker", "image", "ls", "--all", "--quiet", "--no-trunc"}},
		runtime.Command{Argv: []string{"docker", "network", "ls", "--format", networkFormat}})
	if err != nil {
		return have, err
	}
	if have.Networks, err = parseNetworks(out[2]); err != nil {
		return have, err
	}
	used, err := usage(ctx, r, strings.Fields(string(out[0])), &have)
	if err != nil {
		return have, err
	}
	have.Images, err = images(ctx, r, strings.Fields(string(out[1])), used)
	return have, err
}

// usage asks containers for their images and notes their networks.
func usage(ctx context.Context, r runtime.Runner, ids []string, have *runtime.Inventory) (used map[string]bool, err error) {
	used, have.Joined = map[string]bool{}, map[string]bool{}
	out, err := inspect(ctx, r, []string{"docker", "container", "inspect", "--format", usageFormat}, ids)
	if failed := (*runtime.CommandError)(nil); errors.As(err, &failed) && failed.Err == nil && onlyGone(failed.Result.Stderr) {
		out, err = failed.Result.Stdout, nil // the others are printed all the same
	}
	if err != nil {
		return nil, err
	}
	return used, eachLine(out, func(c struct {
		Image    string
		Networks map[string]struct{}
	}) error {
		used[runtime.ImageID(c.Image)] = true
		for name := range c.Networks {
			have.Joined[name] = true
		}
		return nil
	})
}

// onlyGone says whether docker complains of nothing but containers that were removed since they were listed.
func onlyGone(stderr []byte) bool {
	for line := range strings.Lines(strings.ToLower(string(stderr))) {
		if strings.TrimSpace(line) != "" && !strings.Contains(line, "no such container") {
			return false
		}
	}
	return len(stderr) > 0
}

// images asks for images. No format is given: docker 29 refuses one that names the parent.
func images(ctx context.Context, r runtime.Runner, ids []string, used map[string]bool) ([]runtime.Image, error) {
	out, err := inspect(ctx, r, []string{"docker", "image", "inspect"}, ids)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	var rows []struct {
		ID                    string `json:"Id"`
		RepoTags, RepoDigests []string
		Parent                string
		Size                  int64
	}
	if err := json.Unmarshal(out, &rows); err != nil {
		return nil, fmt.Errorf("docker printed what is not the listing that was asked for: %w", err)
	}
	var all []runtime.Image
	seen := map[string]bool{} // an image with two names is listed twice
	for _, row := range rows {
		img := runtime.Image{ID: runtime.ImageID(row.ID), Names: runtime.FullNames(row.RepoTags), Digests: runtime.FullNames(row.RepoDigests),
			Size: row.Size, Parent: runtime.ImageID(row.Parent)}
		if seen[img.ID] {
			continue
		}
		seen[img.ID] = true
		img.Used = used[img.ID]
		if len(img.Names) == 0 && len(img.Digests) > 1 {
			img.Names = img.Digests // docker removes no image by its ID that is of several repositories
		}
		all = append(all, img)
	}
	return all, nil
}

func inspect(ctx context.Context, r runtime.Runner, command, ids []string) ([]byte, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := runtime.Outputs(ctx, r, runtime.Command{Argv: append(append(command, "--"), ids...)})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}
