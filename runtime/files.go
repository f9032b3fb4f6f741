package runtime

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubehost/kubehost/translate/plan"
)

// FileOp is an operation on the host's files that is done in this process, and that a
// script can do as well.
type FileOp interface {
	Do() error
	// Script are the lines that do the same in a POSIX shell under "set -eu".
	Script() []string
}

// makeVolume makes what a volume is on the host.
func (e Engine) makeVolume(v plan.Volume) Action {
	switch v.Kind {
	case plan.Claim:
		// 0777 for containers of any user; the base above it is closed to other users of the host.
		return Action{Files: []FileOp{makeDir{v.Path, 0o777}}}
	case plan.EmptyDir:
		return Action{Files: []FileOp{makeDir{v.Path, 0o777}}}
	case plan.Memory:
		options := "mode=1777"
		if v.Size > 0 {
			options += ",size=" + itoa(v.Size)
		}
		mounted := e.Dialect.Unshare("mountpoint", "-q", v.Path)
		return Action{Files: []FileOp{makeDir{v.Path, 0o700}}, Unless: &mounted,
			Run: []Command{e.Dialect.Unshare("mount", "-t", "tmpfs", "-o", options, "tmpfs", v.Path)}}
	case plan.HostPath:
		return Action{Files: []FileOp{hostPath{v.Path, v.Type}}}
	case plan.Files:
		return Action{Files: []FileOp{writeTree{v}}}
	}
	return Action{}
}

// removeFiles removes the directory $1, after unmounting the Memory volumes in it. Nothing is
// removed through a mount that is left, or through a symlink.
const removeFiles = `for m in "$1"/memory/*; do if mountpoint -q "$m"; then umount "$m"; fi; done; rm -rf --one-file-system -- "$1"`

// makeDir makes a directory of that mode; missing parents are 0700. One that is there stays as it is.
type makeDir struct {
	path string
	mode fs.FileMode
}

func (m makeDir) Do() error {
	if info, err := os.Stat(m.path); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%s is not a directory", m.path)
		}
		return nil
	}
	if err := mkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(m.path, m.mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Chmod(m.path, m.mode) // whatever the umask
}

func (m makeDir) Script() []string {
	p := Quote(m.path)
	return []string{
		fmt.Sprintf("[ -d %s ] || { (umask 077; mkdir -p %s); mkdir %s; chmod %04o %s; }", p, Quote(filepath.Dir(m.path)), p, m.mode.Perm(), p),
	}
}

// hostPath checks or makes what a hostPath volume's type says, as the kubelet does.
type hostPath struct {
	path string
	typ  plan.HostPathType
}

func (h hostPath) Do() error {
	info, err := os.Stat(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		switch h.typ {
		case plan.Any, plan.DirectoryOrCreate:
			return mkdirAll(h.path, 0o755)
		case plan.FileOrCreate:
			f, err := os.OpenFile(h.path, os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				return err
			}
			return errors.Join(f.Chmod(0o644), f.Close())
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if word, ok := hostPathWords[h.typ]; ok && (err != nil || !word.is(info.Mode())) {
		return fmt.Errorf("hostPath type check failed: %s is not %s", h.path, word.text)
	}
	return nil
}

// mkdirAll is os.MkdirAll whatever the umask.
func mkdirAll(dir string, mode fs.FileMode) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := mkdirAll(parent, mode); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, mode); err != nil {
		// Another step may have made it at the same time.
		if info, statErr := os.Stat(dir); statErr == nil && info.IsDir() {
			return nil
		}
		return err
	}
	return os.Chmod(dir, mode)
}

// hostPathWords are the kubelet's words for what a path is not, with the tests of Go and of the shell.
var hostPathWords = map[plan.HostPathType]struct {
	text, test string
	is         func(fs.FileMode) bool
}{
	plan.Directory:         {"a directory", "-d", fs.FileMode.IsDir},
	plan.DirectoryOrCreate: {"a directory", "-d", fs.FileMode.IsDir},
	plan.RegularFile:       {"a file", "-f", fs.FileMode.IsRegular},
	plan.FileOrCreate:      {"a file", "-f", fs.FileMode.IsRegular},
	plan.Socket:            {"a socket file", "-S", func(m fs.FileMode) bool { return m&fs.ModeSocket != 0 }},
	plan.CharDevice:        {"a character device", "-c", func(m fs.FileMode) bool { return m&fs.ModeCharDevice != 0 }},
	plan.BlockDevice: {"a block device", "-b", func(m fs.FileMode) bool {
		return m&fs.ModeDevice != 0 && m&fs.ModeCharDevice == 0
	}},
}

func (h hostPath) Script() []string {
	p := Quote(h.path)
	var lines []string
	switch h.typ {
	case plan.Any, plan.DirectoryOrCreate:
		lines = append(lines, fmt.Sprintf("[ -e %s ] || (umask 022; mkdir -p %s)", p, p))
	case plan.FileOrCreate:
		lines = append(lines, fmt.Sprintf("[ -e %s ] || (umask 022; : > %s)", p, p))
	}
	if word, ok := hostPathWords[h.typ]; ok {
		lines = append(lines, fmt.Sprintf("[ %s %s ] || { echo %s >&2; exit 1; }", word.test, p,
			Quote("hostPath type check failed: "+h.path+" is not "+word.text)))
	}
	return lines
}

// writeTree writes the files of a Files volume as the kubelet does: all of them into
// a directory of their own, to which the symlink ..data is then switched at once;
// the volume holds only symlinks through ..data. The directory is named by the hash of its
// content, so that looking at one symlink tells what a volume holds.
type writeTree struct{ volume plan.Volume }

// dataLink is the symlink to the directory with the current files.
const dataLink = "..data"

// contentOf is the hash of what a Files volume holds: empty when a write of it did not come to its end.
func contentOf(volume string) (string, bool) {
	dir, err := os.Readlink(filepath.Join(volume, dataLink))
	if err != nil {
		return "", false
	}
	// Through Root, because no symlink may lead to somewhere else.
	root, err := os.OpenRoot(volume)
	if err != nil {
		return "", true
	}
	defer root.Close()
	files, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return "", true
	}
	want := []string{dataLink, dir}
	for _, f := range files {
		want = append(want, f.Name())
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil || len(entries) != len(want) {
		return "", true
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) {
			return "", true
		}
	}
	return strings.TrimPrefix(dir, ".."), true
}

func (w writeTree) Do() error {
	v := w.volume
	if err := (makeDir{v.Path, 0o755}).Do(); err != nil {
		return err
	}
	// Root confines every path below to the volume, whatever is in it.
	root, err := os.OpenRoot(v.Path)
	if err != nil {
		return err
	}
	defer root.Close()
	dir := ".." + v.ContentHash()
	// What ..data points to is whole, and may be in use.
	current, _ := root.Readlink(dataLink)
	if info, err := root.Lstat(dir); err != nil || !info.IsDir() || current != dir {
		if err := w.fill(root, dir); err != nil {
			return err
		}
	}
	// Before the switch a new name leads nowhere; after it each name that is seen leads to its file.
	if err := w.link(root); err != nil {
		return err
	}
	if err := w.switchTo(root, dir); err != nil {
		return err
	}
	return w.tidy(root, dir)
}

// switchTo makes dir the current one.
func (w writeTree) switchTo(root *os.Root, dir string) error {
	if err := root.RemoveAll(dataLink + "_tmp"); err != nil {
		return err
	}
	if err := root.Symlink(dir, dataLink+"_tmp"); err != nil {
		return err
	}
	if info, err := root.Lstat(dataLink); err == nil && info.Mode()&fs.ModeSymlink == 0 {
		if err := root.RemoveAll(dataLink); err != nil { // never ours, and not to be replaced by a rename
			return err
		}
	}
	return root.Rename(dataLink+"_tmp", dataLink)
}

// fill writes the files into dir. What an interrupted write left there is removed first.
func (w writeTree) fill(root *os.Root, dir string) error {
	if err := root.RemoveAll(dir); err != nil {
		return err
	}
	if err := mkdirMode(root, dir); err != nil {
		return err
	}
	for _, f := range w.volume.Files {
		for _, parent := range parents(f.Path) {
			if err := mkdirMode(root, path.Join(dir, parent)); err != nil {
				return err
			}
		}
		if err := writeFile(root, path.Join(dir, f.Path), f); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes one new file. It is on the disk before the directory becomes current: after a
// power cut the directory's name would vouch for files that are empty.
func writeFile(root *os.Root, name string, f plan.File) error {
	w, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(f.Content)
	return errors.Join(err, w.Chmod(fs.FileMode(f.Mode)), w.Sync(), w.Close())
}

func mkdirMode(root *os.Root, dir string) error {
	if err := root.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return root.Chmod(dir, 0o755)
}

// link makes the symlinks of the volume what its files need.
func (w writeTree) link(root *os.Root) error {
	for _, top := range w.tops() {
		target := path.Join(dataLink, top)
		if have, err := root.Readlink(top); err == nil && have == target {
			continue
		}
		if err := root.RemoveAll(top); err != nil {
			return err
		}
		if err := root.Symlink(target, top); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes what the volume should not hold: older directories, and the symlinks of files that are gone.
func (w writeTree) tidy(root *os.Root, dir string) error {
	want := append(w.tops(), dir, dataLink)
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) {
			if err := root.RemoveAll(e.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

// tops are the first elements of the files' paths, each once.
func (w writeTree) tops() []string {
	var tops []string
	seen := map[string]bool{}
	for _, f := range w.volume.Files {
		top, _, _ := strings.Cut(f.Path, "/")
		if !seen[top] {
			seen[top] = true
			tops = append(tops, top)
		}
	}
	return tops
}

// parents are the directories above a relative path, from the top.
func parents(p string) []string {
	var dirs []string
	for i, c := range p {
		if c == '/' {
			dirs = append(dirs, p[:i])
		}
	}
	return dirs
}

func (w writeTree) Script() []string {
	v := w.volume
	lines := (makeDir{v.Path, 0o755}).Script()
	dir := path.Join(v.Path, ".."+v.ContentHash())
	lines = append(lines, fmt.Sprintf("rm -rf %s", Quote(dir)))
	made := map[string]bool{}
	mkdir := func(d string) {
		if !made[d] {
			made[d] = true
			lines = append(lines, fmt.Sprintf("mkdir -m 0755 %s", Quote(d)))
		}
	}
	mkdir(dir)
	for _, f := range v.Files {
		for _, parent := range parents(f.Path) {
			mkdir(path.Join(dir, parent))
		}
		name := Quote(path.Join(dir, f.Path))
		lines = append(lines, fmt.Sprintf("(umask 077; %s > %s); chmod %04o %s", printf(f.Content), name, f.Mode, name))
	}
	lines = append(lines, fmt.Sprintf("ln -sfn %s %s", Quote(path.Base(dir)), Quote(path.Join(v.Path, dataLink))))
	for _, top := range w.tops() {
		lines = append(lines, fmt.Sprintf("ln -sfn %s %s", Quote(path.Join(dataLink, top)), Quote(path.Join(v.Path, top))))
	}
	return lines
}

// printf is a shell command that prints exactly these bytes.
func printf(b []byte) string {
	if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
		return "printf %s " + Quote(string(b))
	}
	return "printf %s " + base64.StdEncoding.EncodeToString(b) + " | base64 -d"
}
