package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"sigs.k8s.io/yaml"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/progress"
)

// settings are what holds for every command: from a flag, else the environment, else the
// configuration file, else the default.
type settings struct {
	// Runtime is where new pods go: auto, docker or podman.
	Runtime string
	// RuntimeAsked says that the command line names it, so that pods which are with another are not meant.
	RuntimeAsked bool
	// VolumeBaseDir holds the directories of claims.
	VolumeBaseDir string
	// StateDir holds what kubehost keeps of applied pods.
	StateDir string
	// SeccompDir holds the seccomp profiles that pods may name.
	SeccompDir string
	// RunDir holds what is only true until the next boot: the status of pods.
	RunDir string
	// Supervisor is systemd, detached or none; empty is systemd where it can be, else detached.
	Supervisor string
	// AutoPrune is when a timer prunes; empty, or never.
	AutoPrune string
	// Progress is how commands show what they do: a [progress.Mode].
	Progress string
	// File is the configuration file that was read; empty when there is none. Config is where it is, or would be.
	File, Config string
	// OtherState says that the state directory is not the one of the configuration file, or the usual one.
	OtherState bool
}

// configFile is what a configuration file may say.
type configFile struct {
	Runtime       string `json:"runtime,omitempty"`
	VolumeBaseDir string `json:"volumeBaseDir,omitempty"`
	StateDir      string `json:"stateDir,omitempty"`
	SeccompDir    string `json:"seccompDir,omitempty"`
	Supervisor    string `json:"supervisor,omitempty"`
	AutoPrune     string `json:"autoPrune,omitempty"`
	Progress      string `json:"progress,omitempty"`
}

// The names of the settings' flags.
const (
	flagRuntime   = "runtime"
	flagVolumeDir = "volume-dir"
	flagStateDir  = "state-dir"
	flagSeccomp   = "seccomp-dir"
	flagConfig    = "config"
	flagProgress  = "progress"
)

// runtimeAuto is the runtime of who has not chosen one.
const runtimeAuto = "auto"

// The kinds of supervisors.
const (
	supervisorSystemd  = "systemd"
	supervisorDetached = "detached"
	supervisorNone     = "none"
)

// settingFlags are the flags that every command takes.
func settingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagRuntime, Usage: "`RUNTIME` of new pods: docker, podman, or auto for that of the other pods, else the first that answers (KUBEHOST_RUNTIME)"},
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
		Runtime:       cmp.Or(c.String(flagRuntime), p.getenv("KUBEHOST_RUNTIME"), file.Runtime, runtimeAuto),
		VolumeBaseDir: cmp.Or(c.String(flagVolumeDir), p.getenv("KUBEHOST_VOLUME_DIR"), file.VolumeBaseDir, d.VolumeBaseDir),
		StateDir:      cmp.Or(c.String(flagStateDir), p.getenv("KUBEHOST_STATE_DIR"), file.StateDir, d.StateDir),
		Supervisor:    cmp.Or(c.String("supervisor"), p.getenv("KUBEHOST_SUPERVISOR"), file.Supervisor),
		AutoPrune:     file.AutoPrune,
		Progress:      cmp.Or(c.String(flagProgress), p.getenv("KUBEHOST_PROGRESS"), file.Progress, string(progress.Auto)),
		File:          name,
		Config:        cmp.Or(name, d.File),
	}
	s.SeccompDir = cmp.Or(c.String(flagSeccomp), p.getenv("KUBEHOST_SECCOMP_DIR"), file.SeccompDir, filepath.Join(s.StateDir, "seccomp"))
	if !slices.Contains([]string{"", supervisorSystemd, supervisorDetached, supervisorNone}, s.Supervisor) {
		return s, commandline.Mistake("%q is no kind of supervisor\n  hint: --supervisor, KUBEHOST_SUPERVISOR and supervisor: take systemd, detached or none", s.Supervisor)
	}
	if !progress.Mode(s.Progress).Known() {
		return s, commandline.Mistake("%q is no way to show progress\n  hint: --progress, KUBEHOST_PROGRESS and progress: take %s", s.Progress, progressModes())
	}
	s.RunDir = p.runDir(s, d)
	asked := c.String(flagRuntime)
	s.RuntimeAsked = asked != "" && asked != runtimeAuto
	switch s.Runtime {
	case runtimeAuto, "docker", "podman":
	default:
		return s, commandline.Mistake("%q is not a runtime\n  hint: --runtime, KUBEHOST_RUNTIME and runtime: take docker, podman or auto", s.Runtime)
	}
	for _, dir := range []*string{&s.VolumeBaseDir, &s.StateDir, &s.SeccompDir, &s.Config} {
		if *dir, err = filepath.Abs(*dir); err != nil {
			return s, err
		}
	}
	s.OtherState = s.StateDir != filepath.Clean(cmp.Or(file.StateDir, d.StateDir))
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
	return filepath.Join(cmp.Or(p.getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/tmp/kubehost-%d", p.euid)), "kubehost")
}

// config reads the configuration file. A default one need not be there.
func (p *program) config(flag string) (configFile, string, error) {
	var f configFile
	name := cmp.Or(flag, p.getenv("KUBEHOST_CONFIG"))
	named := name != ""
	if !named {
		name = p.defaults().File
	}
	b, err := os.ReadFile(name)
	if err != nil {
		if !named && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
			return f, "", nil
		}
		return f, "", commandline.Mistake("configuration file: %w\n  hint: --config and KUBEHOST_CONFIG name one that can be read", err)
	}
	if err := yaml.UnmarshalStrict(b, &f); err != nil {
		return f, "", configError(name, err)
	}
	for key, dir := range map[string]string{"volumeBaseDir": f.VolumeBaseDir, "stateDir": f.StateDir, "seccompDir": f.SeccompDir} {
		if dir != "" && !filepath.IsAbs(dir) {
			return f, "", commandline.Mistake("%s: %s: %q is not an absolute path", name, key, dir)
		}
	}
	return f, name, nil
}

// configError says what is wrong with a configuration file, without the steps that its text takes to become settings.
func configError(name string, err error) error {
	what := err.Error()
	for _, step := range []string{"error converting YAML to JSON: ", "error unmarshaling JSON: ", "while decoding JSON: ", "yaml: ", "json: "} {
		what = strings.TrimPrefix(what, step)
	}
	keys := configKeys()
	hint := "it may hold " + strings.Join(keys, ", ")
	if key, ok := strings.CutPrefix(what, "unknown field "); ok {
		what = key + " is no setting"
		if near := commandline.Nearest(strings.Trim(key, `"`), keys); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	return commandline.Mistake("%s: %s\n  hint: %s", name, what, hint)
}

// defaults are the settings of root, or of a user after the XDG base directory specification.
func (p *program) defaults() settings {
	if p.euid == 0 {
		return settings{StateDir: "/var/lib/kubehost", VolumeBaseDir: "/var/lib/kubehost/volumes", File: "/etc/kubehost/config.yaml"}
	}
	xdg := func(variable, fallback string) string { return filepath.Join(p.xdg(variable, fallback), "kubehost") }
	return settings{
		StateDir:      xdg("XDG_STATE_HOME", ".local/state"),
		VolumeBaseDir: filepath.Join(xdg("XDG_DATA_HOME", ".local/share"), "volumes"),
		File:          filepath.Join(xdg("XDG_CONFIG_HOME", ".config"), "config.yaml"),
	}
}

// xdg is a directory of the user after the XDG base directory specification.
func (p *program) xdg(variable, fallback string) string {
	home := cmp.Or(p.getenv("HOME"), p.home(), "/") // never the current directory: the next run would look elsewhere
	return cmp.Or(p.getenv(variable), filepath.Join(home, fallback))
}

// home is the user's home directory in /etc/passwd, for services and cron jobs that have no HOME.
func (p *program) home() string {
	u, err := user.LookupId(strconv.Itoa(p.euid))
	if err != nil {
		return ""
	}
	return u.HomeDir
}
