package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/manifests"
)

func comparing(t *testing.T, kind string, live, merged metav1.Object) comparison {
	t.Helper()
	c, err := compare(manifests.Origin{Kind: kind, Namespace: "shop", Name: "x"}, live, merged)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSecretsAreCompared: of a value nothing is seen but whether it changes, not even in what kubectl keeps in an annotation.
func TestSecretsAreCompared(t *testing.T) {
	secret := func(data map[string][]byte) *v1.Secret {
		return &v1.Secret{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, Data: data,
			ObjectMeta: metav1.ObjectMeta{Name: "x", Annotations: map[string]string{v1.LastAppliedConfigAnnotation: "sesame", "a": "b"}}}
	}
	before := secret(map[string][]byte{"gone": []byte("sesame1"), "other": []byte("sesame2"), "same": []byte("sesame3")})
	after := secret(map[string][]byte{"new": []byte("sesame4"), "other": []byte("sesame5"), "same": []byte("sesame3")})
	c := comparing(t, "Secret", before, after)
	want := `diff LIVE/v1.Secret.shop.x MERGED/v1.Secret.shop.x
--- LIVE/v1.Secret.shop.x
+++ MERGED/v1.Secret.shop.x
@@ -1,7 +1,7 @@
 apiVersion: v1
 data:
-  gone: '***'
-  other: '*** (before)'
+  new: '***'
+  other: '*** (after)'
   same: '***'
 kind: Secret
 metadata:
`
	if diff := cmp.Diff(want, string(c.unified())); diff != "" {
		t.Error(diff)
	}
	for _, c := range []comparison{c, comparing(t, "Secret", nil, after), comparing(t, "Secret", before, nil), comparing(t, "Secret", before, before)} {
		if text := string(c.live) + string(c.merged); strings.Contains(text, "sesame") || strings.Contains(text, "c2VzYW1l") || !strings.Contains(text, "a: b") {
			t.Errorf("got\n%s", text)
		}
	}
	if string(before.Data["other"]) != "sesame2" {
		t.Error("the object itself was masked")
	}
}

// TestKubectlsNoteIsNoDifference: kubectl's annotation is not compared, whether or not there are others.
func TestKubectlsNoteIsNoDifference(t *testing.T) {
	noted := &v1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "x", Annotations: map[string]string{v1.LastAppliedConfigAnnotation: "{}"}}}
	plain := &v1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "x"}}
	if text := comparing(t, "ConfigMap", noted, plain).unified(); len(text) > 0 {
		t.Errorf("got\n%s", text)
	}
}

func TestObjectsAreCompared(t *testing.T) {
	pod := func(image string) *v1.Pod {
		return &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "x"}, Spec: v1.PodSpec{Containers: []v1.Container{{Name: "a", Image: image}}},
			Status: v1.PodStatus{Phase: v1.PodPhase(image)}}
	}
	for _, test := range []struct {
		name         string
		live, merged metav1.Object
		want         string
	}{
		{"the same but for the status", pod("i:1"), &v1.Pod{ObjectMeta: pod("").ObjectMeta, Spec: pod("i:1").Spec}, ""},
		{"changed", pod("i:1"), pod("i:2"), "-  - image: i:1\n+  - image: i:2\n"},
		{"new", nil, pod("i:1"), "@@ -0,0 +1,7 @@\n+metadata:\n"},
		{"gone", pod("i:1"), nil, "@@ -1,7 +0,0 @@\n-metadata:\n"},
	} {
		got := string(comparing(t, "Pod", test.live, test.merged).unified())
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s:\n%s", test.name, got)
		}
	}
	if c, err := compare(manifests.Origin{Kind: "PersistentVolume", Name: "disk"}, nil, nil); err != nil || c.name != "v1.PersistentVolume.disk" {
		t.Errorf("got %q, %v", c.name, err)
	}
}

// TestExternalDiff: another program sees the same versions, each in a directory, and its exit code counts.
func TestExternalDiff(t *testing.T) {
	all := []comparison{{"v1.ConfigMap.a.b", []byte("one\n"), []byte("two\n")}, {"v1.Pod.a.b", nil, []byte("new\n")}}
	for _, test := range []struct {
		program string
		want    string
		differs bool
		code    int
	}{
		{"diff -N -u --label=live --label=merged", "-one\n+two\n", true, 0},
		{"ls -1", "LIVE:\nv1.ConfigMap.a.b\n", false, 0},
		{"ls --no-such-flag", "", false, 2},
		{"no-such-program", "", false, 2},
	} {
		var out bytes.Buffer
		p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: t.Output(), getenv: func(name string) string {
			return map[string]string{"KUBEHOST_EXTERNAL_DIFF": test.program, "KUBECTL_EXTERNAL_DIFF": "false"}[name]
		}}
		differs, err := p.printComparisons(t.Context(), all)
		if differs != test.differs || (err != nil) != (test.code != 0) || !strings.Contains(out.String(), test.want) {
			t.Errorf("%s: %v, %v\n%s", test.program, differs, err, out.String())
		}
	}
}

func TestDiffExitCodes(t *testing.T) {
	answering(t, "docker")
	store := applied(t, nil)
	for words, want := range map[string]int{"diff": exitTrouble, "diff -f /nobody/made/this": exitTrouble, "diff -f x --no-such-flag": exitTrouble} {
		p := &program{stdin: strings.NewReader(""), stdout: t.Output(), stderr: t.Output(), getenv: func(string) string { return "" }}
		if got := p.main(append([]string{"kubehost", "--state-dir", store.Dir}, strings.Fields(words)...)); got != want {
			t.Errorf("%s: exit code %d, want %d", words, got, want)
		}
	}
	// What docker says of its containers cannot be had.
	p := &program{stdin: strings.NewReader("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: i:1}]}\n"),
		stdout: t.Output(), stderr: t.Output(), getenv: func(string) string { return "" }}
	err := commandline.Run(t.Context(), p.app(), []string{"diff", "--state-dir", store.Dir, "--supervisor", "none", "-f", "-"})
	var exit *commandline.ExitError
	if !errors.As(err, &exit) || exit.Code != exitTrouble {
		t.Errorf("got %v", err)
	}
}
