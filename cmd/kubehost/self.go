package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// selfPath is where this program stands, also after an upgrade: a service holds it for long.
func selfPath() (string, error) {
	resolved, err := os.Executable()
	if err != nil {
		return "", err
	}
	return lastingPath(os.Args[0], resolved), nil
}

// lastingPath is the path by which a program was called, or is found by its name, where that leads to it: what a symlink leads
// to may have a version in it, and be gone after the next upgrade. The usual directories have none in theirs.
func lastingPath(called, resolved string) string {
	if slices.Contains(strings.Split(usualPath, ":"), filepath.Dir(resolved)) {
		return resolved
	}
	for _, name := range []string{filepath.Base(called), called} {
		found, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if found, err = filepath.Abs(found); err == nil && sameFile(found, resolved) && safe(found) {
			return found
		}
	}
	return resolved
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// safe says whether nobody but root and the user can make another program stand at a path. It looks at the path's own
// directory, where a symlink is changed.
func safe(path string) bool {
	for _, p := range []string{path, filepath.Dir(path)} {
		var s unix.Stat_t
		if unix.Lstat(p, &s) != nil || s.Uid != 0 && int(s.Uid) != os.Geteuid() || s.Mode&unix.S_IFMT != unix.S_IFLNK && s.Mode&0o022 != 0 {
			return false
		}
	}
	return true
}
