package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// selecting reads a command line, and returns what a function makes of it.
func selecting[T any](words string, read func(*program, *cli.Context) (T, error)) (result T, err error) {
	p := &program{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, getenv: func(string) string { return "" }}
	app := p.app()
	for _, c := range app.Commands {
		c.Action = func(c *cli.Context) (err error) { result, err = read(p, c); return err }
	}
	err = commandline.Run(context.Background(), app, strings.Fields(words))
	return result, err
}

func selectionIn(words string) (selection, error) {
	return selecting(words, func(_ *program, c *cli.Context) (selection, error) { return selectionOf(c, c.Args().Slice()) })
}

func TestSelectionPicksPods(t *testing.T) {
	seen := func(namespace, name string, labels map[string]string) view.Pod {
		v := view.Pod{Ref: plan.Ref{Namespace: namespace, Name: name}}
		if labels != nil {
			v.Stored = &runtime.StoredPod{Plan: plan.Pod{Labels: labels}}
		}
		return v
	}
	all := []view.Pod{seen("default", "db", map[string]string{"app": "shop", "tier": "data"}), seen("default", "stray", nil),
		seen("default", "web", map[string]string{"app": "shop"}), seen("other", "web", map[string]string{"app": "shop"})}
	for words, want := range map[string]string{
		"get pods":                         "default/db default/stray default/web",
		"get pods -A":                      "default/db default/stray default/web other/web",
		"get pods -n other":                "other/web",
		"get pods -l app=shop":             "default/db default/web",
		"get pods -l app=shop,tier!=data":  "default/web",
		"get pods -l app=shop -A":          "default/db default/web other/web",
		"get pods -l !app":                 "default/stray",
		"get pods --selector tier":         "default/db",
		"describe pod web db":              "default/web default/db",
		"describe pod/web":                 "default/web",
		"describe pods -l app=none":        "",
		"wait pods --all --for=delete":     "default/db default/stray default/web",
		"wait pods -A -l app --for=delete": "default/db default/web other/web",
		"get pods nobody web":              "default/web missing:1",
		"get pod/web configmap/web":        "default/web missing:1",
		"events -l tier=data":              "default/db",
		"get pods -n other web -o name":    "other/web",
	} {
		s, err := selectionIn(words)
		if err != nil {
			t.Errorf("%s: %v", words, err)
			continue
		}
		pods, missing := s.of(slices.Clone(all))
		var got []string
		for _, v := range pods {
			got = append(got, v.Ref.String())
		}
		if len(missing) > 0 {
			got = append(got, "missing:1")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", words, got, want)
		}
	}
}

// TestSelectionMistakes: what contradicts itself is said in kubectl's words, where it has some.
func TestSelectionMistakes(t *testing.T) {
	for words, want := range map[string]string{
		"get pods web -l app=shop":     "name cannot be provided when a selector is specified",
		"get pods web -A":              "a resource cannot be retrieved by name across all namespaces",
		"wait pods --all -l app=shop":  "cannot set --all and --selector at the same time",
		"wait pod/web --all":           "names and --all cannot be given together",
		"get pods -l a=b=c":            "--selector: ",
		"get pods -n Not_A_Namespace":  `"Not_A_Namespace" is no namespace`,
		"describe pods ../../etc -n x": `"../../etc"`,
	} {
		if _, err := selectionIn(words); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", words, err, want)
		}
	}
}

func TestNoneSelected(t *testing.T) {
	if got := (selection{namespace: "shop"}).none(); got != "No resources found in shop namespace." {
		t.Error(got)
	}
	if got := (selection{}).none(); got != "No resources found" {
		t.Error(got)
	}
}

func TestWhatToDelete(t *testing.T) {
	for words, want := range map[string]string{
		"delete web":                        "Pod/web",
		"delete pod/web cm/page":            "Pod/web ConfigMap/page",
		"delete -l app=shop":                "all Pod",
		"delete pods,cm --all":              "all Pod ConfigMap",
		"delete secret -l app":              "all Secret",
		"delete pods web -l app":            "error",
		"delete pods,wibble --all":          "error",
		"delete pods":                       "error",
		"delete":                            "error",
		"delete -f x.yaml web":              "error",
		"delete -f x.yaml --all":            "error",
		"delete pods --all -l app=shop":     "error",
		"delete pod web --all-namespaces":   "error",
		"delete -f /nobody/made/this -l a=": "error",
	} {
		d, err := selecting(words, (*program).toDelete)
		var got []string
		for _, n := range d.named {
			got = append(got, n.Kind+"/"+n.Name)
		}
		if len(d.kinds) > 0 {
			got = append([]string{"all"}, d.kinds...)
		}
		if err != nil {
			got = []string{"error"}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v (%v), want %s", words, got, err, want)
		}
	}
}
