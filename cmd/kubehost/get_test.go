package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// runningPod is a pod of one container that runs, as its supervisor tells.
func runningPod(namespace, name string, labels string) view.Pod {
	ref := plan.Ref{Namespace: namespace, Name: name}
	return view.Pod{Ref: ref,
		Stored: &runtime.StoredPod{Ref: ref, Plan: plan.Pod{Ref: ref, ID: name, Supervised: true, Units: []plan.Unit{{Name: "main", ID: name + "-main", Role: plan.Main}}},
			Manifest: []byte(`{"kind":"Pod","metadata":{"name":"` + name + `","labels":{` + labels + `}},"spec":{"terminationGracePeriodSeconds":21000000,"containers":[{"name":"main","image":"app:1"}]}}`)},
		Memory: &supervise.Memory{Ref: ref, Phase: supervise.Running, Units: map[string]*supervise.Unit{"main": {State: supervise.Up, Started: true, Ready: true}}}}
}

// printed is what get prints of pods with these flags.
func printed(t *testing.T, flags []string, pods ...view.Pod) (string, error) {
	t.Helper()
	var out bytes.Buffer
	p := &program{stdout: &out, stderr: &out, getenv: func(string) string { return "" }}
	app := p.app()
	app.Command("get").Action = func(c *cli.Context) error {
		printer, err := p.printer(c, selection{namespace: c.String("namespace")})
		if err != nil {
			return err
		}
		if err := printer.Sort(pods); err != nil {
			return err
		}
		return printer.Print(pods, len(pods) == 1)
	}
	err := commandline.Run(t.Context(), app, append([]string{"get"}, flags...))
	return out.String(), err
}

func TestPrintPods(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	web, web10, db := runningPod("shop", "web-9", `"app":"shop","example.com/tier":"front"`), runningPod("shop", "web-10", `"app":"shop"`), runningPod("shop", "db", "")
	for _, test := range []struct {
		flags []string
		pods  []view.Pod
		want  string
	}{
		{[]string{"-n", "shop"}, []view.Pod{web, db},
			"NAME    READY   STATUS    RESTARTS   AGE\n" +
				"web-9   1/1     Running   0          <unknown>\n" +
				"db      1/1     Running   0          <unknown>\n"},
		{[]string{"-n", "shop", "--sort-by", ".metadata.name", "--no-headers", "-L", "app,example.com/tier"}, []view.Pod{web10, web, db},
			"db       1/1   Running   0     <unknown>   <none>   <none>\n" +
				"web-9    1/1   Running   0     <unknown>   shop     front\n" +
				"web-10   1/1   Running   0     <unknown>   shop     <none>\n"},
		{[]string{"-o", "wide", "-L", "example.com/tier", "--show-labels"}, []view.Pod{web, db},
			"NAMESPACE   NAME    READY   STATUS    RESTARTS   AGE         IP       PORTS    TIER     LABELS\n" +
				"shop        web-9   1/1     Running   0          <unknown>   <none>   <none>   front    app=shop,example.com/tier=front\n" +
				"shop        db      1/1     Running   0          <unknown>   <none>   <none>   <none>   <none>\n"},
		{[]string{"-o", "name"}, []view.Pod{web, db}, "pod/web-9\npod/db\n"},
		{[]string{"-o", "jsonpath={.metadata.name} {.nothing.here}{.spec.terminationGracePeriodSeconds}{\"\\n\"}"}, []view.Pod{web}, "web-9 21000000\n"},
		{[]string{"-o", `jsonpath={range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}`}, []view.Pod{web, db}, "web-9\tRunning\ndb\tRunning\n"},
		{[]string{"-o", `jsonpath={.items[?(@.metadata.labels.app=="shop")].metadata.name}`}, []view.Pod{web, db}, "web-9"},
		{[]string{"-o", "jsonpath=.metadata.name"}, []view.Pod{web}, ".metadata.name"}, // as kubectl: braces are needed here
		{[]string{"-o", "jsonpath-as-json={.metadata.labels}"}, []view.Pod{web10}, "[\n    {\n        \"app\": \"shop\"\n    }\n]\n"},
		{[]string{"-o", "jsonpath-file=" + file("path", "{.kind} {.items[*].kind}\n")}, []view.Pod{web, db}, "List Pod Pod\n"},
		{[]string{"-o", "custom-columns=N:.metadata.name,APP:{.metadata.labels.app},READY:status.containerStatuses[*].ready,NO:.nothing"}, []view.Pod{web, db},
			"N       APP      READY   NO\n" +
				"web-9   shop     true    <none>\n" +
				"db      <none>   true    <none>\n"},
		{[]string{"-o", "custom-columns-file=" + file("columns", "NAME  IMAGE\n.metadata.name  .spec.containers[*].image\n"), "--no-headers"}, []view.Pod{web, db},
			"web-9   app:1\ndb      app:1\n"},
		{[]string{"-o", "custom-columns=N:.metadata.name"}, nil, "N\n"},
		{[]string{"-o", "jsonpath={.items}"}, nil, "[]"},
	} {
		got, err := printed(t, test.flags, test.pods...)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", test.flags, err, diff)
		}
	}
}

func TestPrintMistakes(t *testing.T) {
	for flags, want := range map[string]string{
		"-o nonsense":                       `"nonsense" is no output format: wide`,
		"-o wide=yes":                       `"wide=yes" is no output format`,
		"-o jsonpath":                       "jsonpath needs a template after =",
		"-o jsonpath={.metadata":            "error parsing jsonpath {.metadata, unclosed action",
		"-o jsonpath={.spec.containers[9]}": "error executing jsonpath \"{.spec.containers[9]}\": array index out of bounds",
		"-o jsonpath-file=/nobody/made":     "/nobody/made",
		"-o custom-columns=NAME":            "unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>",
		"-o custom-columns=NAME:{.a}{.b}":   "unexpected path string",
		"-o custom-columns-file=/dev/null":  "invalid template, missing spec line",
		"--sort-by {.a}{.b}":                "--sort-by: ",
		"--sort-by .nothing":                `couldn't find any field with path ".nothing" in the list of objects`,
	} {
		if out, err := printed(t, strings.Fields(flags), runningPod("shop", "web", "")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, want %s", flags, out, err, want)
		}
	}
}

func TestCustomColumnsDoNotSteerTheTerminal(t *testing.T) {
	got, err := printed(t, []string{"-o", "custom-columns=L:.metadata.labels.x", "--no-headers"}, runningPod("shop", "web", `"x":"\u001b[31m\r"`))
	if err != nil || got != "^[[31m\\r\n" {
		t.Errorf("%q, %v", got, err)
	}
}
