package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// treeOf is a writeTree to dir/v with these files, given as pairs of path and content.
func treeOf(dir string, files ...string) writeTree {
	v := plan.Volume{Name: "v", Kind: plan.Files, Path: filepath.Join(dir, "v")}
	for i := 0; i < len(files); i += 2 {
		v.Files = append(v.Files, plan.File{Path: files[i], Mode: 0o644, Content: []byte(files[i+1])})
	}
	return writeTree{v}
}

// TestWriteTreeLayout holds the kubelet's layout.
func TestWriteTreeLayout(t *testing.T) {
	op := func(dir string) FileOp {
		w := treeOf(dir, "a", "1\n", "sub/dir/b", "2", "sub/c", "3", "secret", "4")
		w.volume.Files[3].Mode = 0o400
		return w
	}
	h := ".." + op("").(writeTree).volume.ContentHash()
	fileCase{name: "fresh", op: op, tree: strings.ReplaceAll(`drwxrwxrwx /v
drwxr-xr-x /v/HASH
-rw-r--r-- /v/HASH/a "1\n"
-r-------- /v/HASH/secret "4"
drwxr-xr-x /v/HASH/sub
-rw-r--r-- /v/HASH/sub/c "3"
drwxr-xr-x /v/HASH/sub/dir
-rw-r--r-- /v/HASH/sub/dir/b "2"
Lrwxrwxrwx /v/..data -> HASH
Lrwxrwxrwx /v/a -> ..data/a
Lrwxrwxrwx /v/secret -> ..data/secret
Lrwxrwxrwx /v/sub -> ..data/sub
`, "HASH", h)}.compare(t)
	fileCase{name: "no files", op: func(dir string) FileOp { return treeOf(dir) }}.compare(t)
	fileCase{name: "again", op: op, before: func(t *testing.T, dir string) {
		if err := op(dir).Do(); err != nil {
			t.Fatal(err)
		}
	}}.compare(t)
}

func TestWriteTreeContents(t *testing.T) {
	contents := []string{"", "\n", "\n\n", "a\n\n", "no newline", "it's", `"`, "'", "-n", "-e x", "--", `\n\t\\`, "%s%d%%", "$HOME $(id) `id`",
		"a\x00b", "\x00", "\xff\xfe", "\r\n", "é", "END", "END\n", strings.Repeat("long 'line' ", 20000), strings.Repeat("\x00\xff", 100000)}
	fileCase{name: "contents", op: func(dir string) FileOp {
		w := treeOf(dir)
		for i, c := range contents {
			w.volume.Files = append(w.volume.Files, plan.File{Path: fmt.Sprintf("file%02d", i), Mode: 0o600, Content: []byte(c)})
		}
		return w
	}}.compare(t)
	fileCase{name: "names", op: func(dir string) FileOp {
		return treeOf(dir, "-n", "1", "it's", "2", `a "b"`, "3", "$HOME", "4", "x y/-r", "5", "*", "6")
	}}.compare(t)
	fileCase{name: "modes", op: func(dir string) FileOp {
		w := treeOf(dir, "a", "1", "b", "2", "c", "3", "d", "4")
		for i, mode := range []uint32{0, 0o777, 0o440, 0o7} {
			w.volume.Files[i].Mode = mode
		}
		return w
	}}.compare(t)
}

func TestWriteTreeReplaces(t *testing.T) {
	dir := t.TempDir()
	versions := []writeTree{
		treeOf(dir, "a", "1", "b", "1"),
		treeOf(dir, "a", "2", "c/d", "2"),
		treeOf(dir, "c", "3"), // a directory becomes a file
		treeOf(dir, "c/d/e", "4"),
		treeOf(dir),
		treeOf(dir, "a", "1", "b", "1"),
	}
	for i, w := range versions {
		if err := w.Do(); err != nil {
			t.Fatal(err)
		}
		clean := t.TempDir()
		fresh := w
		fresh.volume.Path = filepath.Join(clean, "v")
		if err := fresh.Do(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(snapshot(t, clean), snapshot(t, dir)); diff != "" {
			t.Errorf("version %d (-fresh +replaced):\n%s", i, diff)
		}
		if hash, ok := contentOf(w.volume.Path); !ok || hash != w.volume.ContentHash() {
			t.Errorf("version %d: content is %q", i, hash)
		}
	}
}

// TestWriteTreeIsAtomic reads while versions follow one another: all files of a directory that ..data leads to are of one version.
func TestWriteTreeIsAtomic(t *testing.T) {
	dir := t.TempDir()
	version := func(n int) writeTree {
		return treeOf(dir, "a", fmt.Sprint(n), "b", fmt.Sprint(n), "c/d", fmt.Sprint(n))
	}
	if err := version(0).Do(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		var err error
		for n := 1; n < 100 && err == nil; n++ {
			err = version(n).Do()
		}
		done <- err
	}()
	read := 0
	for {
		select {
		case err := <-done:
			if err != nil || read == 0 {
				t.Errorf("%d times read: %v", read, err)
			}
			return
		default:
		}
		current, err := os.Readlink(filepath.Join(dir, "v", dataLink))
		if err != nil {
			t.Fatalf("for a moment there is no content: %v", err)
		}
		var seen []string
		for _, name := range []string{"a", "b", "c/d"} {
			b, err := os.ReadFile(filepath.Join(dir, "v", current, name))
			if errors.Is(err, fs.ErrNotExist) {
				break // removed after the switch to the next
			}
			seen = append(seen, string(b))
		}
		if len(seen) == 3 {
			read++
			if seen[0] != seen[1] || seen[1] != seen[2] {
				t.Fatalf("a mixture: %q", seen)
			}
		}
	}
}

// TestWriteTreeLeftovers starts from what an interrupted write, or somebody, left in the volume. In each case the
// volume is not taken for whole, the write mends it, and nothing outside is touched.
func TestWriteTreeLeftovers(t *testing.T) {
	files := []string{"a", "1", "sub/b", "2"}
	hash := ".." + treeOf("", files...).volume.ContentHash()
	each := func(changes ...func(*testing.T, string)) func(*testing.T, string) {
		return func(t *testing.T, v string) {
			for _, change := range changes {
				change(t, v)
			}
		}
	}
	drop := func(name string) func(*testing.T, string) {
		return func(t *testing.T, v string) {
			if err := os.RemoveAll(filepath.Join(v, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	replaced := func(name string) func(*testing.T, string) { return each(drop(name), symlink("../outside", name)) }
	tests := map[string]func(*testing.T, string){
		"nothing written":           drop(dataLink),
		"half a directory":          each(drop(dataLink), drop(hash+"/sub")),
		"not switched":              each(drop(dataLink), symlink(hash, dataLink+"_tmp")),
		"a name missing":            drop("a"),
		"an old name left":          symlink("..data/old", "old"),
		"an old directory left":     mkdir("..old/x"),
		"..data leads out":          replaced(dataLink),
		"..data is a directory":     each(drop(dataLink), mkdir("..data/x")),
		"..data_tmp leads out":      replaced(dataLink + "_tmp"),
		"..data_tmp is a directory": each(mkdir(dataLink+"_tmp"), symlink("../../outside", dataLink+"_tmp/x")),
		"the hash directory":        replaced(hash),
		"in the hash directory":     each(drop(dataLink), drop(hash+"/sub"), symlink("../../outside", hash+"/sub")),
		"a file of the directory":   each(drop(dataLink), drop(hash+"/a"), symlink("../../outside/keep", hash+"/a")),
		"an absolute symlink":       each(drop(hash), symlink("/", hash)),
		"a name is a directory":     each(drop("a"), mkdir("a/x")),
		"a name leads out":          replaced("a"),
	}
	for name, plant := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mkdir("outside/sub")(t, dir)
			for _, f := range []string{"keep", "a", "sub/b"} {
				write("outside/"+f, "mine")(t, dir)
			}
			w := treeOf(dir, files...)
			if err := w.Do(); err != nil {
				t.Fatal(err)
			}
			want := snapshot(t, dir)
			plant(t, w.volume.Path)
			if hash, ok := contentOf(w.volume.Path); ok && hash == w.volume.ContentHash() {
				t.Error("the volume is taken for whole")
			}
			if err := w.Do(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, snapshot(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
