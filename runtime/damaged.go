package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// Damaged is the error of files of a store that do not hold what was written. What comes with it is whole: what could be
// read besides them.
type Damaged []DamagedFile

// DamagedFile is one of them.
type DamagedFile struct {
	File string
	// Pod is the one whose plan or manifest it is; zero when it is another object.
	Pod plan.Ref
	// Cause is what is wrong with the content, Remedy what a user can do. Neither tells a value of it.
	Cause  error
	Remedy string
}

func (f DamagedFile) Error() string {
	return fmt.Sprintf("%s is damaged: %v\n  hint: %s", f.File, f.Cause, f.Remedy)
}

func (d Damaged) Error() string {
	var lines []string
	for _, f := range d {
		lines = append(lines, f.Error())
	}
	return strings.Join(lines, "\n")
}

// orNil is an error only if there is something damaged.
func (d Damaged) orNil() error {
	if len(d) == 0 {
		return nil
	}
	return d
}

// DamagedIn are the damaged files that an error tells of.
func DamagedIn(err error) Damaged {
	var d Damaged
	errors.As(err, &d)
	return d
}

const (
	manifestAgain = "apply the manifest of the pod again"
	objectAgain   = "apply the manifest of the object again; the damaged file is kept beside the new one"
)

// decodePlan reads the plan of a pod. Its manifest, which was written before, can mend it.
func (s Store) decodePlan(r plan.Ref, b, manifest []byte) (p storedPlan, err error) {
	err = json.Unmarshal(b, &p)
	if err == nil && p.Ref != r {
		err = errors.New("it is not the plan of this pod")
	}
	if err == nil {
		return p, nil
	}
	remedy := manifestAgain
	if check(manifest) == nil {
		remedy = "kubehost apply -f " + Quote(s.manifestFile(r))
	}
	return storedPlan{}, Damaged{{File: s.planFile(r), Pod: r, Cause: err, Remedy: remedy}}
}

// check says what keeps a content from being an object of Kubernetes.
func check(content []byte) error {
	var o struct {
		Kind string `json:"kind"`
	}
	err := json.Unmarshal(content, &o)
	if err == nil && o.Kind == "" {
		err = errors.New("it has no kind")
	}
	return err
}

// readObjects reads those of the files that are there; remedy is for those that are damaged.
func readObjects(files []string, remedy string) ([][]byte, error) {
	names, contents, err := readAll(files)
	if err != nil {
		return nil, err
	}
	causes := make([]error, len(contents))
	AtOnce(len(contents), func(i int) { causes[i] = check(contents[i]) })
	var objects [][]byte
	var damaged Damaged
	for i, b := range contents {
		if causes[i] != nil {
			damaged = append(damaged, DamagedFile{File: names[i], Cause: causes[i], Remedy: remedy})
			continue
		}
		objects = append(objects, b)
	}
	return objects, damaged.orNil()
}

// SetAside keeps a damaged object other than a pod beside its place, before another takes that, and returns the file. That
// is never read again, nor replaced. It is empty when nothing damaged is there.
func (s Store) SetAside(kind string, r plan.Ref) (string, error) {
	b, err := s.Object(kind, r)
	if err != nil || b == nil || check(b) == nil {
		return "", err
	}
	file := s.objectFile(kind, r)
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.damaged-%d", file, n)
		// Unlike a rename, a link replaces nothing, and leaves the file where it is until another replaces it.
		if err := os.Link(file, aside); !errors.Is(err, os.ErrExist) {
			return aside, err
		}
	}
}
