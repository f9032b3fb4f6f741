package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// podmanHasWeb puts a docker without containers in PATH, and a podman that has one of the pod web.
func podmanHasWeb(t *testing.T) {
	t.Helper()
	bin := t.TempDir()
	const web = `[{"Id":"1","Names":["default.web-a"],"State":"running",` +
		`"Labels":{"kubehost.dev/id":"default.web-a","kubehost.dev/namespace":"default","kubehost.dev/pod":"web","kubehost.dev/container":"a"}}]`
	for name, script := range map[string]string{
		"docker": "case $1 in --version | version) echo 99.0 ;; ps | network) ;; *) exit 1 ;; esac",
		"podman": "case $1 in --version | version) echo 99.0 ;; ps) echo '" + web + "' ;; network | inspect | container) echo '[]' ;; *) exit 1 ;; esac",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tool := range []string{"sh", "rm", "mountpoint"} { // with which a pod's files are removed
		file, err := exec.LookPath(tool)
		if err == nil {
			err = os.Symlink(file, filepath.Join(bin, tool))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
}

// damagedWeb is a store of the pods db and web, and the file of the plan of web, which is empty.
func damagedWeb(t *testing.T) (store runtime.Store, web plan.Ref, file string) {
	t.Helper()
	store, web = applied(t, map[string]string{"db": "docker", "web": "podman"}), plan.Ref{Namespace: "default", Name: "web"}
	file = filepath.Join(store.PodDir(web), "plan.json")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return store, web, file
}

// TestEngineOfDamaged: a pod whose plan does not tell where it is stays where its containers are.
func TestEngineOfDamaged(t *testing.T) {
	store, web, _ := damagedWeb(t)
	for _, test := range []struct {
		name     string
		runtimes func(*testing.T)
		want     string
	}{
		{"one has it", podmanHasWeb, "podman"},
		{"one does not answer", func(t *testing.T) { answering(t, "docker", "podman") }, `pod "web" may be with docker: `},
		{"one is not installed", func(t *testing.T) { podmanHasWeb(t); os.Remove(filepath.Join(os.Getenv("PATH"), "docker")) }, "podman"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.runtimes(t)
			p := &program{stderr: t.Output(), getenv: func(string) string { return "" }}
			e, err := engines.New(p.user(), settings.Settings{Runtime: settings.Auto, StateDir: store.Dir})
			if err != nil {
				t.Fatal(err)
			}
			engine, err := e.Pod(t.Context(), web)
			if err != nil && !strings.Contains(err.Error(), test.want) || err == nil && engine.Dialect.Name() != test.want {
				t.Errorf("got %v, %v, want %s", engine.Dialect, err, test.want)
			}
		})
	}
}

// TestDamagedConcernsOnePod: the others are listed, and can be deleted; of this one it is said what to do.
func TestDamagedConcernsOnePod(t *testing.T) {
	podmanHasWeb(t)
	store, web, file := damagedWeb(t)
	before := contents(t, store.Dir)
	problem := "error: " + file + " is damaged: unexpected end of JSON input\n  hint: kubehost apply -f " +
		filepath.Join(store.PodDir(web), "manifest.json") + "\n"
	for _, test := range []struct {
		words, stdout, stderr string
		code                  int
	}{
		{"get pods -o name", "pod/db\npod/web\n", problem, commandline.ExitFailed},
		{"get pod db -o name", "pod/db\n", "", 0},
		{"get pod web -o name", "pod/web\n", problem, commandline.ExitFailed},
		{"get pods -l app=shop -o name", "pod/web\n", problem, commandline.ExitFailed}, // it may have the label
		{"get pods -n other -o name", "", "", 0},
		{"delete web", "", problem, commandline.ExitFailed},
		{"delete db --with-data", "", strings.Replace(problem, "error: ", "error: no data is removed while a pod may use it: ", 1), commandline.ExitFailed},
		{"delete db", "pod \"db\" deleted from default namespace\n", "", 0},
	} {
		var stdout, stderr bytes.Buffer
		p := &program{stdout: &stdout, stderr: &stderr, getenv: os.Getenv}
		dirs := []string{"--state-dir", store.Dir}
		code := p.main(append(append([]string{"kubehost"}, strings.Fields(test.words)...), dirs...))
		if code != test.code || stdout.String() != test.stdout || stderr.String() != test.stderr {
			t.Errorf("kubehost %s: exit status %d\n%s%s", test.words, code, stdout.String(), stderr.String())
		}
	}
	for file := range before {
		if strings.Contains(file, "/db/") {
			delete(before, file)
		}
	}
	if diff := cmp.Diff(before, contents(t, store.Dir)); diff != "" {
		t.Error(diff)
	}
}

// TestDamagedLabels: a pod of which nobody knows the labels is not deleted because of them.
func TestDamagedLabels(t *testing.T) {
	podmanHasWeb(t)
	store := applied(t, map[string]string{"web": "podman"})
	manifest := filepath.Join(store.PodDir(plan.Ref{Namespace: "default", Name: "web"}), "manifest.json")
	if err := os.WriteFile(manifest, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before := contents(t, store.Dir)
	for _, words := range []string{"delete pods -l app=shop", "stop -l app=shop"} {
		var stderr bytes.Buffer
		p := &program{stdout: t.Output(), stderr: &stderr, getenv: os.Getenv}
		code := p.main(append(strings.Fields("kubehost "+words), "--state-dir", store.Dir))
		if code != commandline.ExitFailed || !strings.Contains(stderr.String(), manifest+" is damaged") {
			t.Errorf("kubehost %s: exit status %d\n%s", words, code, stderr.String())
		}
	}
	if diff := cmp.Diff(before, contents(t, store.Dir)); diff != "" {
		t.Error(diff)
	}
}

// TestDamagedObjects: a manifest or another object that is damaged is told of; nothing is pruned that it may use.
func TestDamagedObjects(t *testing.T) {
	answering(t, "docker")
	store := applied(t, map[string]string{"web": "docker"})
	web := plan.Ref{Namespace: "default", Name: "web"}
	manifest, secret := filepath.Join(store.PodDir(web), "manifest.json"), filepath.Join(store.Dir, "objects/default/secret/key.json")
	if err := store.SaveObject("Secret", plan.Ref{Namespace: "default", Name: "key"}, []byte("sesame")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(manifest, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	warned := "warning: " + secret + " is damaged: invalid character 's' looking for beginning of value\n" +
		"  hint: apply the manifest of the object again; the damaged file is kept beside the new one\n"
	for words, want := range map[string]string{
		"validate -f -": warned,
		"apply -f - --dry-run --prune --all": warned + "error: nothing is pruned while a pod may use it: " + manifest +
			" is damaged: unexpected end of JSON input\n  hint: apply the manifest of the pod again\n",
	} {
		var stderr bytes.Buffer
		p := &program{stdin: strings.NewReader("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"), stdout: t.Output(), stderr: &stderr, getenv: os.Getenv}
		code := p.main(append([]string{"kubehost", "--state-dir", store.Dir}, strings.Fields(words)...))
		if (code == 0) != (want == warned) || stderr.String() != want {
			t.Errorf("kubehost %s: exit status %d\n%s", words, code, stderr.String())
		}
	}
}
