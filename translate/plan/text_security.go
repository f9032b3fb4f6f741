package plan

import (
	"fmt"
	"strings"
)

// identity and the others print only what differs from a container that says nothing: the plan is for people.
func (t *text) identity(i Identity) {
	if i.User != nil {
		t.line(2, "user %d", *i.User)
	}
	if i.Group != nil {
		t.line(2, "group %d", *i.Group)
	}
	if len(i.Groups) > 0 {
		t.line(2, "groups %s", strings.Trim(fmt.Sprint(i.Groups), "[]"))
	}
	flag(t, "no image of root", i.NonRoot)
}

func (t *text) security(s Security) {
	flag(t, "privileged", s.Privileged)
	flag(t, "no new privileges", s.NoNewPrivileges)
	flag(t, "read-only root", s.ReadOnlyRoot)
	flag(t, "unmasked /proc and /sys", s.Unmasked)
	for _, c := range s.AddCapabilities {
		t.line(2, "capability +%s", c)
	}
	for _, c := range s.DropCapabilities {
		t.line(2, "capability -%s", c)
	}
	given(t, 2, "seccomp %s", s.Seccomp)
	given(t, 2, "apparmor %s", s.AppArmor)
	given(t, 2, "selinux %s", s.SELinux.String())
}

// String is the label, with * for each part that the runtime chooses; empty when it chooses all.
func (s SELinux) String() string {
	if s == (SELinux{}) {
		return ""
	}
	parts := []string{s.User, s.Role, s.Type, s.Level}
	for i, p := range parts {
		if p == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, ":")
}

func (t *text) resources(r Resources) {
	if r.CPUShares != MinShares {
		given(t, 2, "cpu shares %d", r.CPUShares)
	}
	given(t, 2, "cpu quota %d", r.CPUQuota)
	given(t, 2, "memory %d", r.Memory)
	given(t, 2, "memory request %d", r.MemoryRequest)
	if r.OOMScore != MaxOOMScore && (r.OOMScore != 0 || r.CPUShares != 0) {
		t.line(2, "oom score %d", r.OOMScore)
	}
	for _, d := range r.Devices {
		if d.Count > 0 {
			t.line(2, "device %s, %d", d.Name, d.Count)
		} else {
			t.line(2, "device %s", d.Name)
		}
	}
}

func (t *text) terminal(x Terminal) {
	flag(t, "stdin open", x.Stdin)
	flag(t, "tty", x.TTY)
}

// flag prints a fact that holds.
func flag(t *text, text string, holds bool) {
	if holds {
		t.line(2, "%s", text)
	}
}
