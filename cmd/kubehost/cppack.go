package main

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// packer makes a tar archive of files of this host.
type packer struct {
	// name is what the file or directory is called in the archive.
	name string
	// uid and gid are the owner of all.
	uid, gid int
	// plain gives all the usual modes.
	plain bool
	warn  func(format string, args ...any)
}

// pack writes the archive. A symlink is followed when it is what was named; one below that is packed as it is.
func (p packer) pack(w io.Writer, from string) error {
	from, err := filepath.EvalSymlinks(from)
	if err != nil {
		return err
	}
	t := tar.NewWriter(w)
	err = filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		return p.one(t, file, path.Join(p.name, filepath.ToSlash(rel)))
	})
	return errors.Join(err, t.Close())
}

func (p packer) one(t *tar.Writer, file, name string) error {
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	link := ""
	switch mode := info.Mode(); {
	case mode.IsRegular(), mode.IsDir():
	case mode&fs.ModeSymlink != 0:
		if link, err = os.Readlink(file); err != nil {
			return err
		}
	default:
		p.warn("warning: skipping %s: it is no file, directory or symlink", file)
		return nil
	}
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	h.Name, h.Uid, h.Gid, h.Uname, h.Gname = name, p.uid, p.gid, "", ""
	if info.IsDir() {
		h.Name += "/"
	}
	if p.plain && link == "" {
		h.Mode = 0o644
		if info.IsDir() {
			h.Mode = 0o755
		}
	}
	if err := t.WriteHeader(h); err != nil || !info.Mode().IsRegular() {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(t, f)
	return err
}

func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// idsOf are the user and group of a process, as its own user namespace has them.
func idsOf(proc fs.FS, pid int) (uid, gid int, ok bool) {
	if pid == 0 {
		return 0, 0, false
	}
	dir := strconv.Itoa(pid)
	status, err := fs.ReadFile(proc, dir+"/status")
	if err != nil {
		return 0, 0, false
	}
	uid, ok = idOf(proc, string(status), "Uid:", dir+"/uid_map")
	if !ok {
		return 0, 0, false
	}
	gid, ok = idOf(proc, string(status), "Gid:", dir+"/gid_map")
	return uid, gid, ok
}

// idOf reads an effective id, and what it is inside. Both the id and the map are as this process sees them.
func idOf(proc fs.FS, status, field, mapFile string) (int, bool) {
	outside := -1
	for line := range strings.Lines(status) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == field {
			outside, _ = strconv.Atoi(f[2])
		}
	}
	b, err := fs.ReadFile(proc, mapFile)
	if err != nil || outside < 0 {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		first, err1 := strconv.Atoi(f[0])
		begin, err2 := strconv.Atoi(f[1])
		count, err3 := strconv.Atoi(f[2])
		if errors.Join(err1, err2, err3) == nil && outside >= begin && outside-begin < count {
			return first + outside - begin, true
		}
	}
	return 0, false
}
