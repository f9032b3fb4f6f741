package engines

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// nobody is root without an environment.
var nobody = settings.User{Getenv: func(string) string { return "" }}

// onPath puts commands of these names on the PATH, and no others: they say that they are docker and podman, and fail
// when they are asked for anything else.
func onPath(t *testing.T, names ...string) {
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

// storeOf is a state directory with pods that were applied with those runtimes.
func storeOf(t *testing.T, pods map[string]string) runtime.Store {
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

// TestEngineOfPod: a pod stays with its runtime. Settings choose for new ones, and only a command line may object.
func TestEngineOfPod(t *testing.T) {
	both := []string{"docker", "podman"}
	for _, test := range []struct {
		name      string
		installed []string
		applied   map[string]string
		setting   string
		asked     bool
		// web and fresh are the runtimes of a pod applied earlier and of a new one, or what is wrong with it; all are
		// those where pods are looked for.
		web, fresh string
		all        []string
	}{
		{name: "nothing applied", installed: both, setting: "auto", web: "docker", fresh: "docker", all: []string{"docker"}},
		{name: "only podman", installed: both[1:], setting: "auto", web: "podman", fresh: "podman", all: []string{"podman"}},
		{name: "docker was installed later", installed: both, applied: map[string]string{"web": "podman"}, setting: "auto",
			web: "podman", fresh: "podman", all: []string{"podman"}},
		{name: "pods with both", installed: both, applied: map[string]string{"web": "podman", "db": "docker"}, setting: "auto",
			web: "podman", fresh: "docker", all: both},
		{name: "the configuration has changed", installed: both, applied: map[string]string{"web": "podman"}, setting: "docker",
			web: "podman", fresh: "docker", all: []string{"podman", "docker"}},
		{name: "asked for the other", installed: both, applied: map[string]string{"web": "podman"}, setting: "docker", asked: true,
			web: `pod "web" is with podman, not with docker`, fresh: "docker", all: []string{"docker"}},
		{name: "asked for its own", installed: both, applied: map[string]string{"web": "podman"}, setting: "podman", asked: true,
			web: "podman", fresh: "podman", all: []string{"podman"}},
		{name: "its own is gone", installed: both[:1], applied: map[string]string{"web": "podman"}, setting: "auto",
			web: "if it is gone for good: --runtime docker", fresh: "--runtime docker takes another for new ones"},
		{name: "its own is gone for good", installed: both[:1], applied: map[string]string{"web": "podman"}, setting: "docker", asked: true,
			web: "docker", fresh: "docker", all: []string{"docker"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			onPath(t, test.installed...)
			store := storeOf(t, test.applied)
			e, err := New(nobody, settings.Settings{Runtime: test.setting, RuntimeAsked: test.asked, StateDir: store.Dir})
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"web": test.web, "fresh": test.fresh} {
				engine, err := e.Pod(t.Context(), plan.Ref{Namespace: "default", Name: name})
				if err != nil && !strings.Contains(err.Error(), want) || err == nil && engine.Dialect.Name() != want {
					t.Errorf("%s: got %v, %v, want %s", name, engine.Dialect, err, want)
				}
			}
			all, _ := e.All(t.Context())
			var names []string
			for _, engine := range all {
				names = append(names, engine.Dialect.Name())
			}
			if diff := cmp.Diff(test.all, names); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEnginesOfOthers: pods that only change with those which are named are not meant by the command line.
func TestEnginesOfOthers(t *testing.T) {
	onPath(t, "docker", "podman")
	store := storeOf(t, map[string]string{"db": "podman"})
	e, err := New(nobody, settings.Settings{Runtime: "docker", RuntimeAsked: true, StateDir: store.Dir})
	if err != nil {
		t.Fatal(err)
	}
	web, db := plan.Ref{Namespace: "default", Name: "web"}, plan.Ref{Namespace: "default", Name: "db"}
	of, err := e.Pods(t.Context(), []plan.Ref{web}, []plan.Ref{db})
	if err != nil || of[web].Dialect.Name() != "docker" || of[db].Dialect.Name() != "podman" {
		t.Errorf("got %v, %v", of, err)
	}
}
