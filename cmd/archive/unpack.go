package archive

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Unpacker puts what comes out of a container into a place of this host. The container may have made the archive what it
// likes: nothing is written outside of the place.
type Unpacker struct {
	// To is the place: the new file or directory, or the directory that it comes into.
	To string
	// Name is what a file is called that is copied into a directory. The archive may have another name for it: that of what a
	// symlink leads to.
	Name string
	// Warn tells of what is left out.
	Warn func(format string, args ...any)
	// Begun says that something has come.
	Begun bool

	root *os.Root
	// top is the name of what is copied in the archive; as is its name in the root.
	top, as string
}

// Unpack reads a tar archive of one file or directory.
func (u *Unpacker) Unpack(r io.Reader) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && !u.Begun {
			u.Begun = true
			err = u.open(h)
			defer u.close()
		}
		if err == nil {
			err = u.entry(h, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (u *Unpacker) close() {
	if u.root != nil {
		u.root.Close()
	}
}

// open makes ready the place for what the first entry is: a directory becomes the place, a file goes to it.
func (u *Unpacker) open(h *tar.Header) (err error) {
	u.top = path.Clean(h.Name)
	if h.Typeflag == tar.TypeDir {
		if err := os.MkdirAll(u.To, 0o755); err != nil {
			return err
		}
		u.as = "."
		u.root, err = os.OpenRoot(u.To)
		return err
	}
	to := u.To
	if info, err := os.Stat(to); err == nil && info.IsDir() || strings.HasSuffix(to, "/") {
		to = filepath.Join(to, u.Name)
	}
	// A symlink of the user's own is followed.
	if real, err := filepath.EvalSymlinks(to); err == nil {
		to = real
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	u.as = filepath.Base(to)
	u.root, err = os.OpenRoot(filepath.Dir(to))
	return err
}

// within is the name that an entry has in the root. It is not ok for one that is not of what is copied.
func (u *Unpacker) within(name string) (string, bool) {
	name = path.Clean(name)
	rest := strings.TrimPrefix(name, "/")
	if u.top != "." && u.top != "/" {
		var ok bool
		if rest, ok = strings.CutPrefix(name, u.top); !ok || rest != "" && rest[0] != '/' {
			return "", false
		}
	}
	name = path.Join(u.as, rest)
	return name, fs.ValidPath(name)
}

func (u *Unpacker) entry(h *tar.Header, content io.Reader) error {
	name, ok := u.within(h.Name)
	if !ok || !u.plainParents(name) {
		u.Warn("warning: file %q is outside target destination, skipping", h.Name)
		return nil
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return u.dir(name, h)
	case tar.TypeReg:
		return u.file(name, h, content)
	case tar.TypeLink:
		from, ok := u.within(h.Linkname)
		if !ok || !u.plainParents(from) {
			u.Warn("warning: skipping link: %q -> %q: it leads out of what is copied", h.Name, h.Linkname)
			return nil
		}
		return errors.Join(u.clear(name), u.root.Link(from, name))
	case tar.TypeSymlink:
		if name == u.as || !staysWithin(name, h.Linkname) {
			u.Warn("warning: skipping symlink: %q -> %q: it leads out of what is copied", h.Name, h.Linkname)
			return nil
		}
		return errors.Join(u.clear(name), u.root.Symlink(h.Linkname, name))
	}
	u.Warn("warning: skipping %q: it is no file, directory or symlink", h.Name)
	return nil
}

func (u *Unpacker) dir(name string, h *tar.Header) error {
	if info, err := u.root.Lstat(name); err == nil && info.IsDir() {
		return nil
	}
	// Its owner must be able to fill it.
	return u.root.MkdirAll(name, h.FileInfo().Mode().Perm()|0o700)
}

// file writes a file, never through a symlink. Bits that give others its owner's rights are not taken over.
func (u *Unpacker) file(name string, h *tar.Header, content io.Reader) error {
	if err := errors.Join(u.root.MkdirAll(path.Dir(name), 0o755), u.clear(name)); err != nil {
		return err
	}
	f, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, h.FileInfo().Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close(), u.root.Chtimes(name, h.ModTime, h.ModTime))
}

// clear removes what is in the way of a new file or link.
func (u *Unpacker) clear(name string) error {
	err := u.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// plainParents says whether no directory above a name is a symlink. With one, what is below is not where it seems to be, and
// what a relative link leads to could not be told from its text.
func (u *Unpacker) plainParents(name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := u.root.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return false
		}
	}
	return true
}

// staysWithin says whether a symlink leads to something that is copied, too. It may go up only at first: what it
// goes up from later may be another symlink.
func staysWithin(name, link string) bool {
	if link == "" || path.IsAbs(link) {
		return false
	}
	down := false
	for part := range strings.SplitSeq(link, "/") {
		switch part {
		case "", ".":
		case "..":
			if down {
				return false
			}
		default:
			down = true
		}
	}
	return fs.ValidPath(path.Join(path.Dir(name), link))
}
