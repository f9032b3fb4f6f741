package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// answering puts commands of these names on the PATH, and no others: they say that they are docker and podman, and fail
// when they are asked for anything else.
func answering(t *testing.T, names ...string) {
	t.Helper()
	bin := t.TempDir()
	for _, name := range names {
		script := "#!/bin/sh\ncase $1 in version | --version) echo 99.0 ;; *) echo $0 $* >&2; exit 1 ;; esac\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
}

// applied is a state directory with pods that were applied with those runtimes.
func applied(t *testing.T, pods map[string]string) runtime.Store {
	t.Helper()
	s := runtime.Store{Dir: t.TempDir()}
	for name, with := range pods {
		r := plan.Ref{Namespace: "default", Name: name}
		if err := s.SavePod(runtime.StoredPod{Ref: r, Runtime: with, Manifest: []byte(`{"kind":"Pod"}`), Plan: plan.Pod{Ref: r, ID: r.ID()}}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestOtherRuntimeIsRefused: whatever is asked of a pod with another runtime than its own, nothing is done.
func TestOtherRuntimeIsRefused(t *testing.T) {
	answering(t, "docker", "podman")
	store := applied(t, map[string]string{"web": "podman"})
	before := contents(t, store.Dir)
	manifest := filepath.Join(t.TempDir(), "web.yaml")
	if err := os.WriteFile(manifest, []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: i:1}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"apply -f " + manifest, "delete web", "delete -f " + manifest, "get pod web", "describe pod web", "logs web",
		"exec web -- date", "start web", "stop web", "restart web", "supervise web", "supervise --service web"} {
		var stderr bytes.Buffer
		p := &program{stdout: t.Output(), stderr: &stderr, getenv: os.Getenv}
		args := append([]string{"kubehost", "--runtime", "docker", "--state-dir", store.Dir}, strings.Fields(words)...)
		want := "error: pod \"web\" is with podman, not with docker\n" +
			"  hint: leave out --runtime; or remove it there first: kubehost delete web --runtime podman\n"
		if code := p.main(args); code != commandline.ExitFailed || stderr.String() != want {
			t.Errorf("kubehost %s: exit status %d\n%s", words, code, stderr.String())
		}
	}
	if diff := cmp.Diff(before, contents(t, store.Dir)); diff != "" {
		t.Error(diff)
	}
}

// contents are the files below a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(dir + "/pods/*/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[f] = string(b)
	}
	return all
}

// TestDeleteTargets: each runtime removes its own pods, and what pods may use goes last.
func TestDeleteTargets(t *testing.T) {
	answering(t, "docker", "podman")
	store := applied(t, map[string]string{"a": "docker", "b": "podman", "c": "docker"})
	named := func(words ...string) []target {
		var all []target
		for _, w := range words {
			kind, name, _ := strings.Cut(w, "/")
			all = append(all, target{kind, plan.Ref{Namespace: "default", Name: name}})
		}
		return all
	}
	for _, test := range []struct {
		all  []target
		want map[string][]target
	}{
		{named("ConfigMap/x", "Pod/a", "Pod/b", "Pod/c"), map[string][]target{"docker": named("Pod/a", "Pod/c"), "podman": named("Pod/b", "ConfigMap/x")}},
		{named("ConfigMap/x", "Pod/b"), map[string][]target{"podman": named("ConfigMap/x", "Pod/b")}},
		{named("ConfigMap/x"), map[string][]target{"docker": named("ConfigMap/x")}},
	} {
		p := &program{stderr: t.Output(), getenv: func(string) string { return "" }}
		e, err := engines.New(p.user(), settings.Settings{Runtime: settings.Auto, StateDir: store.Dir})
		if err != nil {
			t.Fatal(err)
		}
		parts, err := sharesOf(t.Context(), e, test.all)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]target{}
		for _, part := range parts {
			got[part.Engine.Dialect.Name()] = part.Of
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v: %s", slices.Collect(maps.Keys(test.want)), diff)
		}
	}
}
