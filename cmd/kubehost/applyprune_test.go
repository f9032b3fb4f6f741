package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/manifests"
)

// appliedEarlier are objects of the namespace shop, some of other, as they are stored.
var appliedEarlier = []string{
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"old","namespace":"shop","labels":{"app":"shop"}},"spec":{"containers":[{"name":"a","image":"i","envFrom":[{"configMapRef":{"name":"old"}}]}]}}`,
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop","labels":{"app":"shop"}},"spec":{"containers":[{"name":"a","image":"i"}]}}`,
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"db","namespace":"shop"},"spec":{"imagePullSecrets":[{"name":"login"}],"containers":[{"name":"a","image":"i"}]}}`,
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"old","namespace":"other","labels":{"app":"shop"}},"spec":{"containers":[{"name":"a","image":"i"}]}}`,
	`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"old","namespace":"shop","labels":{"app":"shop"}}}`,
	`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"page","namespace":"shop","labels":{"app":"shop"}}}`,
	`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"login","namespace":"shop","labels":{"app":"shop"}}}`,
	`{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop","labels":{"app":"shop"}}}`,
	`{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"disk","labels":{"app":"shop"}}}`,
}

// TestStale: in the namespaces of what is given goes what has the labels, except what is used, claims, and volumes.
func TestStale(t *testing.T) {
	const web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: shop}}\n" +
		"spec: {containers: [{name: a, image: i, envFrom: [{configMapRef: {name: page}}]}]}\n"
	const note = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note, namespace: other}\n"
	const cluster = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: other}\n" +
		"spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /srv}}\n"
	for _, test := range []struct {
		name, given, selector string
		want, used            string
	}{
		{"of these labels", web, "app=shop", "Pod/shop/old ConfigMap/shop/old", "ConfigMap/shop/page Secret/shop/login"},
		{"of others", web, "app=none", "", ""},
		{"all", web, "", "Pod/shop/db Pod/shop/old ConfigMap/shop/old Secret/shop/login", "ConfigMap/shop/page"},
		{"of two namespaces", web + "---\n" + note, "app=shop", "Pod/shop/old Pod/other/old ConfigMap/shop/old", "ConfigMap/shop/page Secret/shop/login"},
		{"of the whole host", cluster, "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			selector, err := labels.Parse(test.selector)
			if err != nil {
				t.Fatal(err)
			}
			var stored [][]byte
			for _, text := range appliedEarlier {
				stored = append(stored, []byte(text))
			}
			set, problems := manifests.Load(t.Context(), []string{"-"}, manifests.Options{Stdin: strings.NewReader(test.given), Stored: stored})
			if problems.HasErrors() {
				t.Fatal(problems)
			}
			s, used := staleIn(set, selector)
			for what, pair := range map[string][2]string{"stale": {keys(s.origins()), test.want}, "used": {keys(used), test.used}} {
				if diff := cmp.Diff(sorted(pair[1]), sorted(pair[0])); diff != "" {
					t.Errorf("%s: %s", what, diff)
				}
			}
		})
	}
}

func keys(all []manifests.Origin) string {
	var words []string
	for _, o := range all {
		words = append(words, key(o))
	}
	return strings.Join(words, " ")
}

func sorted(words string) []string { return slices.Sorted(slices.Values(strings.Fields(words))) }

// TestPruneMistakes: nothing is removed by a command line that may mean something else.
func TestPruneMistakes(t *testing.T) {
	answering(t)
	store := applied(t, map[string]string{"web": "docker"})
	before := contents(t, store.Dir)
	for words, want := range map[string]string{
		"apply -f - --prune":                  "without explicitly passing --all",
		"apply -f - --prune --all -l app=b":   "cannot set --all and --selector at the same time",
		"apply -f - --all":                    "nothing without it",
		"diff -f - --prune":                   "without explicitly passing --all",
		"apply -f - --prune -l app --dry-run": "no objects passed to apply",
		"apply -f - --prune -l app=":          "no objects passed to apply",
	} {
		var stderr strings.Builder
		p := &program{stdin: strings.NewReader("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"), stdout: t.Output(), stderr: &stderr, getenv: func(string) string { return "" }}
		code := p.main(append([]string{"kubehost", "--state-dir", store.Dir}, strings.Fields(words)...))
		if code != commandline.ExitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: exit code %d\n%s", words, code, stderr.String())
		}
	}
	if diff := cmp.Diff(before, contents(t, store.Dir)); diff != "" {
		t.Error(diff)
	}
}
