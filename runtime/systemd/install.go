package systemd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubehost/kubehost/runtime"
)

// Change is what writing a unit file changed.
type Change struct {
	// File says that the file is another one: the manager must be told.
	File bool
	// Command says that a supervisor which runs was started by another command.
	Command bool
}

// ErrForeign says that a unit file is there which was made by somebody else, or for something else.
var ErrForeign = errors.New("was not made by kubehost for this")

// Write writes a unit file where it differs. The error is ErrForeign when another stands in its place.
func (m Manager) Write(f File) (Change, error) {
	name := filepath.Join(m.Dir, f.Name)
	there, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		there = nil
	case err != nil:
		return Change{}, err
	case !has(there, f.mark()):
		return Change{}, fmt.Errorf("%s %w\n  hint: %s", name, ErrForeign, f.hint)
	case string(there) == f.Text():
		return Change{}, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return Change{}, err
	}
	if err := runtime.ReplaceFile(name, []byte(f.Text())); err != nil {
		return Change{}, err
	}
	// Anybody may read what a service is. No secret is in it.
	return Change{File: true, Command: there != nil && !has(there, f.line("ExecStart"))}, os.Chmod(name, 0o644)
}

// Has says whether the pod with that directory has its service here.
func (m Manager) Has(name, podDir string) (bool, error) {
	return m.made(name, "Pod="+word(podDir)+"\n")
}

// made says whether a unit file is there that holds a line.
func (m Manager) made(name, line string) (bool, error) {
	there, err := os.ReadFile(filepath.Join(m.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return has(there, line), err
}

func (m Manager) remove(name string) error {
	if err := os.Remove(filepath.Join(m.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
