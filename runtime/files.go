package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
