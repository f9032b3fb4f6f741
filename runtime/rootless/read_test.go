package rootless

import (
	"io/fs"
	"maps"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// usual is a host on which the user kube lacks nothing.
var usual = fstest.MapFS{
	"etc/passwd":                           file("root:x:0:0::/root:/bin/sh\nkube:x:1000:1000::/home/kube:/bin/bash\n"),
	"etc/subuid":                           file("other:100000:65536\nkube:165536:65536\n"),
	"etc/subgid":                           file("other:100000:65536\n1000:165536:65536\n"),
	"run/systemd/system":                   dir(0),
	"run/user/1000":                        dir(1000),
	"var/lib/systemd/linger/kube":          file(""),
	"usr/bin/newuidmap":                    file(""),
	"usr/lib/systemd/system/user@.service": file("[Service]\nTimeoutStopSec=120s\n"),
	"proc/sys/net/ipv4/ip_unprivileged_port_start":                                  file("1024\n"),
	"sys/fs/cgroup/cgroup.controllers":                                              file("cpuset cpu io memory pids\n"),
	"sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers": file("cpu memory pids\n"),
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func dir(uid uint32) *fstest.MapFile {
	return &fstest.MapFile{Mode: fs.ModeDir | 0o700, Sys: &syscall.Stat_t{Uid: uid}}
}

func TestRead(t *testing.T) {
	full := Host{UID: 1000, User: "kube", Systemd: true, RuntimeDir: "/run/user/1000", Owned: true, Session: true, Linger: true, StopLimit: 120, FirstPort: 1024,
		UIDs: IDs{Count: 65537, Next: 231072}, GIDs: IDs{Count: 65537, Next: 231072}, Mapper: true, Unified: true, Controllers: []string{"cpu", "memory", "pids"}}
	tests := []struct {
		name string
		set  fstest.MapFS // nil files are removed
		env  map[string]string
		want func(h *Host)
	}{
		{name: "all there", want: func(*Host) {}},
		{name: "no session", env: map[string]string{"XDG_RUNTIME_DIR": ""}, want: func(h *Host) { h.RuntimeDir, h.Owned = "", false }},
		{name: "session of root", set: fstest.MapFS{"run/user/0": dir(0)}, env: map[string]string{"XDG_RUNTIME_DIR": "/run/user/0"},
			want: func(h *Host) { h.RuntimeDir, h.Owned = "/run/user/0", false }},
		{name: "never logged in", set: fstest.MapFS{"run/user/1000": nil}, want: func(h *Host) { h.Owned, h.Session = false, false }},
		{name: "not lingering", set: fstest.MapFS{"var/lib/systemd/linger/kube": nil}, want: func(h *Host) { h.Linger = false }},
		{name: "no systemd", set: fstest.MapFS{"run/systemd/system": nil}, want: func(h *Host) { h.Systemd = false }},
		{name: "ports", set: fstest.MapFS{"proc/sys/net/ipv4/ip_unprivileged_port_start": file("80\n")}, want: func(h *Host) { h.FirstPort = 80 }},
		{name: "old kernel", set: fstest.MapFS{"proc/sys/net/ipv4/ip_unprivileged_port_start": nil}, want: func(*Host) {}},
		{name: "no ranges", set: fstest.MapFS{"etc/subuid": nil, "etc/subgid": file("kube:x:y\nother:300000:10\n")},
			want: func(h *Host) { h.UIDs, h.GIDs = IDs{Count: 1, Next: 100000}, IDs{Count: 1, Next: 300010} }},
		{name: "two ranges", set: fstest.MapFS{"etc/subuid": file("kube:100000:1000\nkube:200000:500\n")},
			want: func(h *Host) { h.UIDs = IDs{Count: 1501, Next: 200500} }},
		{name: "ranges kept elsewhere", set: fstest.MapFS{"etc/subuid": nil, "etc/nsswitch.conf": file("passwd: files\nsubid: sss\n")},
			want: func(h *Host) { h.UIDs, h.GIDs.Unknown = IDs{Count: 1, Next: 100000, Unknown: true}, true }},
		{name: "a namespace of before", set: fstest.MapFS{"run/user/1000/libpod/tmp/pause.pid": file("77"),
			"proc/77/uid_map": file("         0       1000          1\n"), "proc/77/gid_map": file("0 1000 1\n1 165536 10\n")},
			want: func(h *Host) { h.UIDs.Count, h.GIDs.Count = 1, 11 }},
		{name: "a namespace that is gone", set: fstest.MapFS{"run/user/1000/libpod/tmp/pause.pid": file("77")}, want: func(*Host) {}},
		{name: "a process of another", set: fstest.MapFS{"run/user/1000/libpod/tmp/pause.pid": file("77"),
			"proc/77/uid_map": file("0 0 4294967295\n"), "proc/77/gid_map": file("0 0 4294967295\n")}, want: func(*Host) {}},
		{name: "time to stop", set: fstest.MapFS{"etc/systemd/system/user@.service.d/a.conf": file("[Service]\nTimeoutStopSec = 5min 20s\n"),
			"usr/lib/systemd/system/user@.service.d/a.conf": file("[Service]\nTimeoutStopSec=3\n"), "usr/lib/systemd/system/user@.service.d/b.conf": file("[Service]\nDelegate=pids\n")},
			want: func(h *Host) { h.StopLimit = 320 }},
		{name: "all time to stop", set: fstest.MapFS{"etc/systemd/system/user@.service": file("[Service]\nTimeoutStopSec=infinity\n")},
			want: func(h *Host) { h.StopLimit = 0 }},
		{name: "no newuidmap", set: fstest.MapFS{"usr/bin/newuidmap": nil}, want: func(h *Host) { h.Mapper = false }},
		{name: "version 1", set: fstest.MapFS{"sys/fs/cgroup/cgroup.controllers": nil,
			"sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers": nil},
			want: func(h *Host) { h.Unified, h.Controllers = false, nil }},
		{name: "a user of a directory", set: fstest.MapFS{"etc/passwd": nil}, env: map[string]string{"USER": "kube"}, want: func(*Host) {}},
		{name: "a user without a name", set: fstest.MapFS{"etc/passwd": nil}, want: func(h *Host) {
			h.User, h.Linger, h.UIDs = "1000", false, IDs{Count: 1, Next: 231072}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := maps.Clone(usual)
			for name, f := range test.set {
				if root[name] = f; f == nil {
					delete(root, name)
				}
			}
			env := map[string]string{"XDG_RUNTIME_DIR": "/run/user/1000", "PATH": "/bin:/usr/bin"}
			maps.Copy(env, test.env)
			want := full
			test.want(&want)
			got := Read(root, 1000, func(name string) string { return env[name] })
			if diff := cmp.Diff(want, got, cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
				t.Error(diff)
			}
		})
	}
}
