package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FileOp is an operation on the host's files that is done in this process, and that a
// script can do as well.
type FileOp interface {
	Do() error
	// Script are the lines that do the same in a POSIX shell under "set -eu".
	Script() []string
}

// makeDir makes a directory of that mode, in chmod's bits; missing parents are 0700. One that is there stays as
// it is; a symbolic link is refused, because whoever made it would choose what is mounted.
type makeDir struct {
	path string
	mode uint32
}

func (m makeDir) Do() error {
	if info, err := os.Lstat(m.path); err == nil {
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			return fmt.Errorf("%s is a symbolic link", m.path)
		case !info.IsDir():
			return fmt.Errorf("%s is not a directory", m.path)
		}
		return nil
	}
	if err := mkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(m.path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Chmod(m.path, fileMode(m.mode)) // whatever the umask
}

func (m makeDir) Script() []string {
	p := Quote(m.path)
	return []string{
		fmt.Sprintf("[ ! -L %s ] || { echo %s >&2; exit 1; }", p, Quote(m.path+" is a symbolic link")),
		fmt.Sprintf("[ -d %s ] || { (umask 077; mkdir -p %s); mkdir %s; chmod %04o %s; }", p, Quote(filepath.Dir(m.path)), p, m.mode, p),
	}
}

// fileMode is Go's form of the bits that chmod takes.
func fileMode(bits uint32) fs.FileMode {
	mode := fs.FileMode(bits) & fs.ModePerm
	if bits&setGroupID != 0 {
		mode |= fs.ModeSetgid
	}
	if bits&sticky != 0 {
		mode |= fs.ModeSticky
	}
	return mode
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
