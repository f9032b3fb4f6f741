package manifests

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what the tests expect in testdata")

// TestBad loads manifests that are wrong in one way each, and compares the whole text of the problems. The first line of a
// case says what is wrong. Files named stored/… were applied earlier; a file "sources" lists what to
// load when that is not simply all files.
func TestBad(t *testing.T) {
	cases, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(cases) < 70 {
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
			if len(bytes.TrimSpace(archive.Comment)) == 0 {
				t.Error("the first line must say what is wrong")
			}
			_, problems := loadArchive(t, archive)
			if !problems.HasErrors() && !strings.HasPrefix(filepath.Base(file), "warn-") {
				t.Error("no error was found")
			}
			var got bytes.Buffer
			problems.Print(&got)
			compare(t, file, archive, "error.txt", got.String())
		})
	}
}

// loadArchive loads the files of a test in an empty directory.
func loadArchive(t *testing.T, archive *txtar.Archive) (*Set, Problems) {
	t.Helper()
	t.Chdir(t.TempDir())
	var sources []string
	var o Options
	listed := false
	for _, f := range archive.Files {
		switch {
		case strings.HasSuffix(f.Name, ".txt"):
		case f.Name == "sources":
			listed = true
			for _, word := range strings.Fields(string(f.Data)) {
				if word == "-R" {
					o.Recursive = true
				} else {
					sources = append(sources, word)
				}
			}
		case f.Name == "stdin":
			o.Stdin = bytes.NewReader(f.Data)
		case strings.HasPrefix(f.Name, "stored/"):
			o.Stored = append(o.Stored, f.Data)
		default:
			if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(f.Name, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			if !listed {
				sources = append(sources, f.Name)
			}
		}
	}
	return Load(context.Background(), sources, o)
}

// compare compares a text with that file of an archive, or rewrites it.
func compare(t *testing.T, path string, archive *txtar.Archive, name, got string) {
	t.Helper()
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
	if *update {
		if i < 0 {
			archive.Files = append(archive.Files, txtar.File{Name: name})
			i = len(archive.Files) - 1
		}
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if i < 0 {
		t.Fatalf("no %s; got\n%s", name, got)
	}
	if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
