package systemd

import (
	"os"
	"path/filepath"
)

// scopePrefixes are what the names of scopes with containers begin with. Root's docker has none in it: its scopes are in
// system.slice, which no shutdown ends.
func (m Manager) scopePrefixes() map[string]string {
	prefixes := map[string]string{"podman": "libpod-"} // the containers, and their monitors
	if m.User {
		prefixes["docker"] = "docker-"
	}
	return prefixes
}

// scopes is a drop-in for all scopes whose names begin with the prefix. At shutdown systemd ends units at the same time
// unless they are in an order, and would send SIGTERM to the containers themselves while their supervisors run preStop hooks.
// Every service comes after basic.target, so each has ended when basic.target ends, and what comes before that can end.
func scopes(prefix string) File {
	f := File{Name: prefix + ".scope.d/50-kubehost.conf", hint: "give it another name",
		head: "Made by kubehost, which removes it with the last of its services: containers end after\n# the services that look after them."}
	f.set("Unit", "Before", "basic.target")
	f.set(ownSection, "Scopes", value(word(prefix)))
	return f
}

// OrderScopes makes the runtime's containers outlive the services at shutdown. It says whether anything had to be written.
func (m Manager) OrderScopes(runtime string) (bool, error) {
	prefix, ok := m.scopePrefixes()[runtime]
	if !ok {
		return false, nil
	}
	change, err := m.Write(scopes(prefix))
	return change.File, err
}

// removeScopes removes the drop-ins when no service is left.
func (m Manager) removeScopes() error {
	services, err := filepath.Glob(filepath.Join(m.Dir, "kubehost-*.service"))
	if err != nil || len(services) > 0 {
		return err
	}
	for _, prefix := range m.scopePrefixes() {
		f := scopes(prefix)
		ours, err := m.made(f.Name, f.mark())
		if err != nil {
			return err
		}
		if !ours {
			continue
		}
		if err := m.remove(f.Name); err != nil {
			return err
		}
		_ = os.Remove(filepath.Dir(filepath.Join(m.Dir, f.Name))) // unless somebody else has something in it
	}
	return nil
}
