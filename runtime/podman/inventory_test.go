package podman

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

func TestInventory(t *testing.T) {
	got, err := Dialect{}.Inventory(t.Context(), listing{
		"ps": `[{"Id":"c1","ImageID":"1","Networks":["kubehost"]},{"Id":"c2","ImageID":"","Networks":null},{"Id":"c3","ImageID":"4","Networks":[]}]`,
		"image": `[
			{"Id":"1","ParentId":"","RepoTags":null,"RepoDigests":["localhost/a@sha256:11"],"Size":703,"Containers":0,"Names":["localhost/a:1","docker.io/library/b:1"]},
			{"Id":"2","ParentId":"1","RepoDigests":[],"Size":5,"Containers":0,"Dangling":true},
			{"Id":"2","ParentId":"1","RepoDigests":[],"Size":5,"Containers":0},
			{"Id":"3","Names":["localhost/working:1"],"Size":6,"Containers":1}]`,
		"network": `[{"name":"podman"},{"name":"kubehost","labels":{"kubehost.dev/managed":"true"},"dns_enabled":true}]`,
		"pod": `[
			{"Id":"p1","Name":"shop.web","Labels":{"kubehost.dev/namespace":"shop","kubehost.dev/pod":"web"},"Containers":null,"Status":"Created"},
			{"Id":"p2","Name":"full","Labels":{"kubehost.dev/namespace":"default","kubehost.dev/pod":"full"},"Containers":[{"Id":"c1"}]},
			{"Id":"p3","Name":"other","Labels":{"kubehost.dev/namespace":"default","kubehost.dev/pod":"web"},"Containers":[]},
			{"Id":"p4","Name":"theirs","Labels":null,"Containers":[]}]`,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := runtime.Inventory{
		Images: []runtime.Image{
			{ID: "1", Names: []string{"localhost/a:1", "docker.io/library/b:1"}, Digests: []string{"localhost/a@sha256:11"}, Size: 703, Used: true},
			{ID: "2", Size: 5, Parent: "1"},
			{ID: "3", Names: []string{"localhost/working:1"}, Size: 6, Used: true},
		},
		Networks: []runtime.Network{{Name: "podman"}, {Name: "kubehost", Managed: true}},
		Joined:   map[string]bool{"kubehost": true},
		Empty:    []runtime.EmptyPod{{ID: "p1", Name: "shop.web", Ref: plan.Ref{Namespace: "shop", Name: "web"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Older versions print nothing where there is nothing.
	got, err = Dialect{}.Inventory(t.Context(), listing{})
	if diff := cmp.Diff(runtime.Inventory{Joined: map[string]bool{}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
