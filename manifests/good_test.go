package manifests

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestGood loads manifests without a mistake, and compares the objects with their defaults.
func TestGood(t *testing.T) {
	cases, err := filepath.Glob("testdata/good/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			file, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			set, problems := loadArchive(t, archive)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var got bytes.Buffer
			for _, o := range set.Order {
				got.WriteString(o.String() + " in " + o.Namespace + "\n")
			}
			for _, o := range set.Pods {
				dump(t, &got, o.Origin, o.Stored, o.Value)
			}
			for _, o := range set.ConfigMaps {
				dump(t, &got, o.Origin, o.Stored, o.Value)
			}
			for _, o := range set.Secrets {
				dump(t, &got, o.Origin, o.Stored, o.Value)
			}
			for _, o := range set.Claims {
				dump(t, &got, o.Origin, o.Stored, o.Value)
			}
			compare(t, file, archive, "want.txt", got.String())
		})
	}
}

func dump(t *testing.T, w *bytes.Buffer, origin Origin, stored bool, value any) {
	t.Helper()
	w.WriteString("\n" + origin.String())
	if stored {
		w.WriteString(", stored")
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	w.WriteString("\n" + string(text) + "\n")
}

// Source is what was given, in its namespace: no defaults, nothing that was merged.
func TestSourceIsAsGiven(t *testing.T) {
	set, problems := loadText(t, "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const want = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"default"},"stringData":{"a":"b"}}`
	if got := string(set.Secrets[0].Source); got != want {
		t.Errorf("got %s", got)
	}
}
