package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/translate/plan"
)

// Store keeps what was applied: for each pod its plan and its manifest as given, and the other
// objects, in which later manifests may look up what they refer to. The runtime's labels alone
// decide what is done; the store serves what only the manifests know.
//
//	<Dir>/pods/<namespace>/<pod>/{manifest,plan}.json, volumes/, empty/, memory/
//	<Dir>/objects/<namespace>/<kind>/<name>.json
//	<Dir>/bindings.json
//	<Dir>/locks/<namespace>.<pod>
//
// Directories are 0700, files 0600; each file is replaced at once.
type Store struct{ Dir string }

// StoredPod is one applied pod.
type StoredPod struct {
	Ref      plan.Ref
	Manifest []byte
	Plan     plan.Pod
}

// PodDir is the directory of all files of a pod.
func (s Store) PodDir(r plan.Ref) string { return filepath.Join(s.Dir, "pods", r.Namespace, r.Name) }

// SavePod keeps a pod's plan and its manifest as given.
func (s Store) SavePod(manifest []byte, p plan.Pod) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	dir := s.PodDir(p.Ref)
	// The plan is written last: a pod is stored once its plan is.
	if err := ReplaceFile(filepath.Join(dir, "manifest.json"), manifest); err != nil {
		return err
	}
	return ReplaceFile(filepath.Join(dir, "plan.json"), b)
}

// Pod reads one applied pod. The error is fs.ErrNotExist when there is none.
func (s Store) Pod(r plan.Ref) (StoredPod, error) {
	dir := s.PodDir(r)
	p := StoredPod{Ref: r}
	b, err := os.ReadFile(filepath.Join(dir, "plan.json"))
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(b, &p.Plan); err != nil {
		return p, fmt.Errorf("%s is damaged: %w\n  hint: remove the file, and apply the manifest of the pod again", filepath.Join(dir, "plan.json"), err)
	}
	p.Manifest, err = os.ReadFile(filepath.Join(dir, "manifest.json"))
	return p, err
}

// Pods reads all applied pods, sorted by namespace and name.
func (s Store) Pods() ([]StoredPod, error) {
	files, err := filepath.Glob(filepath.Join(globQuote(s.Dir), "pods", "*", "*", "plan.json"))
	if err != nil {
		return nil, err
	}
	var pods []StoredPod
	for _, f := range files {
		dir := filepath.Dir(f)
		p, err := s.Pod(plan.Ref{Namespace: filepath.Base(filepath.Dir(dir)), Name: filepath.Base(dir)})
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		pods = append(pods, p)
	}
	return pods, nil
}

// Manifests reads the manifests of all applied pods, sorted by namespace and name.
func (s Store) Manifests() ([][]byte, error) {
	return readAll(filepath.Join(globQuote(s.Dir), "pods", "*", "*", "manifest.json"))
}

func (s Store) objectFile(kind string, r plan.Ref) string {
	namespace := r.Namespace
	if namespace == "" {
		namespace = "_" // of the whole host; no namespace is called so
	}
	return filepath.Join(s.Dir, "objects", namespace, strings.ToLower(kind), r.Name+".json")
}

// SaveObject keeps an object other than a pod.
func (s Store) SaveObject(kind string, r plan.Ref, object []byte) error {
	return ReplaceFile(s.objectFile(kind, r), object)
}

// Object reads an object other than a pod; nil when there is none.
func (s Store) Object(kind string, r plan.Ref) ([]byte, error) {
	b, err := os.ReadFile(s.objectFile(kind, r))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// RemoveObject forgets an object other than a pod, and says whether it was there.
func (s Store) RemoveObject(kind string, r plan.Ref) (bool, error) {
	err := os.Remove(s.objectFile(kind, r))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Objects reads all objects other than pods, sorted by namespace, kind and name.
func (s Store) Objects() ([][]byte, error) {
	return readAll(filepath.Join(globQuote(s.Dir), "objects", "*", "*", "*.json"))
}

// readAll reads the files that match a pattern, sorted by name.
func readAll(pattern string) ([][]byte, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	var objects [][]byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		objects = append(objects, b)
	}
	return objects, nil
}

// globQuote keeps a directory with special characters from being a pattern.
func globQuote(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// ReplaceFile writes a file of mode 0600 so that at any time either the old or the new one is there, whole.
func ReplaceFile(name string, content []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// Lock takes the locks of these pods, so that no two processes act on one pod at
// once. waiting, which may be nil, is called once when another process holds one of them. The locks end with
// release or with the process.
func (s Store) Lock(ctx context.Context, refs []plan.Ref, waiting func()) (release func(), err error) {
	var held []*os.File
	release = func() {
		for _, f := range held {
			f.Close()
		}
	}
	// In one order for all processes, so that two of them cannot wait for each other.
	refs = slices.Clone(refs)
	slices.SortFunc(refs, func(a, b plan.Ref) int { return strings.Compare(a.String(), b.String()) })
	for _, r := range slices.Compact(refs) {
		f, err := s.lock(ctx, r, &waiting)
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, f)
	}
	return release, nil
}

func (s Store) lock(ctx context.Context, r plan.Ref, waiting *func()) (*os.File, error) {
	dir := filepath.Join(s.Dir, "locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w\n  hint: the state directory must be writable; \"kubehost doctor\" tells which one it is", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, r.Namespace+"."+r.Name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	// A blocking flock cannot be cancelled, so ask again and again, less often as time goes by.
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, fmt.Errorf("lock of pod %q: %w", r.Name, err)
		}
		if *waiting != nil {
			(*waiting)()
			*waiting = nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}
