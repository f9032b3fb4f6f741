package settings

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/progress"
)

// The names of the settings' flags. The completion looks for two of them in a line that is still written.
const (
	flagRuntime   = "runtime"
	flagVolumeDir = "volume-dir"
	FlagStateDir  = "state-dir"
	flagSeccomp   = "seccomp-dir"
	FlagConfig    = "config"
	flagProgress  = "progress"
)

// Flags are the flags that every command takes.
func Flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagRuntime, Usage: "`RUNTIME` of new pods: docker, podman, or auto for that of the other pods, else the first that answers (KUBEHOST_RUNTIME)"},
		&cli.StringFlag{Name: flagVolumeDir, Usage: "`DIR` that holds the directories of claims (KUBEHOST_VOLUME_DIR)"},
		&cli.StringFlag{Name: FlagStateDir, Usage: "`DIR` for what kubehost keeps of applied pods (KUBEHOST_STATE_DIR)"},
		&cli.StringFlag{Name: flagSeccomp, Usage: "`DIR` that holds the seccomp profiles which pods name; default: seccomp in the state directory (KUBEHOST_SECCOMP_DIR)"},
		&cli.StringFlag{Name: FlagConfig, Usage: "configuration `FILE` (KUBEHOST_CONFIG)"},
	}
}

// ChangeFlags are those of the commands that change something, and show it.
func ChangeFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: flagProgress, Usage: "`MODE` of showing progress on standard error: " + progressModes() + " (KUBEHOST_PROGRESS)"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "the same as --progress=quiet"},
	}, Flags()...)
}

// progressModes lists the modes as a sentence does.
func progressModes() string {
	var names []string
	for _, m := range progress.Modes() {
		names = append(names, string(m))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
