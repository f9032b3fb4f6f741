package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

// unitHost is what services must say of this host, with that runtime.
func (p *program) unitHost(s settings.Settings, runtime string) (systemd.Host, error) {
	self, err := os.Executable()
	if err != nil {
		return systemd.Host{}, err
	}
	return systemd.Host{Self: self, User: p.euid != 0, Runtime: runtime, StateDir: s.StateDir, RunDir: s.RunDir,
		Env: p.unitEnv(runtime)}, nil
}

// reaching are the variables that say how a runtime is reached and set up; a service manager has them not.
var reaching = []string{
	"CONTAINERS_CONF", "CONTAINERS_REGISTRIES_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINER_HOST",
	"DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_HOST", "DOCKER_TLS_VERIFY",
}

// unitEnv is the part of this environment that a supervisor needs, sorted.
func (p *program) unitEnv(runtime string) []systemd.Variable {
	var env []systemd.Variable
	for _, name := range reaching {
		if v := p.getenv(name); v != "" {
			env = append(env, systemd.Variable{Name: name, Value: v})
		}
	}
	if path := unitPath(runtime); path != "" {
		env = append(env, systemd.Variable{Name: "PATH", Value: path})
	}
	return env
}

// usualPath is where a service manager looks for commands.
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// unitPath is a PATH on which the runtime's command is found; empty when the usual one will do.
func unitPath(runtime string) string {
	found, err := exec.LookPath(runtime)
	dir := filepath.Dir(found)
	if err != nil || !filepath.IsAbs(dir) || slices.Contains(strings.Split(usualPath, ":"), dir) {
		return ""
	}
	return dir + ":" + usualPath
}

// printUnits prints the services of pods and the units that prune, sorted by name.
func (p *program) printUnits(s settings.Settings, pods []plan.Pod, runtime string) error {
	h, err := p.unitHost(s, runtime)
	if err != nil {
		return err
	}
	var files []systemd.File
	for i := range pods {
		f, err := systemd.Service(&pods[i], h)
		if err != nil {
			return fmt.Errorf("pod %q: %w", pods[i].Name, err)
		}
		files = append(files, f)
	}
	more, err := p.pruneUnits(s, runtime)
	if err != nil {
		return err
	}
	files = append(files, more...)
	slices.SortFunc(files, func(a, b systemd.File) int { return strings.Compare(a.Name, b.Name) })
	for i, f := range files {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		fmt.Fprintf(p.stdout, "# %s\n%s", filepath.Join(p.unitDir(), f.Name), f.Text())
	}
	return nil
}

// unitDir is where the service manager reads what an administrator, or the user, has made.
func (p *program) unitDir() string {
	if p.euid == 0 {
		return systemd.SystemDir
	}
	return filepath.Join(p.user().XDG("XDG_CONFIG_HOME", ".config"), "systemd", "user")
}
