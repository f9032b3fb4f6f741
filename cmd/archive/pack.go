package archive

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Packer makes a tar archive of files of this host.
type Packer struct {
	// Name is what the file or directory is called in the archive.
	Name string
	// UID and GID are the owner of all, as the container numbers them.
	UID, GID int
	// Plain gives all the usual modes: 0644, and 0755 for directories.
	Plain bool
	// Warn tells of what is left out.
	Warn func(format string, args ...any)
}

// Pack writes an archive of the file or directory from. A symlink is followed when it is what was named; one below that is packed as it is.
func (p Packer) Pack(w io.Writer, from string) error {
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
		return p.one(t, file, path.Join(p.Name, filepath.ToSlash(rel)))
	})
	return errors.Join(err, t.Close())
}

func (p Packer) one(t *tar.Writer, file, name string) error {
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
		p.Warn("warning: skipping %s: it is no file, directory or symlink", file)
		return nil
	}
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	h.Name, h.Uid, h.Gid, h.Uname, h.Gname = name, p.UID, p.GID, "", ""
	if info.IsDir() {
		h.Name += "/"
	}
	if p.Plain && link == "" {
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
