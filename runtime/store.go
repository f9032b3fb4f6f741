package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Store keeps what was applied: for each pod its plan and its manifest as given, and the other
// objects, in which later manifests may look up what they refer to. The runtime's labels alone
// decide what is done; the store serves what only the manifests know.
//
//	<Dir>/pods/<namespace>/<pod>/{manifest,plan}.json, volumes/, empty/, memory/
//	<Dir>/objects/<namespace>/<kind>/<name>.json
//	<Dir>/bindings.json
//	<Dir>/notes/<hash>.json
//	<Dir>/locks/<namespace>.<pod>, .use
//
// Directories are 0700, files 0600; each file is replaced at once.
type Store struct{ Dir string }

// StoredPod is one applied pod.
type StoredPod struct {
	Ref plan.Ref
	// Runtime is the one that the pod was applied with: "docker" or "podman".
	Runtime string
	// Created is when the pod was first applied; zero when an older kubehost did that.
	Created  time.Time
	Manifest []byte
	Plan     plan.Pod
	// file is plan.json as it was read.
	file []byte
}

// storedPlan is what plan.json holds.
type storedPlan struct {
	Runtime string    `json:"runtime,omitempty"`
	Created time.Time `json:"created,omitzero"`
	plan.Pod
}

// PodDir is the directory of all files of a pod.
func (s Store) PodDir(r plan.Ref) string { return filepath.Join(s.Dir, "pods", r.Namespace, r.Name) }

func (s Store) planFile(r plan.Ref) string { return filepath.Join(s.PodDir(r), "plan.json") }

func (s Store) manifestFile(r plan.Ref) string { return filepath.Join(s.PodDir(r), "manifest.json") }

// Kept says whether all files of the pod were, when before was read, as SavePod would write them.
func (p StoredPod) Kept(before StoredPod) bool {
	if !bytes.Equal(p.Manifest, before.Manifest) {
		return false
	}
	b, err := p.encoded()
	return err == nil && bytes.Equal(b, before.file)
}

func (p StoredPod) encoded() ([]byte, error) {
	return json.Marshal(storedPlan{p.Runtime, p.Created, p.Plan})
}

// SavePod keeps a pod's plan, its manifest as given, and where it runs.
func (s Store) SavePod(p StoredPod) error {
	b, err := p.encoded()
	if err != nil {
		return err
	}
	// The plan is written last: a pod is stored once its plan is.
	if err := keepFile(s.manifestFile(p.Ref), p.Manifest); err != nil {
		return err
	}
	return keepFile(s.planFile(p.Ref), b)
}

// Pod reads one applied pod. The error is fs.ErrNotExist when there is none, and Damaged when its plan cannot be understood:
// then only the manifest is returned. That is as it is, damaged perhaps: who goes by the plan does not need it.
func (s Store) Pod(r plan.Ref) (StoredPod, error) {
	p := StoredPod{Ref: r}
	b, err := os.ReadFile(s.planFile(r))
	if err != nil {
		return p, err
	}
	if p.Manifest, err = os.ReadFile(s.manifestFile(r)); err != nil {
		return p, err
	}
	stored, err := s.decodePlan(r, b, p.Manifest)
	p.Runtime, p.Created, p.Plan, p.file = stored.Runtime, stored.Created, stored.Pod, b
	return p, err
}

// refs are all pods of which there is a directory, sorted by namespace and name. A pattern that ends with a file's name would read each
// of the directories.
func (s Store) refs() []plan.Ref {
	var refs []plan.Ref
	for _, dir := range s.glob("pods", "*", "*") {
		refs = append(refs, podOf(dir))
	}
	return refs
}

// ofEach are the files of all pods of one kind; not all need be there.
func (s Store) ofEach(file func(plan.Ref) string) []string {
	var files []string
	for _, r := range s.refs() {
		files = append(files, file(r))
	}
	return files
}

// glob are the files in the state directory that match a pattern, sorted. No pattern of ours is malformed.
func (s Store) glob(pattern ...string) []string {
	files, _ := filepath.Glob(filepath.Join(globQuote(s.Dir), filepath.Join(pattern...)))
	return files
}

// podOf is the pod that a directory is of.
func podOf(dir string) plan.Ref {
	return plan.Ref{Namespace: filepath.Base(filepath.Dir(dir)), Name: filepath.Base(dir)}
}

// Pods reads all applied pods, sorted by namespace and name. The error is Damaged when the plans or manifests of some cannot
// be understood: the pods are the others.
func (s Store) Pods() ([]StoredPod, error) {
	refs := s.refs()
	all, errs := make([]StoredPod, len(refs)), make([]error, len(refs))
	AtOnce(len(refs), func(i int) { all[i], errs[i] = s.Pod(refs[i]) })
	var pods []StoredPod
	var damaged Damaged
	for i, r := range refs {
		p, err := all[i], errs[i]
		if absent(s.planFile(r), err) {
			continue
		}
		if d := DamagedIn(err); d != nil {
			damaged = append(damaged, d...)
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := check(p.Manifest); err != nil {
			damaged = append(damaged, DamagedFile{File: s.manifestFile(r), Pod: r, Cause: err, Remedy: manifestAgain})
			continue
		}
		pods = append(pods, p)
	}
	return pods, damaged.orNil()
}

// Runtimes are those that the applied pods are with; empty where the plan does not tell, because it is damaged.
func (s Store) Runtimes() (map[plan.Ref]string, error) {
	files, plans, err := readAll(s.ofEach(s.planFile))
	runtimes := make([]struct {
		Runtime string `json:"runtime"`
	}, len(plans))
	AtOnce(len(plans), func(i int) {
		_ = json.Unmarshal(plans[i], &runtimes[i]) // who needs the plan itself will tell that it is damaged
	})
	of := map[plan.Ref]string{}
	for i, f := range files {
		of[podOf(filepath.Dir(f))] = runtimes[i].Runtime
	}
	return of, err
}

// Manifests reads the manifests of all applied pods, sorted by namespace and name. The error is Damaged when some cannot be
// understood: the manifests are the others.
func (s Store) Manifests() ([][]byte, error) {
	return readObjects(s.ofEach(s.manifestFile), manifestAgain)
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
	return keepFile(s.objectFile(kind, r), object)
}

// Object reads an object other than a pod, as it is; nil when there is none.
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

// Objects reads all objects other than pods, sorted by namespace, kind and name. The error is Damaged when some cannot be
// understood: the objects are the others.
func (s Store) Objects() ([][]byte, error) {
	return readObjects(s.glob("objects", "*", "*", "*.json"), objectAgain)
}

// readAll reads those of the files that are there.
func readAll(files []string) (names []string, contents [][]byte, err error) {
	all, errs := make([][]byte, len(files)), make([]error, len(files))
	AtOnce(len(files), func(i int) { all[i], errs[i] = os.ReadFile(files[i]) })
	for i, f := range files {
		if absent(f, errs[i]) {
			continue
		}
		if errs[i] != nil {
			return nil, nil, errs[i]
		}
		names, contents = append(names, f), append(contents, all[i])
	}
	return names, contents, nil
}

// absent says whether the error of reading a file is that it is not there, or that nobody but the owner of its directory can tell: in
// the state directory of a user, say, that of a pod which root has applied.
func absent(file string, err error) bool {
	if errors.Is(err, fs.ErrPermission) {
		_, err = os.Lstat(file)
		return errors.Is(err, fs.ErrPermission)
	}
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// globQuote keeps a directory with special characters from being a pattern.
func globQuote(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// keepFile is ReplaceFile, but a file that has the content already stays: it is on the disk, for which a new one would have to be
// waited.
func keepFile(name string, content []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, content) {
		return nil
	}
	return ReplaceFile(name, content)
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
