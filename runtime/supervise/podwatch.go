package supervise

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// PodWatch tells which pods' files have changed: what was applied, what is wanted, the status. The kernel tells it, so that
// nothing is done while nothing changes.
type PodWatch struct {
	// Changes are the pods whose files have changed since the last ones were taken, sorted; nil when those of any may
	// have. It is closed when the watch cannot go on.
	Changes <-chan []plan.Ref
	// roots hold <namespace>/<pod>/.
	roots []string
	f     *os.File
	dirs  map[int32]string
	quit  chan struct{}
	err   error
}

// podDepth is how deep the directories of pods are in a root.
const podDepth = 2

// WatchPods watches the files of pods in the store, and those that their supervisors write below dir. A directory that is
// not there yet is waited for.
func WatchPods(store runtime.Store, dir string) (*PodWatch, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, watchError(err)
	}
	changes := make(chan []plan.Ref)
	w := &PodWatch{Changes: changes, roots: []string{filepath.Join(store.Dir, "pods"), dir}, f: os.NewFile(uintptr(fd), "inotify"),
		dirs: map[int32]string{}, quit: make(chan struct{})}
	if err := w.add(); err != nil {
		w.f.Close()
		return nil, err
	}
	go func() {
		defer close(changes)
		err := w.read(changes)
		select {
		case <-w.quit: // whatever it says of the closed file
		default:
			w.err = err
		}
	}()
	return w, nil
}

func watchError(err error) error {
	switch {
	case errors.Is(err, unix.ENOSPC):
		return fmt.Errorf("no more files can be watched: %w\n  hint: raise the limit: sysctl fs.inotify.max_user_watches", err)
	case errors.Is(err, unix.EMFILE):
		return fmt.Errorf("no more files can be watched: %w\n  hint: raise the limit: sysctl fs.inotify.max_user_instances", err)
	}
	return fmt.Errorf("files cannot be watched: %w", err)
}

// Err is why Changes was closed; nil after Close.
func (w *PodWatch) Err() error { return w.err }

// Close ends the watch.
func (w *PodWatch) Close() {
	close(w.quit)
	w.f.Close()
	for range w.Changes {
	}
}

// add watches all directories there are. One that is watched already stays so.
func (w *PodWatch) add() error {
	for _, root := range w.roots {
		if err := w.addRoot(root); err != nil {
			return err
		}
		if err := w.addBelow(root, podDepth); err != nil {
			return err
		}
	}
	return nil
}

// addRoot watches a root or, until it is there, the deepest directory above it. What was made below that just before it was
// watched is not told, so it looks again.
func (w *PodWatch) addRoot(root string) error {
	deepest, err := w.addDeepest(root)
	for before := ""; err == nil && deepest != root && deepest != before; {
		before = deepest
		deepest, err = w.addDeepest(root)
	}
	return err
}

// addDeepest watches the first of a directory and its ancestors that is there, and returns it.
func (w *PodWatch) addDeepest(dir string) (string, error) {
	for dir := range ancestors(dir) {
		if found, err := w.addDir(dir); found || err != nil {
			return dir, err
		}
	}
	return "", nil
}

// ancestors are a directory, and those that it is in.
func ancestors(dir string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for yield(dir) && dir != filepath.Dir(dir) {
			dir = filepath.Dir(dir)
		}
	}
}

func (w *PodWatch) addBelow(dir string, depth int) error {
	if depth == 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ignoreGone(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		sub := filepath.Join(dir, e.Name())
		if _, err := w.addDir(sub); err != nil {
			return err
		}
		if err := w.addBelow(sub, depth-1); err != nil {
			return err
		}
	}
	return nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// addDir watches one directory, and says whether it is there.
func (w *PodWatch) addDir(dir string) (bool, error) {
	conn, err := w.f.SyscallConn()
	if err != nil {
		return false, err
	}
	var wd int
	control := conn.Control(func(fd uintptr) {
		wd, err = unix.InotifyAddWatch(int(fd), dir, unix.IN_ONLYDIR|unix.IN_CREATE|unix.IN_MOVED_TO|unix.IN_DELETE|unix.IN_DELETE_SELF)
	})
	if control != nil { // it was closed
		return false, control
	}
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	if err != nil {
		return false, watchError(fmt.Errorf("%s: %w", dir, err))
	}
	w.dirs[int32(wd)] = dir
	return true, nil
}

// read hands on what the kernel tells, until the watch is closed.
func (w *PodWatch) read(changes chan<- []plan.Ref) error {
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.f.Read(buffer)
		if err != nil {
			return watchError(err)
		}
		changed, dirs := w.changed(buffer[:n])
		if dirs {
			// What was put into a new directory before it was watched is told as a change of any pod.
			if err := w.add(); err != nil {
				return err
			}
		}
		if !dirs && len(changed) == 0 {
			continue
		}
		select {
		case changes <- changed:
		case <-w.quit:
			return nil
		}
	}
}

// changed are the pods that events tell of. dirs says that directories have come or gone: then it is nil.
func (w *PodWatch) changed(events []byte) (changed []plan.Ref, dirs bool) {
	refs := map[plan.Ref]bool{}
	for len(events) >= unix.SizeofInotifyEvent {
		var e unix.InotifyEvent
		_, _ = binary.Decode(events, binary.NativeEndian, &e) // it is long enough
		name := string(bytes.TrimRight(events[unix.SizeofInotifyEvent:unix.SizeofInotifyEvent+int(e.Len)], "\x00"))
		events = events[unix.SizeofInotifyEvent+int(e.Len):]
		dir := w.dirs[e.Wd]
		r, ofPod := w.pod(dir)
		switch {
		case e.Mask&unix.IN_IGNORED != 0:
			delete(w.dirs, e.Wd)
		case e.Mask&(unix.IN_Q_OVERFLOW|unix.IN_DELETE_SELF) != 0, e.Mask&unix.IN_ISDIR != 0 && w.leads(filepath.Join(dir, name)):
			dirs = true
		// A file is written under another name, and then renamed.
		case ofPod && e.Mask&unix.IN_CREATE == 0 && strings.HasSuffix(name, ".json"):
			refs[r] = true
		}
	}
	if dirs {
		return nil, true
	}
	return slices.SortedFunc(maps.Keys(refs), plan.Ref.Compare), false
}

// leads says whether a directory is on the way from the top to the directory of a pod.
func (w *PodWatch) leads(dir string) bool {
	return slices.ContainsFunc(w.roots, func(root string) bool {
		if inside(dir, root) {
			return true
		}
		rel, err := filepath.Rel(root, dir)
		return err == nil && inside(root, dir) && strings.Count(rel, string(filepath.Separator)) < podDepth
	})
}

// inside says whether dir is an ancestor of another, or the same.
func inside(dir, other string) bool {
	rel, err := filepath.Rel(dir, other)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// pod is the one whose directory this is.
func (w *PodWatch) pod(dir string) (plan.Ref, bool) {
	for _, root := range w.roots {
		rel, err := filepath.Rel(root, dir)
		namespace, name, _ := strings.Cut(rel, string(filepath.Separator))
		if err == nil && inside(root, dir) && name != "" && !strings.Contains(name, string(filepath.Separator)) {
			return plan.Ref{Namespace: namespace, Name: name}, true
		}
	}
	return plan.Ref{}, false
}
