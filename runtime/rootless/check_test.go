package rootless

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

func complete() Host {
	return Host{UID: 1000, User: "kube", Systemd: true, RuntimeDir: "/run/user/1000", Owned: true, Session: true, Linger: true, FirstPort: 1024,
		UIDs: IDs{Count: 65537, Next: 231072}, GIDs: IDs{Count: 65537, Next: 231072}, Mapper: true, Unified: true,
		Controllers: []string{"cpu", "memory", "pids"}}
}

func id(n int64) *int64 { return &n }

// asking is a plan that asks for something of each kind.
func asking() plan.Plan {
	return plan.Plan{Pods: []plan.Pod{{
		Ref:     plan.Ref{Namespace: "shop", Name: "web"},
		FSGroup: id(2000),
		Sandbox: plan.Sandbox{Ports: []plan.Port{{HostIP: "127.0.0.1", HostPort: 80, ContainerPort: 8080, Protocol: plan.TCP},
			{HostIP: "::", HostPort: 8080, ContainerPort: 8080, Protocol: plan.TCP}}},
		Units: []plan.Unit{{
			Name:      "app",
			Identity:  plan.Identity{User: id(1000), Group: id(3000), Groups: []int64{2000, 4000}},
			Resources: plan.Resources{CPUQuota: 50000, Memory: 64 << 20, CPUShares: 512},
			Options:   plan.Options{Both: []string{"--pids-limit=10"}, Docker: []string{"--cpuset-cpus=1"}, Podman: []string{"--cpuset-cpus=0", "--tz=local"}},
		}},
	}}}
}

// delegation is the remedy for a controller that is missing.
const delegation = `as root: mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >/etc/systemd/system/user@.service.d/delegate.conf && ` +
	"systemctl daemon-reload; then reboot, or systemctl restart user@1000, which ends all of kube's services, and starts those of pods again"

func TestCheck(t *testing.T) {
	const cpuset = `pod "web": container app: the option --cpuset-cpus needs the controller cpuset, which kube was not given
  hint: ` + delegation + "\n"
	const low = `pod "web": only root may publish 127.0.0.1:80/tcp: ports of users begin at 1024
  hint: use a hostPort of 1024 or more, or as root: echo net.ipv4.ip_unprivileged_port_start=80 | tee /etc/sysctl.d/50-kubehost.conf | sysctl -p -
`
	v1 := func(what string) string {
		return `pod "web": warning: container app: ` + what + ` is not kept: control groups of version 1 are root's alone
  hint: boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, or run the pod as root
`
	}
	tests := []struct {
		name string
		host func(h *Host)
		want string
	}{
		{name: "low port, a controller", host: func(*Host) {}, want: low + cpuset},
		{name: "nothing", host: func(h *Host) { h.FirstPort, h.Controllers = 80, append(h.Controllers, "cpuset") }},
		{name: "no session", host: func(h *Host) {
			h.FirstPort, h.Controllers, h.RuntimeDir, h.Owned = 0, append(h.Controllers, "cpuset"), "", false
		}, want: `XDG_RUNTIME_DIR is not set: this is no session of the user kube
  hint: export XDG_RUNTIME_DIR=/run/user/1000
`},
		{name: "session of another", host: func(h *Host) {
			h.FirstPort, h.Controllers, h.RuntimeDir, h.Owned, h.Session = 0, append(h.Controllers, "cpuset"), "/run/user/0", false, false
		}, want: `XDG_RUNTIME_DIR is /run/user/0, which is no directory of the user kube
  hint: log in as kube (ssh, or as root: machinectl shell kube@), or as root: loginctl enable-linger kube; then export XDG_RUNTIME_DIR=/run/user/1000
`},
		{name: "no systemd, no session, no linger", host: func(h *Host) {
			h.FirstPort, h.Systemd, h.RuntimeDir, h.Owned, h.Session, h.Linger = 0, false, "", false, false, false
		}, want: `pod "web": container app: the option --cpuset-cpus needs the controller cpuset, which kube was not given
  hint: run the pod as root: only systemd gives controllers to users
`},
		{name: "linger", host: func(h *Host) { h.FirstPort, h.Controllers, h.Linger = 0, append(h.Controllers, "cpuset"), false },
			want: `warning: the pods of kube end at logout, and do not start at boot
  hint: loginctl enable-linger kube, or kubehost apply --enable-linger
`},
		{name: "no newuidmap", host: func(h *Host) { h.FirstPort, h.Controllers, h.Mapper = 0, append(h.Controllers, "cpuset"), false },
			want: `newuidmap and newgidmap are not installed: containers could have no user but one
  hint: as root: apt-get install uidmap (elsewhere the package is called shadow-utils)
`},
		{name: "no ranges", host: func(h *Host) {
			h.FirstPort, h.Controllers, h.UIDs.Count, h.GIDs.Count = 0, append(h.Controllers, "cpuset"), 1, 1
		}, want: `kube has no range of subordinate uids: containers could have no user but one
  hint: as root: usermod --add-subuids 231072-296607 --add-subgids 231072-296607 kube; then as kube: podman system migrate
`},
		{name: "no range of groups", host: func(h *Host) { h.FirstPort, h.Controllers, h.GIDs.Count = 0, append(h.Controllers, "cpuset"), 1 },
			want: `kube has no range of subordinate gids: containers could have no group but one
  hint: as root: usermod --add-subgids 231072-296607 kube; then as kube: podman system migrate
`},
		{name: "small ranges", host: func(h *Host) {
			h.FirstPort, h.Controllers, h.UIDs.Count, h.GIDs.Count = 0, append(h.Controllers, "cpuset"), 1000, 2000
		}, want: `pod "web": container app: user 1000 is more than the ids that kube may give to containers, 0 to 999
pod "web": container app: group 3000 is more than the ids that kube may give to containers, 0 to 1999
pod "web": container app: supplemental group 4000 is more than the ids that kube may give to containers, 0 to 1999
pod "web": fsGroup 2000 is more than the ids that kube may give to containers, 0 to 1999
  hint: use a lower id, or as root: usermod --add-subuids 231072-295608 --add-subgids 231072-294608 kube; then as kube: podman system migrate
`},
		{name: "ranges kept elsewhere", host: func(h *Host) {
			h.FirstPort, h.Controllers = 0, append(h.Controllers, "cpuset")
			h.UIDs, h.GIDs = IDs{Count: 1, Unknown: true}, IDs{Count: 1, Unknown: true}
		}},
		{name: "version 1", host: func(h *Host) { h.FirstPort, h.Unified, h.Controllers = 0, false, nil },
			want: v1("the limit of cpu") + v1("the limit of memory") + v1("the option --pids-limit") + v1("the option --cpuset-cpus")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := complete()
			test.host(&h)
			var got strings.Builder
			for _, p := range h.Check(asking()) {
				got.WriteString(p.String() + "\n")
			}
			if diff := cmp.Diff(test.want, got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCheckOneRemedy: what is wrong several times in a plan is mended once, for all of it. Commands for each would undo one
// another, or give ranges that overlap.
func TestCheckOneRemedy(t *testing.T) {
	pod := func(name string, user int64, ports ...int32) plan.Pod {
		p := plan.Pod{Ref: plan.Ref{Namespace: "default", Name: name}, Units: []plan.Unit{{Name: "app", Identity: plan.Identity{User: id(user)}}}}
		for _, port := range ports {
			p.Sandbox.Ports = append(p.Sandbox.Ports, plan.Port{HostIP: "127.0.0.1", HostPort: port, Protocol: plan.TCP})
		}
		return p
	}
	var got strings.Builder
	for _, p := range complete().Check(plan.Plan{Pods: []plan.Pod{pod("a", 200000, 443, 8443), pod("b", 70000), pod("c", 1, 80)}}) {
		got.WriteString(p.String() + "\n")
	}
	want := `pod "a": only root may publish 127.0.0.1:443/tcp: ports of users begin at 1024
pod "c": only root may publish 127.0.0.1:80/tcp: ports of users begin at 1024
  hint: use a hostPort of 1024 or more, or as root: echo net.ipv4.ip_unprivileged_port_start=80 | tee /etc/sysctl.d/50-kubehost.conf | sysctl -p -
pod "a": container app: user 200000 is more than the ids that kube may give to containers, 0 to 65536
pod "b": container app: user 70000 is more than the ids that kube may give to containers, 0 to 65536
  hint: use a lower id, or as root: usermod --add-subuids 231072-427679 --add-subgids 231072-427679 kube; then as kube: podman system migrate
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// TestCheckOptions: an option of the runtime's that needs a controller is seen.
func TestCheckOptions(t *testing.T) {
	for option, want := range map[string]string{"--cpu-shares=512": "cpu", "--blkio-weight=100": "io", "--device-read-bps=/dev/sda:1mb": "io",
		"--device-write-iops=/dev/sda:10": "io", "--cpuset-cpus=1": "cpuset", "--memory-reservation=1g": "memory", "--pids-limit=10": "pids", "--tz=local": ""} {
		h := complete()
		h.Controllers = nil
		got := h.Check(plan.Plan{Pods: []plan.Pod{{Units: []plan.Unit{{Name: "app", Options: plan.Options{Both: []string{option}}}}}}})
		if len(got) == 0 && want == "" {
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0].Text, " needs the controller "+want+",") {
			t.Errorf("%s: %v, want %q", option, got, want)
		}
	}
}

// TestCheckGracePeriods: those that systemd does not wait for are told, with one remedy for all.
func TestCheckGracePeriods(t *testing.T) {
	pod := func(name string, seconds int64) plan.Pod {
		return plan.Pod{Ref: plan.Ref{Namespace: "default", Name: name}, GracePeriod: seconds}
	}
	want := plan.Plan{Pods: []plan.Pod{pod("a", 300), pod("b", 30), pod("c", 120)}}
	h := complete()
	h.StopLimit = 120
	var got strings.Builder
	for _, p := range h.Check(want) {
		got.WriteString(p.String() + "\n")
	}
	if diff := cmp.Diff(`pod "a": warning: its grace period of 300 s is cut off at logout and shutdown: systemd ends the services of a user after 120 s
pod "c": warning: its grace period of 120 s is cut off at logout and shutdown: systemd ends the services of a user after 120 s
  hint: as root: mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\nTimeoutStopSec=360\n' >/etc/systemd/system/user@.service.d/stop.conf && systemctl daemon-reload
`, got.String()); diff != "" {
		t.Error(diff)
	}
	h.StopLimit = 0
	if got := h.Check(want); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func TestCheckNetwork(t *testing.T) {
	h := complete()
	h.Runtime, h.NoHostNetwork = "docker", true
	want := plan.Plan{Pods: []plan.Pod{{Ref: plan.Ref{Namespace: "shop", Name: "web"}}, {Ref: plan.Ref{Namespace: "shop", Name: "net"}, Sandbox: plan.Sandbox{HostNetwork: true}}}}
	got := h.Check(want)
	if len(got) != 1 || got[0].Pod.Name != "net" || got[0].Warning || !strings.HasPrefix(got[0].Text, "hostNetwork: ") {
		t.Errorf("got %v", got)
	}
	h.NoHostNetwork = false
	if got := h.Check(want); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}
