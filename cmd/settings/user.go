package settings

import (
	"cmp"
	"fmt"
	"os/user"
	"path/filepath"
	"strconv"
)

// User is who runs the program.
type User struct {
	// UID is the effective user id; 0 is root, whose settings are those of the whole host.
	UID int
	// Getenv looks a variable of the environment up; empty is not set.
	Getenv func(string) string
}

// defaults are the settings of root, or of a user after the XDG base directory specification.
func (u User) defaults() Settings {
	if u.UID == 0 {
		return Settings{StateDir: "/var/lib/kubehost", VolumeBaseDir: "/var/lib/kubehost/volumes", File: "/etc/kubehost/config.yaml"}
	}
	xdg := func(variable, fallback string) string { return filepath.Join(u.XDG(variable, fallback), "kubehost") }
	return Settings{
		StateDir:      xdg("XDG_STATE_HOME", ".local/state"),
		VolumeBaseDir: filepath.Join(xdg("XDG_DATA_HOME", ".local/share"), "volumes"),
		File:          filepath.Join(xdg("XDG_CONFIG_HOME", ".config"), "config.yaml"),
	}
}

// XDG is a directory of the user after the XDG base directory specification.
func (u User) XDG(variable, fallback string) string {
	home := cmp.Or(u.Getenv("HOME"), u.home(), "/") // never the current directory: the next run would look elsewhere
	return cmp.Or(u.Getenv(variable), filepath.Join(home, fallback))
}

// home is the user's home directory in /etc/passwd, for services and cron jobs that have no HOME.
func (u User) home() string {
	entry, err := user.LookupId(strconv.Itoa(u.UID))
	if err != nil {
		return ""
	}
	return entry.HomeDir
}

// StateDir is the state directory for values of --state-dir and --config, each empty where it is not given. What is wrong with a
// setting is for the command itself to say.
func (u User) StateDir(flag, config string) string {
	file, _, _ := u.config(config)
	return cmp.Or(flag, u.Getenv("KUBEHOST_STATE_DIR"), file.StateDir, u.defaults().StateDir)
}

// runDir is cleared by a reboot. One that belongs to another state directory than the usual one is kept in that.
func (u User) runDir(s, usual Settings) string {
	if dir := u.Getenv("KUBEHOST_RUN_DIR"); dir != "" {
		return dir
	}
	if s.StateDir != usual.StateDir {
		return filepath.Join(s.StateDir, "run")
	}
	if u.UID == 0 {
		return "/run/kubehost"
	}
	return filepath.Join(cmp.Or(u.Getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/tmp/kubehost-%d", u.UID)), "kubehost")
}
