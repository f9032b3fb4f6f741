package docker

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
)

// engine is a Runner that prints the text whose key is how the command begins.
type engine map[string]string

func (e engine) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	command := strings.Join(c.Argv, " ")
	for words, text := range e {
		if strings.HasPrefix(command, words) {
			return runtime.Result{Stdout: []byte(text)}, nil
		}
	}
	return runtime.Result{Code: 127}, nil
}

func TestInventory(t *testing.T) {
	texts := engine{
		"docker ps --all":    "c1\nc2\n",
		"docker image ls":    "sha256:1\nsha256:2\nsha256:2\nsha256:3\n",
		"docker network ls ": `{"Name":"bridge","Managed":""}` + "\n" + `{"Name":"kubehost","Managed":"true"}`,
		"docker container inspect --format " + usageFormat + " -- c1 c2": `{"Image":"sha256:2","Networks":{"kubehost":{"IPAddress":""}}}` + "\n" +
			`{"Image":"sha256:9","Networks":{}}` + "\n",
		"docker image inspect -- sha256:1 sha256:2 sha256:2 sha256:3": `[
			{"Id":"sha256:1","RepoTags":["busybox:1","reg:5000/x/y:2"],"RepoDigests":["busybox@sha256:` + strings.Repeat("1", 64) + `"],"Size":1234,"Parent":""},
			{"Id":"sha256:2","RepoTags":[],"RepoDigests":["<none>@<none>"],"Size":5,"Parent":"sha256:1"},
			{"Id":"sha256:2","RepoTags":[],"RepoDigests":[],"Size":5},
			{"Id":"sha256:3","RepoTags":["<none>:<none>"],"RepoDigests":["a@sha256:` + strings.Repeat("3", 64) + `","b@sha256:` + strings.Repeat("3", 64) + `"],"Size":6}]`,
	}
	digest := func(name, n string) string {
		return "docker.io/library/" + name + "@sha256:" + strings.Repeat(n, 64)
	}
	want := runtime.Inventory{
		Images: []runtime.Image{
			{ID: "1", Names: []string{"docker.io/library/busybox:1", "reg:5000/x/y:2"}, Digests: []string{digest("busybox", "1")}, Size: 1234},
			{ID: "2", Size: 5, Parent: "1", Used: true},
			{ID: "3", Names: []string{digest("a", "3"), digest("b", "3")}, Digests: []string{digest("a", "3"), digest("b", "3")}, Size: 6},
		},
		Networks: []runtime.Network{{Name: "bridge"}, {Name: "kubehost", Managed: true}},
		Joined:   map[string]bool{"kubehost": true},
	}
	got, err := Dialect{}.Inventory(t.Context(), texts)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// goneEngine is one where a container is removed between the listing and the inspection.
type goneEngine struct {
	engine
	complaint string
}

func (e goneEngine) Run(ctx context.Context, c runtime.Command) (runtime.Result, error) {
	res, err := e.engine.Run(ctx, c)
	if strings.HasPrefix(strings.Join(c.Argv, " "), "docker container inspect") {
		res.Code, res.Stderr = 1, []byte(e.complaint)
	}
	return res, err
}

// TestInventoryWhileContainersGo: one that has gone needs nothing any more; that of the others is known.
func TestInventoryWhileContainersGo(t *testing.T) {
	texts := engine{"docker ps": "c1\nc2\n", "docker image ls": "", "docker network ls": "",
		"docker container inspect": `{"Image":"sha256:2","Networks":{"kubehost":{}}}` + "\n"}
	got, err := Dialect{}.Inventory(t.Context(), goneEngine{texts, "Error response from daemon: No such container: c2\n"})
	if diff := cmp.Diff(runtime.Inventory{Joined: map[string]bool{"kubehost": true}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, complaint := range []string{"", "Error response from daemon: No such container: c2\nCannot connect to the Docker daemon\n"} {
		if _, err := (Dialect{}).Inventory(t.Context(), goneEngine{texts, complaint}); err == nil {
			t.Errorf("%q is no error", complaint)
		}
	}
}

func TestInventoryOfNothing(t *testing.T) {
	got, err := Dialect{}.Inventory(t.Context(), engine{"docker ps": "", "docker image ls": "", "docker network ls": ""})
	if diff := cmp.Diff(runtime.Inventory{Joined: map[string]bool{}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestInventoryFails(t *testing.T) {
	if _, err := (Dialect{}).Inventory(t.Context(), engine{}); err == nil {
		t.Error("an engine that does not answer has an inventory")
	}
}
