package runtime

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubehost/kubehost/translate/plan"
)

// writeTree writes the files of a Files volume as the kubelet does: all of them into
// a directory of their own, to which the symlink ..data is then switched at once;
// the volume holds only symlinks through ..data. The directory is named by the hash of its
// content, so that looking at one symlink tells what a volume holds.
type writeTree struct{ volume plan.Volume }

// dataLink is the symlink to the directory with the current files.
const dataLink = "..data"

// contentOf is the hash of what a Files volume holds: empty when a write of it did not come to its end.
func contentOf(volume string) (string, bool) {
	// Through Root, because no symlink may lead to somewhere else.
	root, err := os.OpenRoot(volume)
	if err != nil {
		return "", false
	}
	defer root.Close()
	dir, err := root.Readlink(dataLink)
	if err != nil {
		return "", false
	}
	files, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return "", true
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil || len(entries) != len(files)+2 { // dir and ..data
		return "", true
	}
	for _, f := range files {
		if target, err := root.Readlink(f.Name()); err != nil || target != path.Join(dataLink, f.Name()) {
			return "", true
		}
	}
	return strings.TrimPrefix(dir, ".."), true
}

func (w writeTree) Do() error {
	v := w.volume
	if err := (makeDir{v.Path, rootMode(v)}).Do(); err != nil {
		return err
	}
	// Root confines every path below to the volume, whatever is in it.
	root, err := os.OpenRoot(v.Path)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := setMode(root, ".", rootMode(v)); err != nil {
		return err
	}
	if v.Relabel != plan.KeepLabel {
		labelTree(v.Path, w.tops())
	}
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
	info, err := root.Lstat(dir)
	if err != nil || info.Mode().Perm() == 0o755 {
		return err // without a chmod, which could take away the set-group-ID bit that it got from above
	}
	return root.Chmod(dir, info.Mode()&fs.ModeSetgid|0o755)
}

// setMode changes a mode that is another.
func setMode(root *os.Root, name string, bits uint32) error {
	info, err := root.Stat(name)
	if err != nil || info.Mode()&^fs.ModeDir == fileMode(bits) {
		return err
	}
	return root.Chmod(name, fileMode(bits))
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
	lines := (makeDir{v.Path, rootMode(v)}).Script()
	dir := path.Join(v.Path, ".."+v.ContentHash())
	lines = append(lines, fmt.Sprintf("rm -rf %s", Quote(dir)))
	made := map[string]bool{}
	mkdir := func(d string) {
		if !made[d] {
			made[d] = true
			lines = append(lines, fmt.Sprintf("(umask 022; mkdir %s)", Quote(d)))
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
