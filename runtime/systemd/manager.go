package systemd

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubehost/kubehost/runtime"
)

// Manager is one service manager: the system's, or a user's own.
type Manager struct {
	User bool
	// Dir holds the unit files that were made here: [SystemDir], or ~/.config/systemd/user.
	Dir    string
	Runner runtime.Runner
}

// SystemDir is where the services of the system's manager stand.
const SystemDir = "/etc/systemd/system"

// State is what the manager says of one service.
type State struct {
	// Active is "active", "inactive", "activating" and so on, Enabled "enabled", "disabled" or "static"; empty for a
	// service that it does not know.
	Active, Enabled string
	// MainPID is the supervisor; 0 when there is none.
	MainPID int
	// Queued says that a job waits to be done, such as a start after that of another service.
	Queued bool
	// Stale says that what the manager knows of the service is not what its files say.
	Stale bool
}

// answerLimit is the longest time that the manager may take. A reload on a busy host takes seconds.
const answerLimit = 2 * time.Minute

// userLimit is the longest that a user's manager may take to say a word.
const userLimit = 10 * time.Second

// systemctl runs one command of the manager's.
func (m Manager) systemctl(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, fmt.Errorf("systemd did not answer for %s", answerLimit))
	defer cancel()
	argv := []string{"systemctl"}
	if m.User {
		argv = append(argv, "--user")
	}
	out, err := runtime.Outputs(ctx, m.Runner, runtime.Command{Argv: append(argv, args...)})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// Answers says why the manager cannot be used; nil when it can.
func (m Manager) Answers(ctx context.Context) error {
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return fmt.Errorf("systemd is not the service manager of this host")
	}
	if !m.User {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, userLimit)
	defer cancel()
	if _, err := m.systemctl(ctx, "show", "--property=Version"); err != nil {
		return fmt.Errorf("the user's service manager does not answer: %w", err)
	}
	return nil
}

// UserDir is the directory from which a user's manager reads the units that the user has made; empty where it does not tell.
func (m Manager) UserDir(ctx context.Context) string {
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, userLimit)
	defer cancel()
	out, err := m.systemctl(ctx, "show", "--property=UnitPath", "--value")
	if err != nil {
		return ""
	}
	return userDir(string(out))
}

// userDir finds it among the directories that a manager reads.
func userDir(unitPath string) string {
	// In the list each such directory has one beside it in which "systemctl edit" and others keep what they change. The first is
	// the user's, the next is that of XDG_RUNTIME_DIR. A path with a blank is quoted, and not taken.
	for dir := range strings.FieldsSeq(unitPath) {
		if own, ok := strings.CutSuffix(dir, ".control"); ok && strings.HasPrefix(own, "/") && !strings.HasPrefix(own, "/run/") {
			return own
		}
	}
	return ""
}

// States asks for services, in one call.
func (m Manager) States(ctx context.Context, names []string) (map[string]State, error) {
	states := map[string]State{}
	if len(names) == 0 {
		return states, nil
	}
	out, err := m.systemctl(ctx, append([]string{"show", "--property=ActiveState,UnitFileState,MainPID,Job,NeedDaemonReload", "--"}, names...)...)
	if err != nil {
		return nil, err
	}
	// One paragraph for each, in the order of the names.
	paragraphs := strings.Split(strings.TrimSpace(string(out)), "\n\n")
	if len(paragraphs) != len(names) {
		return nil, fmt.Errorf("systemctl show told of %d services, asked for %d", len(paragraphs), len(names))
	}
	for i, text := range paragraphs {
		var s State
		for line := range strings.Lines(text) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			switch key {
			case "ActiveState":
				s.Active = value
			case "UnitFileState":
				s.Enabled = value
			case "MainPID":
				s.MainPID, _ = strconv.Atoi(value)
			case "Job":
				s.Queued = value != "" && value != "0"
			case "NeedDaemonReload":
				s.Stale = value == "yes"
			}
		}
		states[names[i]] = s
	}
	return states, nil
}

// Reload makes the manager read all unit files again. Nothing is restarted by it.
func (m Manager) Reload(ctx context.Context) error {
	_, err := m.systemctl(ctx, "daemon-reload")
	return err
}

// Enable makes services start at boot. It takes effect with the next [Manager.Reload].
func (m Manager) Enable(ctx context.Context, names []string) error {
	return m.each(ctx, []string{"enable", "--no-reload", "--quiet"}, names)
}

// Disable undoes [Manager.Enable].
func (m Manager) Disable(ctx context.Context, names []string) error {
	return m.each(ctx, []string{"disable", "--no-reload", "--quiet"}, names)
}

// Start starts services, and does not wait for it.
func (m Manager) Start(ctx context.Context, names []string) error {
	return m.each(ctx, []string{"start", "--no-block"}, names)
}

// Remove removes services of which no supervisor lives. Nothing is left of them.
func (m Manager) Remove(ctx context.Context, files []string) error {
	if len(files) == 0 {
		return nil
	}
	// A start may still be queued, or a restart about to happen.
	if err := m.each(ctx, []string{"stop"}, files); err != nil {
		return err
	}
	return m.forget(ctx, files)
}

// forget removes the files of units, enabled or not, and what the manager knows of those that do not run.
func (m Manager) forget(ctx context.Context, files []string) error {
	if len(files) == 0 {
		return nil
	}
	if err := m.Disable(ctx, files); err != nil {
		return err
	}
	for _, name := range files {
		if err := m.remove(name); err != nil {
			return err
		}
	}
	if err := m.removeScopes(); err != nil {
		return err
	}
	if err := m.Reload(ctx); err != nil {
		return err
	}
	states, err := m.States(ctx, files)
	if err != nil {
		return err
	}
	// One that failed is remembered, and is an error to forget otherwise.
	return m.each(ctx, []string{"reset-failed"}, slices.DeleteFunc(slices.Clone(files), func(n string) bool { return states[n].Active != "failed" }))
}

// each runs a command with the names of services, if there are any.
func (m Manager) each(ctx context.Context, args, names []string) error {
	if len(names) == 0 {
		return nil
	}
	_, err := m.systemctl(ctx, append(append(args, "--"), names...)...)
	return err
}
