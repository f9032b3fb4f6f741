package runtime

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// noted are notes of images: pairs of an ID and a name.
func noted(pairs ...string) []Note {
	var notes []Note
	for i := 0; i < len(pairs); i += 2 {
		notes = append(notes, Note{Runtime: "docker", Kind: NotedImage, ID: pairs[i], Name: pairs[i+1]})
	}
	return notes
}

func TestUnusedImages(t *testing.T) {
	const app, tool, user = "docker.io/library/app:1", "reg:5000/tool:1", "localhost/mine:1"
	web := simplePod("default", "web") // of app
	volume := pod("default", "volume")
	volume.Volumes = []plan.Volume{{Name: "files", Kind: plan.Image, Path: tool}, {Name: "dir", Kind: plan.HostPath, Path: "app"}}
	digest := pod("default", "digest")
	unit(&digest, plan.Main, "main", "docker.io/library/app@sha256:11")
	for name, c := range map[string]struct {
		images  []Image
		notes   []Note
		pods    []plan.Pod
		all     bool
		removed string
	}{
		"pulled, and of no use":        {images: []Image{{ID: "1", Names: []string{app}}}, notes: noted("1", app), removed: app},
		"brought by somebody else":     {images: []Image{{ID: "1", Names: []string{app}}}},
		"pulled under another name":    {images: []Image{{ID: "1", Names: []string{tool}}}, notes: noted("1", app)},
		"another image under its name": {images: []Image{{ID: "2", Names: []string{app}}}, notes: noted("1", app)},
		"named by a user, too":         {images: []Image{{ID: "1", Names: []string{app, user}}}, notes: noted("1", app)},
		"pulled twice":                 {images: []Image{{ID: "1", Names: []string{app, tool}}}, notes: noted("1", app, "1", tool), removed: app + " " + tool},
		"older":                        {images: []Image{{ID: "1"}, {ID: "2", Names: []string{app}}}, notes: noted("1", app, "2", app), pods: []plan.Pod{web}, removed: "1 once " + app},
		"older of somebody else":       {images: []Image{{ID: "1"}, {ID: "2", Names: []string{app}}}, notes: noted("2", app), pods: []plan.Pod{web}},
		"older, but used":              {images: []Image{{ID: "1", Used: true}}, notes: noted("1", app)},
		"in a container":               {images: []Image{{ID: "1", Names: []string{app}, Used: true}}, notes: noted("1", app)},
		"in a pod":                     {images: []Image{{ID: "1", Names: []string{app}}}, notes: noted("1", app), pods: []plan.Pod{web}},
		"in a pod by its digest":       {images: []Image{{ID: "1", Digests: []string{"docker.io/library/app@sha256:11"}}}, notes: noted("1", app), pods: []plan.Pod{digest}},
		"a volume of a pod":            {images: []Image{{ID: "1", Names: []string{tool}}}, notes: noted("1", tool), pods: []plan.Pod{volume}},
		"below another image": {images: []Image{{ID: "1", Names: []string{app}}, {ID: "2", Parent: "1"}, {ID: "3", Parent: "2", Names: []string{user}}},
			notes: noted("1", app)},
		"infra of this version": {images: []Image{{ID: "1", Names: []string{"docker.io/kubehost/pause:1"}}}},
		"infra of another":      {images: []Image{{ID: "1", Names: []string{"docker.io/kubehost/pause:0"}}}, removed: "docker.io/kubehost/pause:0"},
		"infra in use":          {images: []Image{{ID: "1", Names: []string{"docker.io/kubehost/pause:0"}, Used: true}}},
		"infra with a user's name": {images: []Image{{ID: "1",
			Names: []string{"docker.io/kubehost/pause:0", user}}}},
		"all": {all: true, images: []Image{{ID: "1", Names: []string{user}}, {ID: "2"}, {ID: "3", Names: []string{app}}, {ID: "4", Used: true}}, pods: []plan.Pod{web},
			removed: "2, " + user},
		"all, with what it was built from": {all: true, images: []Image{{ID: "1"}, {ID: "2", Parent: "1", Names: []string{user}}}, removed: user},
		"all, but what a used one was built from": {all: true, images: []Image{{ID: "1", Names: []string{tool}}, {ID: "2", Parent: "1"},
			{ID: "3", Parent: "2", Names: []string{user}, Used: true}}},
		"all, but podman's infra": {all: true, images: []Image{{ID: "1", Names: []string{"localhost/podman-pause:4.3.1-0"}}}},
	} {
		p := Pruning{All: c.all, Pods: c.pods, Notes: c.notes, Runtime: "docker", Infra: "kubehost/pause:1"}
		var removed []string
		for _, op := range p.Unused(Inventory{Images: c.images}) {
			text := strings.TrimPrefix(op.String(), "remove image ")
			if was := op.(RemoveImage).Was; was != "" {
				text += " once " + was
			}
			removed = append(removed, text)
		}
		if diff := cmp.Diff(c.removed, strings.Join(removed, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestUnusedNetworks(t *testing.T) {
	managed := func(names ...string) (list []Network, notes []Note) {
		for _, n := range names {
			list = append(list, Network{Name: n, Managed: true})
			notes = append(notes, Note{Runtime: "docker", Kind: NotedNetwork, Name: n})
		}
		return list, notes
	}
	networks, notes := managed("left", "joined", "kubehost")
	networks = append(networks, Network{Name: "theirs"}, Network{Name: "another's", Managed: true})
	p := Pruning{Runtime: "docker", Pods: []plan.Pod{simplePod("default", "web")}, Notes: append(notes, Note{Runtime: "docker", Kind: NotedNetwork, Name: "theirs"})}
	have := Inventory{Networks: networks, Joined: map[string]bool{"joined": true}}
	if diff := cmp.Diff([]Op{RemoveNetwork{"left"}}, p.Unused(have)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.All = true
	if diff := cmp.Diff([]Op{RemoveNetwork{"left"}, RemoveNetwork{"another's"}}, p.Unused(have)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
}

func TestGoneNotes(t *testing.T) {
	there := append(noted("1", "app"), Note{Runtime: "docker", Kind: NotedNetwork, Name: "kubehost"})
	gone := append(noted("2", "app"), Note{Runtime: "docker", Kind: NotedNetwork, Name: "1"})
	p := Pruning{Notes: append(there, gone...)}
	if diff := cmp.Diff(gone, p.Gone(Inventory{Images: []Image{{ID: "1"}}, Networks: []Network{{Name: "kubehost"}}})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
