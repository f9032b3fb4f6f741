package runtime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

type inspection string

func (i inspection) Run(context.Context, runtime.Command) (runtime.Result, error) {
	return runtime.Result{Stdout: []byte(i)}, nil
}

// complaint is a Runner of a runtime that finds nothing, and says why.
type complaint string

func (c complaint) Run(context.Context, runtime.Command) (runtime.Result, error) {
	return runtime.Result{Code: 1, Stdout: []byte("[]\n"), Stderr: []byte(c)}, nil
}

// An engine that does not answer is not one that has no containers.
func TestInspectWithoutAnswer(t *testing.T) {
	for said, gone := range map[complaint]bool{
		"Error: No such container: web\n": true,
		"Error response from daemon: No such container: connect\nError response from daemon: No such container: web\n":                             true,
		"error inspecting object: no such container b\nError: inspecting object: no such container connect\n":                                      true,
		"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n":                                      false,
		"failed to connect to the docker API at unix:///run/docker.sock; check if the path is correct: connect: no such file or directory\n":       false,
		"error during connect: Get \"http://docker/v1.41/containers/web/json\": EOF\n":                                                             false,
		"permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock\n":                                   false,
		"Error response from daemon: No such container: web\nCannot connect to the Docker daemon at tcp://host:1. Is the docker daemon running?\n": false,
	} {
		found, err := runtime.Engine{Dialect: podman.Dialect{}, Runner: said}.Inspect(t.Context(), []string{"web", "connect"})
		if len(found) > 0 || (err == nil) != gone {
			t.Errorf("%q: %v, %v", said, found, err)
		}
	}
}

// What ran when the host lost its power has ended, though podman says that it was only created.
func TestInspectAfterPowerCut(t *testing.T) {
	const none, begun = `"0001-01-01T00:00:00Z"`, `"2026-11-23T18:34:21Z"`
	at := time.Date(2026, 11, 23, 18, 34, 21, 0, time.UTC)
	for _, test := range []struct {
		status, started string
		state           runtime.State
		code            int
		finished        time.Time
	}{
		{"created", none, runtime.Created, 0, time.Time{}},
		{"created", begun, runtime.Exited, 255, at},
		{"configured", begun, runtime.Exited, 255, at},
		{"initialized", begun, runtime.Created, 0, time.Time{}},
		{"running", begun, runtime.Running, 0, time.Time{}},
	} {
		e := runtime.Engine{Dialect: podman.Dialect{}, Runner: inspection(`[{"Id":"1","Name":"web-main","State":{"Status":"` + test.status +
			`","ExitCode":0,"StartedAt":` + test.started + `,"FinishedAt":` + none + `}}]`)}
		found, err := e.Inspect(t.Context(), []string{"1"})
		if err != nil {
			t.Fatal(err)
		}
		d := found["1"]
		if d.Container.State != test.state || d.Container.ExitCode != test.code || !d.Finished.Equal(test.finished) {
			t.Errorf("%s since %s: %s with %d at %s", test.status, test.started, d.Container.State, d.Container.ExitCode, d.Finished)
		}
	}
}

// Podman can replace a container that has ended, but would leave its volumes; docker cannot replace any.
func TestReplaceable(t *testing.T) {
	for _, test := range []struct {
		dialect       runtime.Dialect
		state, mounts string
		want          bool
	}{
		{podman.Dialect{}, "exited", `[{"Type":"bind"}]`, true},
		{podman.Dialect{}, "exited", `[{"Type":"bind"},{"Type":"volume"}]`, false},
		{podman.Dialect{}, "running", `[]`, false},
		{podman.Dialect{}, "created", `[]`, false},
		{docker.Dialect{}, "exited", `[]`, false},
	} {
		e := runtime.Engine{Dialect: test.dialect, Runner: inspection(`[{"Id":"1","Name":"web-main","State":{"Status":"` + test.state + `"},"Mounts":` + test.mounts + `}]`)}
		found, err := e.Inspect(t.Context(), []string{"1"})
		if err != nil {
			t.Fatal(err)
		}
		old := found["1"].Container
		if old.Replaceable != test.want {
			t.Errorf("%s, %s with %s: %v", test.dialect.Name(), test.state, test.mounts, old.Replaceable)
		}
		u := plan.Unit{ID: "web-main", Name: "main", Role: plan.Main, Image: "app:1"}
		steps := runtime.UnitSteps(&plan.Pod{ID: "web", Units: []plan.Unit{u}}, u, &old, 1, "exited with 1")
		var argv []string
		removed := false
		for _, s := range steps {
			switch s.Op.(type) {
			case runtime.RunContainer:
				argv = e.Action(s.Op).Run[0].Argv
			case runtime.RemoveContainers:
				removed = true
			}
		}
		if removed == test.want || slices.Contains(argv, "--replace") != test.want {
			t.Errorf("%s, %s with %s: removed before: %v; %q", test.dialect.Name(), test.state, test.mounts, removed, argv)
		}
	}
}

// halfRemoved is podman with two containers, of one of which the files have gone.
type halfRemoved struct{ listing string }

func (h halfRemoved) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	switch argv := strings.Join(c.Argv[1:], " "); argv {
	case "container inspect web-main db-main", "container inspect web-main":
		return runtime.Result{Code: 125, Stdout: []byte("[]\n"), Stderr: []byte(`Error: getting container from store "c0ffee": container not known` + "\n")}, nil
	case "container inspect db-main":
		return runtime.Result{Stdout: []byte(`[{"Id":"deca1f","Name":"db-main","State":{"Status":"running"}}]`)}, nil
	case "ps --all --pod --format json":
		return runtime.Result{Stdout: []byte(h.listing)}, nil
	default:
		return runtime.Result{}, errors.New("not expected: " + argv)
	}
}

// One container whose removal was cut off in the middle does not hide the others: it is broken, and still the pod's.
func TestInspectHalfRemoved(t *testing.T) {
	listed := halfRemoved{`[{"Id":"c0ffee","Names":["web-main"],"PodName":"web","State":"exited","Labels":{"kubehost.dev/id":"web-main",` +
		`"kubehost.dev/pod":"web","kubehost.dev/namespace":"shop","kubehost.dev/container":"main"}}]`}
	web := runtime.Container{ID: "c0ffee", Name: "web-main", State: runtime.Broken, Ref: plan.Ref{Namespace: "shop", Name: "web"}, Unit: "main"}
	for _, test := range []struct {
		podman halfRemoved
		asked  []string
		want   map[string]runtime.Container
		err    bool
	}{
		{listed, []string{"web-main", "db-main"}, map[string]runtime.Container{"c0ffee": web, "deca1f": {ID: "deca1f", Name: "db-main", State: runtime.Running}}, false},
		{listed, []string{"web-main"}, map[string]runtime.Container{"c0ffee": web}, false},
		{halfRemoved{"[]"}, []string{"web-main"}, nil, true}, // podman contradicts itself
	} {
		found, err := runtime.Engine{Dialect: podman.Dialect{}, Runner: test.podman}.Inspect(t.Context(), test.asked)
		var got map[string]runtime.Container
		for id, d := range found {
			if got == nil {
				got = map[string]runtime.Container{}
			}
			d.Container.Created = time.Time{}
			got[id] = d.Container
		}
		if diff := cmp.Diff(test.want, got); diff != "" || (err != nil) != test.err {
			t.Errorf("%q: %v\n%s", test.asked, err, diff)
		}
	}
}

// names is a Runner that prints a listing, and keeps what it was asked.
type names struct {
	listing string
	argv    []string
}

func (n *names) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	n.argv = c.Argv
	return runtime.Result{Stdout: []byte(n.listing)}, nil
}

// Names asks for the containers of one pod alone, and leaves out what docker's links call a container besides.
func TestNames(t *testing.T) {
	for listing, want := range map[string][]string{"": {}, "web-infra\nweb-main,other/alias\n": {"web-infra", "web-main"}} {
		r := &names{listing: listing}
		got, err := runtime.Engine{Dialect: podman.Dialect{}, Runner: r}.Names(t.Context(), plan.Ref{Namespace: "shop", Name: "web"})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", listing, err, diff)
		}
		for _, filter := range []string{"label=kubehost.dev/namespace=shop", "label=kubehost.dev/pod=web"} {
			if !slices.Contains(r.argv, filter) {
				t.Errorf("%q has no %s", r.argv, filter)
			}
		}
	}
}

// LateOf finds in an inspection what the query for late values prints, and nothing when a part is missing.
func TestLateOf(t *testing.T) {
	p := plan.Pod{Sandbox: plan.Sandbox{Network: "kubehost"}}
	for _, test := range []struct {
		name    string
		dialect runtime.Dialect
		on      map[string]runtime.Addresses
		want    *runtime.Late
	}{
		{"podman", podman.Dialect{}, map[string]runtime.Addresses{"kubehost": {IPAddress: "10.88.0.2", GlobalIPv6Address: "fd00::2", Gateway: "10.88.0.1"}},
			&runtime.Late{IPs: []string{"10.88.0.2", "fd00::2"}, Resolver: "10.88.0.1"}},
		{"IPv6 alone", podman.Dialect{}, map[string]runtime.Addresses{"kubehost": {GlobalIPv6Address: "fd00::2", IPv6Gateway: "fd00::1"}},
			&runtime.Late{IPs: []string{"fd00::2"}, Resolver: "fd00::1"}},
		{"docker", docker.Dialect{}, map[string]runtime.Addresses{"kubehost": {IPAddress: "172.18.0.2", Gateway: "172.18.0.1"}},
			&runtime.Late{IPs: []string{"172.18.0.2"}, Resolver: "127.0.0.11"}},
		{"another network", podman.Dialect{}, map[string]runtime.Addresses{"other": {IPAddress: "10.88.0.2", Gateway: "10.88.0.1"}}, nil},
		{"no address", podman.Dialect{}, map[string]runtime.Addresses{"kubehost": {Gateway: "10.88.0.1"}}, nil},
		{"no name server", podman.Dialect{}, map[string]runtime.Addresses{"kubehost": {IPAddress: "10.88.0.2"}}, nil},
	} {
		got := runtime.Engine{Dialect: test.dialect}.LateOf(&p, runtime.Detail{Networks: test.on})
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}
