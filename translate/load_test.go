package translate_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"golang.org/x/tools/txtar"
	v1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubehost/kubehost/manifests"
)

// load makes the set of a test's files: in.yaml as users give it, set.yaml
// unchecked, stored.yaml as applied earlier.
func load(t testing.TB, files []txtar.File) *manifests.Set {
	t.Helper()
	set := &manifests.Set{}
	var in []byte
	var stored [][]byte
	for _, f := range files {
		switch f.Name {
		case "in.yaml":
			in = f.Data
		case "stored.yaml":
			stored = documents(t, f.Data)
		case "set.yaml":
			for _, doc := range documents(t, f.Data) {
				add(t, set, doc, false)
			}
		}
	}
	if in != nil {
		var problems manifests.Problems
		set, problems = manifests.Load(t.Context(), []string{"-"}, manifests.Options{Stdin: bytes.NewReader(in), Stored: stored})
		if problems.HasErrors() {
			t.Fatalf("put what the checks refuse into set.yaml:\n%s", problemText(problems))
		}
	}
	addStoredPods(t, set, stored)
	return set
}

// addStoredPods adds the pods applied earlier that Load did not take over.
func addStoredPods(t testing.TB, set *manifests.Set, stored [][]byte) {
	t.Helper()
	for _, o := range set.Pods {
		if o.Stored {
			return
		}
	}
	for _, doc := range stored {
		if bytes.Contains(doc, []byte(`"kind":"Pod"`)) {
			add(t, set, doc, true)
		}
	}
}

// documents are those of a YAML file, as JSON.
func documents(t testing.TB, data []byte) [][]byte {
	t.Helper()
	var docs [][]byte
	for _, doc := range bytes.Split(data, []byte("\n---\n")) {
		b, err := yaml.YAMLToJSON(doc)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, b)
	}
	return docs
}

// add puts an object into the set as it is.
func add(t testing.TB, set *manifests.Set, doc []byte, stored bool) {
	t.Helper()
	var meta struct {
		Kind     string
		Metadata struct{ Namespace, Name string }
	}
	if err := json.Unmarshal(doc, &meta); err != nil {
		t.Fatal(err)
	}
	if meta.Metadata.Namespace == "" {
		meta.Metadata.Namespace = "default"
	}
	o := manifests.Origin{File: "stdin", Kind: meta.Kind, Namespace: meta.Metadata.Namespace, Name: meta.Metadata.Name}
	if stored {
		o.File = "applied earlier"
	}
	switch meta.Kind {
	case "Pod":
		pod := manifests.Object[*v1.Pod]{Origin: o, Value: decode[v1.Pod](t, doc), Stored: stored}
		pod.Value.Namespace = o.Namespace
		fill(&pod.Value.Spec)
		set.Pods = append(set.Pods, pod)
	case "ConfigMap":
		set.ConfigMaps = append(set.ConfigMaps, manifests.Object[*v1.ConfigMap]{Origin: o, Value: decode[v1.ConfigMap](t, doc)})
	case "Secret":
		s := decode[v1.Secret](t, doc)
		for k, v := range s.StringData {
			if s.Data == nil {
				s.Data = map[string][]byte{}
			}
			s.Data[k] = []byte(v)
		}
		set.Secrets = append(set.Secrets, manifests.Object[*v1.Secret]{Origin: o, Value: s})
	}
}

func fill(spec *v1.PodSpec) {
	if spec.RestartPolicy == "" {
		spec.RestartPolicy = "Always"
	}
	if spec.TerminationGracePeriodSeconds == nil {
		g := int64(30)
		spec.TerminationGracePeriodSeconds = &g
	}
	for _, cs := range [][]v1.Container{spec.InitContainers, spec.Containers} {
		for i := range cs {
			if cs[i].ImagePullPolicy == "" {
				cs[i].ImagePullPolicy = "IfNotPresent"
			}
			for j := range cs[i].Ports {
				if cs[i].Ports[j].Protocol == "" {
					cs[i].Ports[j].Protocol = "TCP"
				}
			}
		}
	}
}

func decode[T any](t testing.TB, doc []byte) *T {
	t.Helper()
	v := new(T)
	if err := yaml.UnmarshalStrict(doc, v); err != nil {
		t.Fatalf("%v in %s", err, doc)
	}
	return v
}
