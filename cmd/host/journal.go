package host

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/cmd/settings"
)

// HasJournal says whether what containers print is to go to the journal: where pods are services, and who runs them can
// read it again. A user can only read a journal of his own, which there is where journals are kept on the disk.
func HasJournal(u settings.User, s settings.Settings) bool {
	if s.Supervisor != settings.SupervisorSystemd {
		return false
	}
	if _, err := os.Stat("/run/systemd/journal/socket"); err != nil {
		return false
	}
	return u.UID == 0 || readable(fmt.Sprintf("/var/log/journal/*/user-%d.journal", u.UID))
}

// readable says whether a file of that pattern can be read.
func readable(pattern string) bool {
	files, _ := filepath.Glob(pattern) // no pattern of ours is malformed
	for _, f := range files {
		if unix.Access(f, unix.R_OK) == nil {
			return true
		}
	}
	return false
}
