package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"syscall"
)

var (
	saysFull = regexp.MustCompile(`(?i)no space left on device|disk quota exceeded`)
	saysDead = regexp.MustCompile(`(?i)cannot connect to the docker daemon|is the docker daemon running|failed to connect to the docker api`)
	// The engine of a user has its socket in the user's runtime directory.
	ofUser = regexp.MustCompile(`unix:///run/user/`)
)

// Remedy is what to do about an error of which the host is the cause, and not what was asked of it: a full disk, one that
// cannot be written to, an engine that has died. It is empty for any other.
func Remedy(err error) string {
	where := "the host"
	var file *fs.PathError
	if errors.As(err, &file) {
		where = filepath.Dir(file.Path)
	}
	var failed *CommandError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Sprintf("make room on the file system of %s (df -h, df -i), and run the same command again", where)
	case errors.Is(err, syscall.EROFS):
		return fmt.Sprintf("make the file system of %s writable: a kernel that found it damaged says so in dmesg; else mount -o remount,rw", where)
	case !errors.As(err, &failed):
		return ""
	}
	name := ""
	if words := failed.Command.shown(); len(words) > 0 {
		name = words[0]
	}
	switch stderr := failed.Result.Stderr; {
	case saysDead.Match(stderr) && ofUser.Match(stderr):
		return "start the docker engine (systemctl --user start docker), and run the same command again"
	case saysDead.Match(stderr):
		return "start the docker engine (systemctl start docker), and run the same command again"
	case saysFull.Match(stderr) && (name == "docker" || name == "podman"):
		return fmt.Sprintf("make room where %s keeps images and containers: \"%s system df\" tells what takes it, and \"kubehost prune\" removes what no pod uses", name, name)
	case saysFull.Match(stderr):
		return "make room: df -h and df -i tell which file system is full"
	}
	return ""
}
