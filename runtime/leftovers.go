package runtime

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// staleAfter is how old a half-written file is that nobody writes any more.
const staleAfter = time.Hour

// HalfWritten are files that a killed kubehost had begun to write in the state directory, sorted.
func (s Store) HalfWritten(now time.Time) ([]string, error) {
	var stale []string
	// Not further down: what is in a pod's volumes is the pod's.
	for _, where := range []string{".", "notes", "objects/*/*", "pods/*/*"} {
		files, err := filepath.Glob(filepath.Join(globQuote(s.Dir), where, ".new-*"))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if info, err := os.Lstat(f); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > staleAfter {
				stale = append(stale, f)
			}
		}
	}
	slices.Sort(stale)
	return stale, nil
}

// HalfMade are the pods of which there is a directory, but no plan: those of an apply, or a delete, that was
// killed. data says that there is something in the directory which a container may have written.
func (s Store) HalfMade() (pods []plan.Ref, data map[plan.Ref]bool, err error) {
	data = map[plan.Ref]bool{}
	for _, r := range s.refs() {
		if half, err := s.halfMade(r); err != nil {
			return nil, nil, err
		} else if half {
			pods = append(pods, r)
			data[r] = s.holdsData(r)
		}
	}
	return pods, data, nil
}

func (s Store) halfMade(r plan.Ref) (bool, error) {
	if there, err := exists(s.PodDir(r)); err != nil || !there {
		return false, err
	}
	there, err := s.Planned(r)
	return !there, err
}

// Planned says whether there is a plan of the pod, whatever is in it.
func (s Store) Planned(r plan.Ref) (bool, error) { return exists(s.planFile(r)) }

// holdsData says whether a pod's directory may hold what a container has written. When in doubt it does.
func (s Store) holdsData(r plan.Ref) bool {
	for _, sub := range []string{"empty", "ephemeral"} { // not what is in memory: a reboot would take it, too
		entries, err := os.ReadDir(filepath.Join(s.PodDir(r), sub))
		if len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// Locked are the pods that have a lock file, whether anybody holds it or not.
func (s Store) Locked() ([]plan.Ref, error) {
	entries, err := os.ReadDir(s.lockDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var refs []plan.Ref
	for _, e := range entries {
		// No namespace holds a dot, and a pod's name may.
		namespace, name, ok := strings.Cut(e.Name(), ".")
		if ok && namespace != "" && name != "" {
			refs = append(refs, plan.Ref{Namespace: namespace, Name: name})
		}
	}
	return refs, nil
}

// Known says whether anything is kept of a pod.
func (s Store) Known(r plan.Ref) (bool, error) { return exists(s.PodDir(r)) }

// RemoveLock removes the file of a lock that the caller holds: whoever waits for it takes a new one.
func (s Store) RemoveLock(r plan.Ref) error {
	return os.Remove(filepath.Join(s.lockDir(), lockName(r)))
}

// HalfMadeStill says, under the pod's lock, whether its directory may be removed.
func (s Store) HalfMadeStill(r plan.Ref) (bool, error) {
	half, err := s.halfMade(r)
	return half && !s.holdsData(r), err
}

func exists(name string) (bool, error) {
	_, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
