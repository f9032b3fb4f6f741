package rootless

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// Read looks at a host, of which root is the root directory, for the user who runs this.
func Read(root fs.FS, uid int, getenv func(string) string) Host {
	r := reader{root, uid}
	h := Host{UID: uid, User: r.user(getenv("USER")), RuntimeDir: getenv("XDG_RUNTIME_DIR"), FirstPort: r.firstPort(), Mapper: r.mapper(getenv("PATH"))}
	h.Systemd = r.isDir("run/systemd/system")
	h.Owned = h.RuntimeDir != "" && r.owns(h.RuntimeDir)
	h.Session = r.owns(fmt.Sprintf("/run/user/%d", uid))
	_, err := fs.Stat(root, "var/lib/systemd/linger/"+h.User)
	h.Linger = err == nil
	h.StopLimit = r.stopLimit()
	h.UIDs, h.GIDs = r.ids(h.User, h.RuntimeDir)
	_, err = fs.Stat(root, "sys/fs/cgroup/cgroup.controllers")
	h.Unified = err == nil
	h.Controllers = strings.Fields(r.text(fmt.Sprintf("sys/fs/cgroup/user.slice/user-%d.slice/user@%d.service/cgroup.controllers", uid, uid)))
	return h
}

type reader struct {
	root fs.FS
	uid  int
}

// text is a file's content; one that cannot be read is empty.
func (r reader) text(name string) string {
	b, _ := fs.ReadFile(r.root, name)
	return string(b)
}

func (r reader) isDir(name string) bool {
	info, err := fs.Stat(r.root, name)
	return err == nil && info.IsDir()
}

// owns says whether an absolute path is a directory of the user's.
func (r reader) owns(dir string) bool {
	info, err := fs.Stat(r.root, strings.TrimPrefix(path.Clean(dir), "/"))
	if err != nil || !info.IsDir() {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == r.uid
}

// user is the name in /etc/passwd. One who is not there comes from a directory of many hosts, and login has set the name.
func (r reader) user(login string) string {
	id := strconv.Itoa(r.uid)
	for line := range strings.Lines(r.text("etc/passwd")) {
		if f := strings.Split(line, ":"); len(f) > 2 && f[2] == id {
			return f[0]
		}
	}
	if login != "" {
		return login
	}
	return id
}

func (r reader) firstPort() int32 {
	n, err := strconv.ParseInt(strings.TrimSpace(r.text("proc/sys/net/ipv4/ip_unprivileged_port_start")), 10, 32)
	if err != nil {
		return 1024 // of kernels before 4.11
	}
	return int32(n)
}

func (r reader) mapper(searched string) bool {
	for _, dir := range strings.Split(searched, ":") {
		if _, err := fs.Stat(r.root, path.Join(strings.TrimPrefix(dir, "/"), "newuidmap")); err == nil {
			return true
		}
	}
	return false
}

// ids are those of the namespace that podman has made already, which a range given later does not change; else
// those of the files, unless the host is told to ask somebody else.
func (r reader) ids(user, runtimeDir string) (uids, gids IDs) {
	uids, gids = r.ranges("etc/subuid", user), r.ranges("etc/subgid", user)
	if pid := r.pause(runtimeDir); pid != "" {
		u, err1 := mapped(r.text("proc/" + pid + "/uid_map"))
		g, err2 := mapped(r.text("proc/" + pid + "/gid_map"))
		if errors.Join(err1, err2) == nil {
			uids.Count, gids.Count = u, g
			uids.Unknown, gids.Unknown = false, false
			return uids, gids
		}
	}
	for line := range strings.Lines(r.text("etc/nsswitch.conf")) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "subid:" && f[1] != "files" {
			uids.Unknown, gids.Unknown = true, true
		}
	}
	return uids, gids
}

// pause is the process that keeps podman's namespace of the user; empty when there is none.
func (r reader) pause(runtimeDir string) string {
	if runtimeDir == "" {
		return ""
	}
	return strings.TrimSpace(r.text(strings.TrimPrefix(path.Join(runtimeDir, "libpod/tmp/pause.pid"), "/")))
}

// mapped is the number of ids in a map of the kernel's; that of a process which has ended is empty.
func mapped(text string) (int64, error) {
	var count int64
	for line := range strings.Lines(text) {
		var inside, outside, n int64
		if _, err := fmt.Sscan(line, &inside, &outside, &n); err != nil {
			return 0, err
		}
		if inside == 0 && n > enoughIDs*enoughIDs/2 {
			return 0, errors.New("not a user's namespace") // the PID is another process's by now
		}
		count = max(count, inside+n)
	}
	if count == 0 {
		return 0, errors.New("no map")
	}
	return count, nil
}

// ranges are the user's of /etc/subuid or /etc/subgid, beside the own id. They follow one another in containers.
func (r reader) ranges(file, user string) IDs {
	ids := IDs{Count: 1, Next: 100000} // where useradd begins
	for line := range strings.Lines(r.text(file)) {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) != 3 {
			continue
		}
		start, err1 := strconv.ParseInt(f[1], 10, 64)
		count, err2 := strconv.ParseInt(f[2], 10, 64)
		if errors.Join(err1, err2) != nil {
			continue
		}
		ids.Next = max(ids.Next, start+count)
		if f[0] == user || f[0] == strconv.Itoa(r.uid) {
			ids.Count += count
		}
	}
	return ids
}
