package podman

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// listing is a Runner that prints the text whose key is the command's second word.
type listing map[string]string

func (l listing) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	return runtime.Result{Stdout: []byte(l[c.Argv[1]])}, nil
}

const labels = `"kubehost.dev/hash":"abc","kubehost.dev/namespace":"default","kubehost.dev/pod":"web"`

// psOld is as podman 4.3 prints it, psNew as 5.4; fields that nobody reads are left out.
const psOld = `[
  {"AutoRemove":false,"Command":null,"CreatedAt":"2 hours ago","Exited":false,"ExitedAt":-62135596800,"ExitCode":0,"Id":"1",
   "Image":"localhost/podman-pause:4.3.1-0","IsInfra":true,"Labels":{"io.buildah.version":"1.28.2","kubehost.dev/id":"web-infra",
   "kubehost.dev/role":"infra","kubehost.dev/network":"kubehost","kubehost.dev/inits":"def",` + labels + `},
   "Mounts":[],"Names":["web-infra"],"Namespaces":{},"Pod":"302f","PodName":"web","Ports":null,"State":"running","Status":"Up 2 hours","Created":1795445853},
  {"Id":"2","Image":"docker.io/library/nginx:1","Labels":{"kubehost.dev/id":"web-nginx","kubehost.dev/role":"main","kubehost.dev/container":"nginx",` + labels + `},
   "Names":["web-nginx"],"PodName":"web","State":"exited","ExitCode":137,"Exited":true,"Status":"Exited (137) 2 hours ago","Created":1795445853},
  {"Id":"3","Image":"x","Labels":null,"Names":["other"],"PodName":"","State":"configured","Created":1795445853,"StartedAt":-62135596800},
  {"Id":"4","Image":"x","Labels":{"kubehost.dev/id":"web-nginx",` + labels + `},"Names":["committed"],"PodName":"","State":"stopped","ExitCode":1,"Created":1795445853},
  {"Id":"5","Image":"x","Names":null,"State":"removing","Created":0},
  {"Id":"6","Image":"x","Names":["cut"],"State":"created","Created":1795445853,"StartedAt":1795445854,"Exited":false,"ExitedAt":-62135596800,"ExitCode":0},
  {"Id":"7","Image":"x","Names":["again"],"State":"initialized","Created":1795445853,"StartedAt":1795445854}
]`

const psNew = `[
  {"AutoRemove":false,"Command":["/catatonit","-P"],"CreatedAt":"2 hours ago","CIDFile":"","Exited":false,"ExitedAt":-62135596800,"ExitCode":0,
   "ExposedPorts":{"80":["tcp"]},"Id":"1","Image":"","ImageID":"","IsInfra":true,"Labels":{"kubehost.dev/id":"web-infra","kubehost.dev/role":"infra",` + labels + `},
   "Names":["web-infra"],"PodName":"web","Restarts":0,"Size":null,"StartedAt":1795445853,"State":"stopping","Status":"Up 2 hours","Created":1795445853},
  {"Id":"2","Image":"x","Labels":{},"Names":["service"],"PodName":"","State":"initialized","Created":"2026-11-23T14:57:33Z"}
]`

func observed(t *testing.T, l listing) ([]runtime.Container, []runtime.Network) {
	t.Helper()
	containers, networks, err := observe(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return containers, networks
}

func TestObserve(t *testing.T) {
	at := time.Unix(1795445853, 0)
	web := plan.Ref{Namespace: "default", Name: "web"}
	got, networks := observed(t, listing{"ps": psOld, "network": `[
		{"name":"podman","id":"2f","driver":"bridge","created":"2026-11-23T14:57:33.449885404Z","dns_enabled":false},
		{"name":"kubehost","labels":{"kubehost.dev/managed":"true"},"dns_enabled":true},{"name":"x","labels":{"a":"b"}}]`})
	want := []runtime.Container{
		{ID: "1", Name: "web-infra", PodName: "web", Image: "localhost/podman-pause:4.3.1-0", State: runtime.Running, Created: at,
			Ref: web, Role: "infra", Hash: "abc", Network: "kubehost", Inits: "def"},
		{ID: "2", Name: "web-nginx", PodName: "web", Image: "docker.io/library/nginx:1", State: runtime.Exited, ExitCode: 137, Created: at,
			Ref: web, Unit: "nginx", Role: "main", Hash: "abc"},
		{ID: "3", Name: "other", Image: "x", State: runtime.Created, Created: at},
		{ID: "4", Name: "committed", Image: "x", State: runtime.Exited, ExitCode: 1, Created: at},
		{ID: "6", Name: "cut", Image: "x", State: runtime.Exited, ExitCode: 255, Created: at},
		{ID: "7", Name: "again", Image: "x", State: runtime.Created, Created: at},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]runtime.Network{{Name: "podman", NoDNS: true}, {Name: "kubehost", Managed: true}, {Name: "x"}}, networks); diff != "" {
		t.Error(diff)
	}

	got, _ = observed(t, listing{"ps": psNew})
	want = []runtime.Container{
		{ID: "1", Name: "web-infra", PodName: "web", State: runtime.Running, Created: at, Ref: web, Role: "infra", Hash: "abc"},
		{ID: "2", Name: "service", Image: "x", State: runtime.Created, Created: at},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Error(diff)
	}
}

func TestObserveEmpty(t *testing.T) {
	for _, empty := range []string{"", "\n", "[]\n", "null\n"} {
		if containers, networks := observed(t, listing{"ps": empty, "network": empty}); len(containers)+len(networks) != 0 {
			t.Errorf("%q: got %v, %v", empty, containers, networks)
		}
	}
}

func TestObserveGarbage(t *testing.T) {
	for _, l := range []listing{{"ps": "{}"}, {"ps": "[{]"}, {"network": "podman"}, {"ps": `[{"Created":"yesterday"}]`}} {
		if _, _, err := observe(t.Context(), l); err == nil || !strings.Contains(err.Error(), "not the listing that was asked for") {
			t.Errorf("%v: %v", l, err)
		}
	}
}

func observe(ctx context.Context, r runtime.Runner) ([]runtime.Container, []runtime.Network, error) {
	containers, err := Dialect{}.Containers(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	networks, err := Dialect{}.Networks(ctx, r)
	return containers, networks, err
}
