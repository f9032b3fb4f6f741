package settings

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/progress"
)

// Auto is the runtime of who has not chosen one.
const Auto = "auto"

// The kinds of supervisors.
const (
	SupervisorSystemd  = "systemd"
	SupervisorDetached = "detached"
	SupervisorNone     = "none"
)

// Settings are what holds for every command: from a flag, else the environment, else the
// configuration file, else the default.
type Settings struct {
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

// never is the value of autoPrune that means the same as none.
const never = "never"

// Prunes says whether a timer is to prune.
func (s Settings) Prunes() bool { return s.AutoPrune != "" && s.AutoPrune != never }

// Settings finds the settings of an invocation, from the flags that a command has of [Flags] and [ChangeFlags].
func (u User) Settings(c *cli.Context) (Settings, error) {
	file, name, err := u.config(c.String(FlagConfig))
	if err != nil {
		return Settings{}, err
	}
	d := u.defaults()
	s := Settings{
		Runtime:       cmp.Or(c.String(flagRuntime), u.Getenv("KUBEHOST_RUNTIME"), file.Runtime, Auto),
		VolumeBaseDir: cmp.Or(c.String(flagVolumeDir), u.Getenv("KUBEHOST_VOLUME_DIR"), file.VolumeBaseDir, d.VolumeBaseDir),
		StateDir:      cmp.Or(c.String(FlagStateDir), u.Getenv("KUBEHOST_STATE_DIR"), file.StateDir, d.StateDir),
		Supervisor:    cmp.Or(c.String("supervisor"), u.Getenv("KUBEHOST_SUPERVISOR"), file.Supervisor),
		AutoPrune:     file.AutoPrune,
		Progress:      cmp.Or(c.String(flagProgress), u.Getenv("KUBEHOST_PROGRESS"), file.Progress, string(progress.Auto)),
		File:          name,
		Config:        cmp.Or(name, d.File),
	}
	s.SeccompDir = cmp.Or(c.String(flagSeccomp), u.Getenv("KUBEHOST_SECCOMP_DIR"), file.SeccompDir, filepath.Join(s.StateDir, "seccomp"))
	if !slices.Contains([]string{"", SupervisorSystemd, SupervisorDetached, SupervisorNone}, s.Supervisor) {
		return s, commandline.Mistake("%q is no kind of supervisor\n  hint: --supervisor, KUBEHOST_SUPERVISOR and supervisor: take systemd, detached or none", s.Supervisor)
	}
	if !progress.Mode(s.Progress).Known() {
		return s, commandline.Mistake("%q is no way to show progress\n  hint: --progress, KUBEHOST_PROGRESS and progress: take %s", s.Progress, progressModes())
	}
	s.RunDir = u.runDir(s, d)
	asked := c.String(flagRuntime)
	s.RuntimeAsked = asked != "" && asked != Auto
	switch s.Runtime {
	case Auto, "docker", "podman":
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

// StateError adds the remedy to what went wrong with the state directory; nil stays nil.
func StateError(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w\n  hint: run kubehost as root, or give it a directory of your own with --state-dir", err)
	}
	return err
}
