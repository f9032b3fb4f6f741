package translate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

// The package decides from its arguments alone, so it has no use for these.
func TestPackageIsPure(t *testing.T) {
	impure := []string{"os", "os/exec", "io/fs", "path/filepath", "net", "net/http", "time", "math/rand", "syscall"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); slices.Contains(impure, path) {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

// eachSet runs f on the set of each archive of testdata.
func eachSet(t *testing.T, f func(t *testing.T, set *manifests.Set)) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) { f(t, load(t, input(archive))) })
	}
}

func TestTranslateIsRepeatable(t *testing.T) {
	eachSet(t, func(t *testing.T, set *manifests.Set) {
		first, problems := translate.Translate(set, host)
		for range 5 {
			again, more := translate.Translate(set, host)
			if diff := cmp.Diff(first, again) + cmp.Diff(problems, more); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestTranslateLeavesTheSetAlone(t *testing.T) {
	eachSet(t, func(t *testing.T, set *manifests.Set) {
		before := mustJSON(t, set)
		p, _ := translate.Translate(set, host)
		p.Masked()
		if diff := cmp.Diff(before, mustJSON(t, set)); diff != "" {
			t.Error(diff)
		}
	})
}

// No text but the one that is asked for it holds the value of a Secret: testdata's is "hunter2".
func TestSecretsStayHidden(t *testing.T) {
	const value = "hunter2"
	shown := 0
	eachSet(t, func(t *testing.T, set *manifests.Set) {
		p, problems := translate.Translate(set, host)
		if strings.Contains(problemText(problems), value) {
			t.Error("a problem shows a secret")
		}
		if problems.HasErrors() {
			return // this plan is never used
		}
		if strings.Contains(p.Text(plan.TextOptions{}), value) {
			t.Error("the text shows a secret")
		}
		masked := mustJSON(t, p.Masked())
		if strings.Contains(masked, value) || strings.Contains(masked, base64(value)) {
			t.Error("the masked plan holds a secret")
		}
		shown += strings.Count(p.Text(plan.TextOptions{ShowSecrets: true}), value)
	})
	if shown == 0 {
		t.Error("asked to, the text shows no secret either: this test tests nothing")
	}
}

func base64(s string) string {
	b, _ := json.Marshal([]byte(s))
	return string(b)
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Aim: 1,000 pods in less than 50 ms.
func BenchmarkTranslate(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		var docs []string
		for i := range n {
			docs = append(docs, strings.ReplaceAll(benchmarkPod, "@", strconv.Itoa(i)))
		}
		set := load(b, []txtar.File{{Name: "in.yaml", Data: []byte(strings.Join(docs, "\n---\n"))}})
		b.Run(fmt.Sprintf("pods=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, problems := translate.Translate(set, host); len(problems) > 0 {
					b.Fatal(problems)
				}
			}
		})
	}
}

const benchmarkPod = `
apiVersion: v1
kind: ConfigMap
metadata: {name: config-@}
data: {A: va, B: vb, page.html: "<h1>hello</h1>"}
---
apiVersion: v1
kind: Secret
metadata: {name: secret-@}
stringData: {password: hunter2}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-@}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-@, labels: {app: web}}
spec:
  containers:
  - name: nginx
    image: nginx:1.27
    ports: [{containerPort: 80, hostPort: 2@}]
    envFrom: [{configMapRef: {name: config-@}}]
    volumeMounts:
    - {name: data, mountPath: /data}
    - {name: page, mountPath: /page}
  - name: app
    image: quay.io/example/app:v@
    args: ["--name=$(NAME)", "--listen=:8080"]
    env:
    - name: NAME
      valueFrom: {fieldRef: {fieldPath: metadata.name}}
    - name: PASSWORD
      valueFrom: {secretKeyRef: {name: secret-@, key: password}}
    - {name: URL, value: "http://me:$(PASSWORD)@host/$(NAME)"}
  volumes:
  - name: data
    persistentVolumeClaim: {claimName: data-@}
  - name: page
    configMap: {name: config-@}
`
