package runtime

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// snapshot is a text with all that is below a directory: modes, contents, where symlinks lead.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%v %s", info.Mode(), strings.TrimPrefix(path, dir))
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			target, _ := os.Readlink(path)
			fmt.Fprintf(&b, " -> %s", target)
		case info.Mode().IsRegular():
			content, _ := os.ReadFile(path)
			fmt.Fprintf(&b, " %q", content)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func withUmask(t *testing.T, mask int) {
	t.Helper()
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

// outcome of an operation is the tree and the error.
type fileOutcome struct{ Tree, Err string }

// byDo does an operation in this process, byScript in a shell. In the error the directory is "DIR".
func byDo(t *testing.T, dir string, op FileOp) fileOutcome {
	t.Helper()
	o := fileOutcome{}
	if err := op.Do(); err != nil {
		o.Err = strings.ReplaceAll(err.Error(), dir, "DIR")
	}
	o.Tree = snapshot(t, dir)
	return o
}

func byScript(t *testing.T, dir string, op FileOp) fileOutcome {
	t.Helper()
	o := fileOutcome{}
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader("set -eu\n" + strings.Join(op.Script(), "\n") + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		o.Err = strings.ReplaceAll(strings.TrimSpace(string(out)), dir, "DIR")
	} else if len(out) > 0 {
		t.Errorf("the script printed %q", out)
	}
	o.Tree = snapshot(t, dir)
	return o
}

// fileCase is an operation below a directory, and what is there before.
type fileCase struct {
	name   string
	before func(t *testing.T, dir string)
	op     func(dir string) FileOp
	// err is the error of Do; the script fails when it is not empty, and with this text where said is set.
	err  string
	said bool
	// tree is what is there afterwards; "" is not compared.
	tree string
}

// compare runs a case both ways, under two umasks.
func (c fileCase) compare(t *testing.T) {
	for _, umask := range []int{0o022, 0o077} {
		t.Run(fmt.Sprintf("%s, umask %03o", c.name, umask), func(t *testing.T) {
			do, script := shortDir(t), shortDir(t)
			for _, dir := range []string{do, script} {
				if c.before != nil {
					c.before(t, dir)
				}
			}
			withUmask(t, umask)
			inGo, inShell := byDo(t, do, c.op(do)), byScript(t, script, c.op(script))
			if inGo.Err != c.err {
				t.Errorf("got error %q, want %q", inGo.Err, c.err)
			}
			if (inShell.Err == "") != (c.err == "") || c.said && inShell.Err != c.err {
				t.Errorf("the script said %q, want %q", inShell.Err, c.err)
			}
			if diff := cmp.Diff(inGo.Tree, inShell.Tree); diff != "" {
				t.Errorf("-by Do +by the script:\n%s", diff)
			}
			if c.tree != "" && inGo.Tree != c.tree {
				t.Errorf("got %s", inGo.Tree)
			}
		})
	}
}

// shortDir is a directory with a name short enough for a socket in it, and modes that no umask changed.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kh")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func write(name, content string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

func mkdir(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, name), 0o750); err != nil {
			t.Fatal(err)
		}
	}
}

func symlink(target, name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func listen(t *testing.T, dir string) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(dir, "p"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
}

func TestMakeDir(t *testing.T) {
	at := func(path string, mode uint32) func(string) FileOp {
		return func(dir string) FileOp { return makeDir{filepath.Join(dir, path), mode} }
	}
	for _, c := range []fileCase{
		{name: "missing", op: at("d", 0o777), tree: "drwxrwxrwx /d\n"},
		{name: "with parents", op: at("a/b/d", 0o755), tree: "drwx------ /a\ndrwx------ /a/b\ndrwxr-xr-x /a/b/d\n"},
		{name: "there already", before: mkdir("d"), op: at("d", 0o777), tree: "drwxr-x--- /d\n"},
		{name: "parent there already", before: mkdir("a"), op: at("a/d", 0o700), tree: "drwxr-x--- /a\ndrwx------ /a/d\n"},
		{name: "a strange name", op: at(`-it's "a", $HOME`, 0o700), tree: "drwx------ /-it's \"a\", $HOME\n"},
		{name: "a file", before: write("d", ""), op: at("d", 0o777), err: "DIR/d is not a directory"},
		{name: "sticky, with the group's bit", op: at("d", 0o3777), tree: "dgtrwxrwxrwx /d\n"},
		{name: "a symlink to a directory", before: func(t *testing.T, dir string) { mkdir("e")(t, dir); symlink("e", "d")(t, dir) },
			op: at("d", 0o777), err: "DIR/d is a symbolic link", said: true},
		{name: "a symlink to nothing", before: symlink("e", "d"), op: at("d", 0o777), err: "DIR/d is a symbolic link", said: true},
	} {
		c.compare(t)
	}
}

// TestHostPath holds the kubelet's behaviour and words, see its pkg/volume/hostpath.
func TestHostPath(t *testing.T) {
	at := func(typ plan.HostPathType) func(string) FileOp {
		return func(dir string) FileOp { return hostPath{filepath.Join(dir, "p"), typ} }
	}
	below := func(typ plan.HostPathType) func(string) FileOp {
		return func(dir string) FileOp { return hostPath{filepath.Join(dir, "a/b/c"), typ} }
	}
	null := func(typ plan.HostPathType) func(string) FileOp {
		return func(string) FileOp { return hostPath{"/dev/null", typ} }
	}
	const chain = "drwxr-xr-x /a\ndrwxr-xr-x /a/b\ndrwxr-xr-x /a/b/c\n"
	const isNot = "hostPath type check failed: DIR/p is not "
	cases := []fileCase{
		{name: "any, missing", op: below(plan.Any), tree: chain},
		{name: "any, a file", before: write("p", "x"), op: at(plan.Any), tree: "-rw-r----- /p \"x\"\n"},
		{name: "DirectoryOrCreate, missing", op: below(plan.DirectoryOrCreate), tree: chain},
		{name: "DirectoryOrCreate, there", before: mkdir("p"), op: at(plan.DirectoryOrCreate), tree: "drwxr-x--- /p\n"},
		{name: "DirectoryOrCreate, a file", before: write("p", ""), op: at(plan.DirectoryOrCreate), err: isNot + "a directory", said: true},
		{name: "Directory, missing", op: at(plan.Directory), err: isNot + "a directory", said: true},
		{name: "Directory, a file", before: write("p", ""), op: at(plan.Directory), err: isNot + "a directory", said: true},
		{name: "Directory, there", before: mkdir("p"), op: at(plan.Directory)},
		{name: "FileOrCreate, missing", op: at(plan.FileOrCreate), tree: "-rw-r--r-- /p \"\"\n"},
		{name: "FileOrCreate, there", before: write("p", "x"), op: at(plan.FileOrCreate), tree: "-rw-r----- /p \"x\"\n"},
		{name: "FileOrCreate, no parent", op: below(plan.FileOrCreate), err: "open DIR/a/b/c: no such file or directory"},
		{name: "FileOrCreate, a directory", before: mkdir("p"), op: at(plan.FileOrCreate), err: isNot + "a file", said: true},
		{name: "FileOrCreate, a symlink to nothing", before: symlink("q", "p"), op: at(plan.FileOrCreate),
			tree: "Lrwxrwxrwx /p -> q\n-rw-r--r-- /q \"\"\n"},
		{name: "File, missing", op: at(plan.RegularFile), err: isNot + "a file", said: true},
		{name: "File, a directory", before: mkdir("p"), op: at(plan.RegularFile), err: isNot + "a file", said: true},
		{name: "File, there", before: write("p", ""), op: at(plan.RegularFile)},
		{name: "Socket, there", before: listen, op: at(plan.Socket)},
		{name: "Socket, a file", before: write("p", ""), op: at(plan.Socket), err: isNot + "a socket file", said: true},
		{name: "CharDevice, there", op: null(plan.CharDevice)},
		{name: "CharDevice, a file", before: write("p", ""), op: at(plan.CharDevice), err: isNot + "a character device", said: true},
		{name: "BlockDevice, a character device", op: null(plan.BlockDevice),
			err: "hostPath type check failed: /dev/null is not a block device", said: true},
		{name: "BlockDevice, missing", op: at(plan.BlockDevice), err: isNot + "a block device", said: true},
	}
	for _, c := range cases {
		c.compare(t)
	}
}

// TestMakeDirAtOnce makes directories with one parent in many steps at once.
func TestMakeDirAtOnce(t *testing.T) {
	for range 20 {
		dir := t.TempDir()
		errs := make(chan error)
		for i := range 8 {
			go func() {
				path := filepath.Join(dir, "a/b/c", fmt.Sprint(i))
				if i%2 == 0 {
					errs <- makeDir{path, 0o755}.Do()
				} else {
					errs <- hostPath{path, plan.Any}.Do()
				}
			}()
		}
		for range 8 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
}
