package archive

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
)

// IDs are the user and group of a process, as its own user namespace has them. proc is the host's /proc. They are not ok when the
// process is gone, or may not be looked at.
func IDs(proc fs.FS, pid int) (uid, gid int, ok bool) {
	if pid == 0 {
		return 0, 0, false
	}
	dir := strconv.Itoa(pid)
	status, err := fs.ReadFile(proc, dir+"/status")
	if err != nil {
		return 0, 0, false
	}
	uid, ok = idOf(proc, string(status), "Uid:", dir+"/uid_map")
	if !ok {
		return 0, 0, false
	}
	gid, ok = idOf(proc, string(status), "Gid:", dir+"/gid_map")
	return uid, gid, ok
}

// idOf reads an effective id, and what it is inside. Both the id and the map are as this process sees them.
func idOf(proc fs.FS, status, field, mapFile string) (int, bool) {
	outside := -1
	for line := range strings.Lines(status) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == field {
			outside, _ = strconv.Atoi(f[2])
		}
	}
	b, err := fs.ReadFile(proc, mapFile)
	if err != nil || outside < 0 {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		first, err1 := strconv.Atoi(f[0])
		begin, err2 := strconv.Atoi(f[1])
		count, err3 := strconv.Atoi(f[2])
		if errors.Join(err1, err2, err3) == nil && outside >= begin && outside-begin < count {
			return first + outside - begin, true
		}
	}
	return 0, false
}
