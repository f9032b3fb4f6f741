package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"sigs.k8s.io/yaml"
)

// settings are what holds for every command: from a flag, else the environment, else the
// configuration file, else the default.
type settings struct {
	// Runtime is auto, docker or podman.
	Runtime string
	// VolumeBaseDir holds the directories of claims.
	VolumeBaseDir string
	// StateDir holds what kubehost keeps of applied pods.
	StateDir string
	// SeccompDir holds the seccomp profiles that pods may name.
	SeccompDir string
	// RunDir holds what is only true until the next boot: the status of pods.
	RunDir string
	// Supervisor is detached or none.
	Supervisor string
	// File is the configuration file that was read; empty when there is none.
	File string
}

// configFile is what a configuration file may say.
type configFile struct {
	Runtime       string `json:"runtime,omitempty"`
	VolumeBaseDir string `json:"volumeBaseDir,omitempty"`
	StateDir      string `json:"stateDir,omitempty"`
	SeccompDir    string `json:"seccompDir,omitempty"`
	Supervisor    string `json:"supervisor,omitempty"`
}

// The names of the settings' flags.
const (
	flagRuntime   = "runtime"
	flagVolumeDir = "volume-dir"
	flagStateDir  = "state-dir"
	flagSeccomp   = "seccomp-dir"
	flagConfig    = "config"
)

// The kinds of supervisors.
const (
	supervisorDetached = "detached"
	supervisorNone     = "none"
)

// settingFlags are the flags that every command takes.
func settingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagRuntime, Usage: "`RUNTIME` to use: docker, podman, or auto for the first that answers (KUBEHOST_RUNTIME)"},
		&cli.StringFlag{Name: flagVolumeDir, Usage: "`DIR` that holds the directories of claims (KUBEHOST_VOLUME_DIR)"},
		&cli.StringFlag{Name: flagStateDir, Usage: "`DIR` for what kubehost keeps of applied pods (KUBEHOST_STATE_DIR)"},
		&cli.StringFlag{Name: flagSeccomp, Usage: "`DIR` that holds the seccomp profiles which pods name; default: seccomp in the state directory (KUBEHOST_SECCOMP_DIR)"},
		&cli.StringFlag{Name: flagConfig, Usage: "configuration `FILE` (KUBEHOST_CONFIG)"},
	}
}

// settings finds the settings of an invocation.
func (p *program) settings(c *cli.Context) (settings, error) {
	file, name, err := p.config(c.String(flagConfig))
	if err != nil {
		return settings{}, err
	}
	d := p.defaults()
	s := settings{
		Runtime:       first(c.String(flagRuntime), p.getenv("KUBEHOST_RUNTIME"), file.Runtime, "auto"),
		VolumeBaseDir: first(c.String(flagVolumeDir), p.getenv("KUBEHOST_VOLUME_DIR"), file.VolumeBaseDir, d.VolumeBaseDir),
		StateDir:      first(c.String(flagStateDir), p.getenv("KUBEHOST_STATE_DIR"), file.StateDir, d.StateDir),
		Supervisor:    first(c.String("supervisor"), p.getenv("KUBEHOST_SUPERVISOR"), file.Supervisor, supervisorNone),
		File:          name,
	}
	s.SeccompDir = first(c.String(flagSeccomp), p.getenv("KUBEHOST_SECCOMP_DIR"), file.SeccompDir, filepath.Join(s.StateDir, "seccomp"))
	if s.Supervisor != supervisorDetached && s.Supervisor != supervisorNone {
		return s, &exitError{exitUsage, fmt.Errorf("%q is no kind of supervisor\n  hint: --supervisor, KUBEHOST_SUPERVISOR and supervisor: take detached or none", s.Supervisor)}
	}
	s.RunDir = p.runDir(s, d)
	switch s.Runtime {
	case "auto", "docker", "podman":
	default:
		return s, &exitError{exitUsage, fmt.Errorf("%q is not a runtime\n  hint: --runtime, KUBEHOST_RUNTIME and runtime: take docker, podman or auto", s.Runtime)}
	}
	for _, dir := range []*string{&s.VolumeBaseDir, &s.StateDir, &s.SeccompDir} {
		if *dir, err = filepath.Abs(*dir); err != nil {
			return s, err
		}
	}
	return s, nil
}

// runDir is cleared by a reboot. One that belongs to another state directory than the usual one is kept in that.
func (p *program) runDir(s, usual settings) string {
	if dir := p.getenv("KUBEHOST_RUN_DIR"); dir != "" {
		return dir
	}
	if s.StateDir != usual.StateDir {
		return filepath.Join(s.StateDir, "run")
	}
	if p.euid == 0 {
		return "/run/kubehost"
	}
	return filepath.Join(first(p.getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/tmp/kubehost-%d", p.euid)), "kubehost")
}

// config reads the configuration file. A default one need not be there.
func (p *program) config(flag string) (configFile, string, error) {
	var f configFile
	name := first(flag, p.getenv("KUBEHOST_CONFIG"))
	named := name != ""
	if !named {
		name = p.defaults().File
	}
	b, err := os.ReadFile(name)
	if err != nil {
		if !named && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
			return f, "", nil
		}
		return f, "", &exitError{exitUsage, fmt.Errorf("configuration file: %w\n  hint: --config and KUBEHOST_CONFIG name one that can be read", err)}
	}
	if err := yaml.UnmarshalStrict(b, &f); err != nil {
		return f, "", &exitError{exitUsage, configError(name, err)}
	}
	for key, dir := range map[string]string{"volumeBaseDir": f.VolumeBaseDir, "stateDir": f.StateDir, "seccompDir": f.SeccompDir} {
		if dir != "" && !filepath.IsAbs(dir) {
			return f, "", &exitError{exitUsage, fmt.Errorf("%s: %s: %q is not an absolute path", name, key, dir)}
		}
	}
	return f, name, nil
}

// configKeys are the settings that a configuration file may hold.
var configKeys = []string{"runtime", "volumeBaseDir", "stateDir", "seccompDir", "supervisor"}

// configError says what is wrong with a configuration file, without the steps that its text takes to become settings.
func configError(name string, err error) error {
	what := err.Error()
	for _, step := range []string{"error converting YAML to JSON: ", "error unmarshaling JSON: ", "while decoding JSON: ", "yaml: ", "json: "} {
		what = strings.TrimPrefix(what, step)
	}
	hint := "it may hold " + strings.Join(configKeys, ", ")
	if key, ok := strings.CutPrefix(what, "unknown field "); ok {
		what = key + " is no setting"
		if near := nearest(strings.Trim(key, `"`), configKeys); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	return fmt.Errorf("%s: %s\n  hint: %s", name, what, hint)
}

// defaults are the settings of root, or of a user after the XDG base directory specification.
func (p *program) defaults() settings {
	if p.euid == 0 {
		return settings{StateDir: "/var/lib/kubehost", VolumeBaseDir: "/var/lib/kubehost/volumes", File: "/etc/kubehost/config.yaml"}
	}
	home := first(p.getenv("HOME"), p.home(), "/") // never the current directory: the next run would look elsewhere
	xdg := func(variable, fallback string) string {
		return filepath.Join(first(p.getenv(variable), filepath.Join(home, fallback)), "kubehost")
	}
	return settings{
		StateDir:      xdg("XDG_STATE_HOME", ".local/state"),
		VolumeBaseDir: filepath.Join(xdg("XDG_DATA_HOME", ".local/share"), "volumes"),
		File:          filepath.Join(xdg("XDG_CONFIG_HOME", ".config"), "config.yaml"),
	}
}

// home is the user's home directory in /etc/passwd, for services and cron jobs that have no HOME.
func (p *program) home() string {
	u, err := user.LookupId(strconv.Itoa(p.euid))
	if err != nil {
		return ""
	}
	return u.HomeDir
}

// first is the first that is not empty.
func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
