package systemd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubehost/kubehost/runtime"
)

// scopesFile is a drop-in for all scopes whose names begin with "libpod-": podman's containers and their monitors.
const scopesFile = "libpod-.scope.d/50-kubehost.conf"

// scopes orders them. At shutdown systemd ends units at the same time unless they are in an order, and would send SIGTERM to
// the containers themselves while their supervisors run preStop hooks. Every service comes after basic.target, so each
// has ended when basic.target ends, and what comes before that can end.
const scopes = `# Made by kubehost, which removes it with the last of its services: containers end after
# the services that look after them.

[Unit]
Before=basic.target
`

// OrderScopes makes podman's containers outlive the services at shutdown. It says whether anything had to be written.
func (m Manager) OrderScopes() (bool, error) {
	name := filepath.Join(m.Dir, scopesFile)
	if there, err := os.ReadFile(name); err == nil && string(there) == scopes {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return false, err
	}
	if err := runtime.ReplaceFile(name, []byte(scopes)); err != nil {
		return false, err
	}
	return true, os.Chmod(name, 0o644)
}

// removeScopes removes the drop-in when no service is left.
func (m Manager) removeScopes() error {
	services, err := filepath.Glob(filepath.Join(m.Dir, "kubehost-*.service"))
	if err != nil || len(services) > 0 {
		return err
	}
	name := filepath.Join(m.Dir, scopesFile)
	if err := os.Remove(name); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	_ = os.Remove(filepath.Dir(name)) // unless somebody else has something in it
	return nil
}
