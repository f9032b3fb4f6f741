package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

// unitHost is what services must say of this host, with that runtime.
func (p *program) unitHost(s settings.Settings, runtime string) (systemd.Host, error) {
	self, err := selfPath()
	if err != nil {
		return systemd.Host{}, err
	}
	env, _ := p.unitEnv(runtime)
	return systemd.Host{Self: self, User: p.euid != 0, Runtime: runtime, StateDir: s.StateDir, RunDir: s.RunDir, Env: env}, nil
}

// reaching are the variables that say how a runtime and registries are reached, and where a user's runtime keeps all it has; a
// service manager has them not.
var reaching = []string{
	"CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "CONTAINERS_REGISTRIES_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINER_HOST",
	"DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_HOST", "DOCKER_TLS_VERIFY",
	"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "http_proxy", "https_proxy", "no_proxy",
}

// unitEnv is the part of this environment that a supervisor needs, sorted. Anybody may read it in a unit: secret are the names of
// those that are left out because a password is in them.
func (p *program) unitEnv(runtime string) (env []systemd.Variable, secret []string) {
	for _, name := range reaching {
		switch v := p.getenv(name); {
		case v == "":
		case strings.HasSuffix(strings.ToLower(name), "_proxy") && strings.Contains(v, "@"):
			secret = append(secret, name)
		default:
			env = append(env, systemd.Variable{Name: name, Value: v})
		}
	}
	if path := unitPath(runtime); path != "" {
		env = append(env, systemd.Variable{Name: "PATH", Value: path})
	}
	sort.Slice(env, func(i, j int) bool { return env[i].Name < env[j].Name })
	return env, secret
}

// warnSecret tells of variables that services do not get, unless a drop-in for all pods gives them some.
func (p *program) warnSecret() {
	_, secret := p.unitEnv("")
	if len(secret) == 0 {
		return
	}
	dir := filepath.Join(p.unitDir(), "kubehost-.service.d")
	files, _ := filepath.Glob(filepath.Join(dir, "*.conf")) // a pattern that is malformed finds none
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), "Environment") {
			return
		}
	}
	p.note("warning: %s may have a password, and anybody may read a service's file: the services pull images without it\n"+
		"  hint: write it into a file that only you may read, and name that in %s/proxy.conf: [Service] and, in a line of its own, EnvironmentFile=/path/of/the/file",
		strings.Join(secret, ", "), dir)
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
	p.warnSecret()
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
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	for i, f := range files {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		fmt.Fprintf(p.stdout, "# %s\n%s", filepath.Join(p.unitDir(), f.Name), f.Text())
	}
	return nil
}

// unitDir is where the service manager reads what an administrator, or the user, has made. A user's manager says itself where that
// is: it may have another XDG_CONFIG_HOME than this program.
func (p *program) unitDir() string {
	if p.euid == 0 {
		return systemd.SystemDir
	}
	p.userUnits.Do(func() {
		own := filepath.Join(p.user().XDG("XDG_CONFIG_HOME", ".config"), "systemd", "user")
		p.userUnitDir = cmp.Or(systemd.Manager{User: true, Runner: runtime.Exec{}}.UserDir(context.Background()), own)
	})
	return p.userUnitDir
}
