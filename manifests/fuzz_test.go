package manifests

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
	v1 "k8s.io/api/core/v1"
)

// FuzzLoad holds that no text makes Load panic, that every problem says something, that two runs agree,
// and that what is accepted is a pod with containers whose given form can be stored and read again.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.txtar", "testdata/good/*.txtar"} {
		cases, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range cases {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(archive.Files[0].Data)
		}
	}
	if web, err := os.ReadFile("examples/web.yaml"); err == nil {
		f.Add(web)
	}
	for _, text := range agrees {
		f.Add([]byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {" + text + "}\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		load := func(stored [][]byte) (*Set, Problems) {
			return Load(context.Background(), []string{"-"}, Options{Stdin: bytes.NewReader(data), Stored: stored})
		}
		set, problems := load(nil)
		for _, p := range problems {
			if p.Detail == "" || p.Origin.File == "" {
				t.Errorf("a problem without words: %#v", p)
			}
		}
		var first, second bytes.Buffer
		problems.Print(&first)
		_, again := load(nil)
		again.Print(&second)
		if first.String() != second.String() {
			t.Errorf("two runs differ:\n%s\n%s", &first, &second)
		}
		if problems.HasErrors() {
			return
		}
		var stored [][]byte
		for _, p := range set.Pods {
			if len(p.Value.Spec.Containers) == 0 || p.Value.Name == "" || p.Value.Namespace == "" {
				t.Errorf("accepted: %+v", p.Value)
			}
			if err := json.Unmarshal(p.Source, &v1.Pod{}); err != nil {
				t.Errorf("%v in %s", err, p.Source)
			}
			stored = append(stored, p.Source)
		}
		for _, m := range set.ConfigMaps {
			stored = append(stored, m.Source)
		}
		load(stored)
	})
}
