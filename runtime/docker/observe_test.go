package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"text/template"
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

// none are the labels of a container that is not ours, as the listing prints them.
const none = `["","","","","","","","",""]`

func TestObserve(t *testing.T) {
	const ours = `["shop","web","nginx","main","abc","","","page=1","shop.web-nginx"]`
	const infra = `["default","web","","infra","abc","kubehost","def","","web-infra"]`
	row := func(id, name, state, status, created, labels string) string {
		return fmt.Sprintf(`{"ID":%q,"Name":%q,"Image":"img:1","State":%q,"Status":%q,"Created":%q,"Labels":%s}`+"\n", id, name, state, status, created, labels)
	}
	const zone = "2026-11-23 14:51:20 +0200 EET"
	at := time.Date(2026, 11, 23, 12, 51, 20, 0, time.UTC)
	got, networks, err := observe(t.Context(), listing{
		"ps": row("1", "shop.web-nginx", "running", "Up 2 hours", "2026-11-23 12:51:20 +0000 UTC", ours) +
			row("2", "web-infra", "exited", "Exited (137) 2 hours ago", zone, infra) + "\n" +
			row("3", "db/alias,other", "created", "Created", "2026-11-23 18:21:20 +0530 +0530", none) +
			row("4", "committed", "restarting", "Restarting (1) 2 seconds ago", "never", ours) +
			row("5", "dead", "dead", "Dead", zone, none) +
			row("6", "removing", "removing", "Removal In Progress", zone, none) +
			row("7", "paused", "paused", "Up 2 hours (Paused)", zone, none) +
			row("8", "odd", "exited", "gone", zone, none),
		"network": `{"Name":"bridge","Managed":""}` + "\n" + `{"Name":"kubehost","Managed":"true"}` + "\n" + `{"Name":"x","Managed":"false"}` + "\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []runtime.Container{
		{ID: "1", Name: "shop.web-nginx", State: runtime.Running, Ref: plan.Ref{Namespace: "shop", Name: "web"}, Unit: "nginx", Role: "main", Hash: "abc", Frozen: "page=1"},
		{ID: "2", Name: "web-infra", State: runtime.Exited, ExitCode: 137, Ref: plan.Ref{Namespace: "default", Name: "web"}, Role: "infra",
			Hash: "abc", Network: "kubehost", Inits: "def"},
		{ID: "3", Name: "other", State: runtime.Created},
		{ID: "4", Name: "committed", State: runtime.Restarting},
		{ID: "5", Name: "dead", State: runtime.Broken},
		{ID: "6", Name: "removing", State: runtime.Broken},
		{ID: "7", Name: "paused", State: runtime.Paused},
		{ID: "8", Name: "odd", State: runtime.Exited, ExitCode: -1},
	}
	for i := range want {
		want[i].Image = "img:1"
		if want[i].Name != "committed" {
			want[i].Created = at
		}
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]runtime.Network{{Name: "bridge"}, {Name: "kubehost", Managed: true}, {Name: "x"}}, networks); diff != "" {
		t.Error(diff)
	}
}

// TestListFormat prints a container as docker's command would: labels of an image that hold
// commas, quotes or keys of ours change nothing.
func TestListFormat(t *testing.T) {
	labels := map[string]string{runtime.LabelPod: "web", runtime.LabelNamespace: "default", runtime.LabelID: "web-a",
		"x": "1," + runtime.LabelPod + `=forged,` + runtime.LabelID + `=web-b"` + "\n", runtime.LabelContainer: `a"b,c`}
	format := template.Must(template.New("").Funcs(template.FuncMap{"json": func(v any) (string, error) {
		b, err := json.Marshal(v)
		return string(b), err
	}}).Parse(listFormat()))
	var out strings.Builder
	if err := format.Execute(&out, printed{"1", "web-a", "i", "exited", "Exited (0) 1 second ago", "", "", labels}); err != nil {
		t.Fatal(err)
	}
	got, err := parseContainers([]byte(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	want := []runtime.Container{{ID: "1", Name: "web-a", Image: "i", State: runtime.Exited,
		Ref: plan.Ref{Namespace: "default", Name: "web"}, Unit: `a"b,c`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// printed has what a format of docker's ps may name.
type printed struct {
	ID, Names, Image, State, Status, CreatedAt, Ports string
	labels                                            map[string]string
}

func (p printed) Label(key string) string { return p.labels[key] }

// TestPorts reads ports as docker's listing prints them, by several versions.
func TestPorts(t *testing.T) {
	for text, want := range map[string][]plan.Port{
		"":                       nil,
		"80/tcp, 443/tcp":        nil,
		"127.0.0.1:8080->80/tcp": {{HostIP: "127.0.0.1", HostPort: 8080, Protocol: plan.TCP}},
		"0.0.0.0:80->80/tcp, [::]:80->80/tcp, 53/udp": {{HostIP: "0.0.0.0", HostPort: 80, Protocol: plan.TCP}, {HostIP: "::", HostPort: 80, Protocol: plan.TCP}},
		":::53->5353/udp":         {{HostIP: "::", HostPort: 53, Protocol: plan.UDP}},
		"0.0.0.0:7-8->17-18/sctp": {{HostIP: "0.0.0.0", HostPort: 7, Protocol: plan.SCTP}, {HostIP: "0.0.0.0", HostPort: 8, Protocol: plan.SCTP}},
	} {
		if diff := cmp.Diff(want, parsePorts(text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestObserveEmpty(t *testing.T) {
	containers, networks, err := observe(t.Context(), listing{})
	if len(containers)+len(networks) != 0 || err != nil {
		t.Errorf("got %v, %v, %v", containers, networks, err)
	}
}

func TestObserveGarbage(t *testing.T) {
	for _, l := range []listing{{"ps": "Emulate Docker CLI\n"}, {"ps": `{"ID":1}`}, {"network": "{"}, {"ps": `{"ID":"1"`}} {
		if _, _, err := observe(t.Context(), l); err == nil || !strings.Contains(err.Error(), "not the listing that was asked for") {
			t.Errorf("%v: %v", l, err)
		}
	}
}

type failing struct{}

func (failing) Run(context.Context, runtime.Command) (runtime.Result, error) {
	return runtime.Result{Code: 1, Stderr: []byte("Cannot connect")}, nil
}

func TestObserveFails(t *testing.T) {
	var failed *runtime.CommandError
	if _, _, err := observe(t.Context(), failing{}); !errors.As(err, &failed) || !strings.Contains(err.Error(), "Cannot connect") {
		t.Errorf("got %v", err)
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
