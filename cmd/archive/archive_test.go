package archive

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// tarball makes a tar archive: "d/" is a directory, "f=text" a file, "l->x" a symlink, "h=>x" a hard link, "p|" a pipe.
func tarball(t *testing.T, entries ...string) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h, content := &tar.Header{Mode: 0o4755}, ""
		if name, text, ok := strings.Cut(e, "=>"); ok {
			h.Name, h.Typeflag, h.Linkname = name, tar.TypeLink, text
		} else if name, text, ok := strings.Cut(e, "->"); ok {
			h.Name, h.Typeflag, h.Linkname = name, tar.TypeSymlink, text
		} else if name, text, ok := strings.Cut(e, "="); ok {
			h.Name, h.Typeflag, h.Size, content = name, tar.TypeReg, int64(len(text)), text
		} else if name, ok := strings.CutSuffix(e, "|"); ok {
			h.Name, h.Typeflag = name, tar.TypeFifo
		} else {
			h.Name, h.Typeflag = e, tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

// tree lists what is below a directory in the same form.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		name, _ := filepath.Rel(dir, file)
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(file)
			all = append(all, name+"->"+link)
			return err
		case d.IsDir():
			all = append(all, name+"/")
		default:
			b, err := os.ReadFile(file)
			info, _ := d.Info()
			all = append(all, fmt.Sprintf("%s=%s", name, b))
			if info.Mode()&fs.ModeSetuid != 0 {
				t.Errorf("%s has its owner's rights", name)
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestUnpack: what goes where; nothing leaves the target, whatever a container has put into the archive.
func TestUnpack(t *testing.T) {
	for _, c := range []struct {
		name, to   string
		entries    []string
		want, warn []string
		fails      string
	}{
		{name: "a file gets the name of the target", to: "new", entries: []string{"f=1"}, want: []string{"new=1"}},
		{name: "a file over another", to: "old", entries: []string{"f=1"}, want: []string{"old=1"}},
		{name: "a file into a directory", to: "have", entries: []string{"f=1"}, want: []string{"have/named=1"}},
		{name: "a file into a directory to be made", to: "x/y/", entries: []string{"f=1"}, want: []string{"x/", "x/y/", "x/y/named=1"}},
		{name: "a file where the user's symlink leads", to: "mine", entries: []string{"f=1"}, want: []string{"have/inner=1"}},
		{name: "a directory becomes the target", to: "new", entries: []string{"d/", "d/e/", "d/e/f=1", "d/l->e/f", "d/e/u->../e/f", "d/h=>d/e/f"},
			want: []string{"new/", "new/e/", "new/e/f=1", "new/e/u->../e/f", "new/h=1", "new/l->e/f"}},
		{name: "a directory is merged into one that is there", to: "have", entries: []string{"d/", "d/f=1"}, want: []string{"have/f=1"}},
		{name: "all that there is", to: "new", entries: []string{"/", "f=1"}, want: []string{"new/", "new/f=1"}},
		{name: "links that lead out", to: "new", entries: []string{"d/", "d/a->/etc/passwd", "d/b->../old", "d/c->e/../../old", "d/h=>/etc/passwd", "d/i=>d/../../old"},
			want: []string{"new/"}, warn: []string{"d/a", "d/b", "d/c", "d/h", "d/i"}},
		{name: "names that lead out", to: "new", entries: []string{"d/", "d/../../evil=1", "/evil=1", "other=1", "dx=1"},
			want: []string{"new/"}, warn: []string{"evil", "evil", "other", "dx"}},
		{name: "through a symlink that was copied", to: "new", entries: []string{"d/", "d/e/", "d/l->e", "d/l/f=1", "d/l/up->../..", "d/l/g/h=1"},
			want: []string{"new/", "new/e/", "new/l->e"}, warn: []string{"d/l/f", "d/l/up", "d/l/g/h"}},
		{name: "over a symlink that was copied", to: "new", entries: []string{"d/", "d/f=1", "d/l->f", "d/l=2"}, want: []string{"new/", "new/f=1", "new/l=2"}},
		{name: "a symlink in the place of a file", to: "new", entries: []string{"f->old"}, warn: []string{"f"}},
		{name: "what is no file", to: "new", entries: []string{"d/", "d/p|"}, want: []string{"new/"}, warn: []string{"d/p"}},
		{name: "a directory over a file", to: "old", entries: []string{"d/"}, fails: "not a directory"},
		{name: "through the user's own symlink in the target", to: "have", entries: []string{"d/", "d/out/f=1"}, warn: []string{"d/out/f"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			there := []string{"have/", "have/inner=0", "have/out->..", "mine->have/inner", "old=0"}
			if err := os.Mkdir(dir+"/have", 0o755); err != nil {
				t.Fatal(err)
			}
			for _, err := range []error{os.WriteFile(dir+"/have/inner", []byte("0"), 0o644), os.WriteFile(dir+"/old", []byte("0"), 0o644),
				os.Symlink("have/inner", dir+"/mine"), os.Symlink("..", dir+"/have/out")} {
				if err != nil {
					t.Fatal(err)
				}
			}
			var warned []string
			u := Unpacker{To: dir + "/" + c.to, Name: "named", Warn: func(_ string, args ...any) { warned = append(warned, fmt.Sprint(args[0])) }}
			err := u.Unpack(tarball(t, c.entries...))
			if c.fails == "" && err != nil || c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)) {
				t.Fatalf("error %v, want %q", err, c.fails)
			}
			want := slices.Clone(there)
			for _, w := range c.want {
				name, _, _ := strings.Cut(w, "=")
				want = slices.DeleteFunc(want, func(o string) bool { return strings.HasPrefix(o, name+"=") })
				want = append(want, w)
			}
			slices.Sort(want)
			got := tree(t, dir)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(warned) != len(c.warn) || !slices.EqualFunc(c.warn, warned, func(w, got string) bool { return strings.Contains(got, w) }) {
				t.Errorf("warned of %q, want %q", warned, c.warn)
			}
		})
	}
}

// TestPack: names begin with the new one, all is the container user's, symlinks stay what they are.
func TestPack(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{os.MkdirAll(dir+"/src/e", 0o750), os.WriteFile(dir+"/src/e/f", []byte("text"), 0o640), os.Symlink("e/f", dir+"/src/l"), os.Symlink("src", dir+"/named")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for plain, want := range map[bool]string{
		false: "new/ 750 5:6 \nnew/e/ 750 5:6 \nnew/e/f 640 5:6 \nnew/l 777 5:6 e/f\n",
		true:  "new/ 755 5:6 \nnew/e/ 755 5:6 \nnew/e/f 644 5:6 \nnew/l 777 5:6 e/f\n",
	} {
		var b bytes.Buffer
		if err := (Packer{Name: "new", UID: 5, GID: 6, Plain: plain}).Pack(&b, dir+"/named"); err != nil {
			t.Fatal(err)
		}
		got := ""
		for r := tar.NewReader(&b); ; {
			h, err := r.Next()
			if err != nil {
				break
			}
			got += fmt.Sprintf("%s %o %d:%d %s\n", h.Name, h.Mode, h.Uid, h.Gid, h.Linkname)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("plain %v (-want +got):\n%s", plain, diff)
		}
	}
}

func TestIDs(t *testing.T) {
	proc := fstest.MapFS{
		"7/status":  {Data: []byte("Name:\tx\nUid:\t101000\t101000\t101000\t101000\nGid:\t1000\t1000\t1000\t1000\n")},
		"7/uid_map": {Data: []byte("         0       1000          1\n         1     100001      65536\n")},
		"7/gid_map": {Data: []byte("         0       1000          1\n")},
		"8/status":  {Data: []byte("Uid:\t5\t5\t5\t5\nGid:\t6\t6\t6\t6\n")},
		"8/uid_map": {Data: []byte("0 0 4294967295\n")}, "8/gid_map": {Data: []byte("0 0 4294967295\n")},
	}
	for pid, want := range map[int]string{7: "1000 0 true", 8: "5 6 true", 9: "0 0 false", 0: "0 0 false"} {
		uid, gid, ok := IDs(proc, pid)
		if got := fmt.Sprint(uid, gid, ok); got != want {
			t.Errorf("process %d: %s, want %s", pid, got, want)
		}
	}
}
