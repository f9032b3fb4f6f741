package compare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/manifests"
)

func comparing(t *testing.T, kind string, live, merged metav1.Object) Pair {
	t.Helper()
	c, err := Objects(manifests.Origin{Kind: kind, Namespace: "shop", Name: "x"}, live, merged)
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
	if diff := cmp.Diff(want, string(c.Unified())); diff != "" {
		t.Error(diff)
	}
	for _, c := range []Pair{c, comparing(t, "Secret", nil, after), comparing(t, "Secret", before, nil), comparing(t, "Secret", before, before)} {
		if text := string(c.Live) + string(c.Merged); strings.Contains(text, "sesame") || strings.Contains(text, "c2VzYW1l") || !strings.Contains(text, "a: b") {
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
	if text := comparing(t, "ConfigMap", noted, plain).Unified(); len(text) > 0 {
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
		got := string(comparing(t, "Pod", test.live, test.merged).Unified())
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s:\n%s", test.name, got)
		}
	}
	if c, err := Objects(manifests.Origin{Kind: "PersistentVolume", Name: "disk"}, nil, nil); err != nil || c.Name != "v1.PersistentVolume.disk" {
		t.Errorf("got %q, %v", c.Name, err)
	}
}
