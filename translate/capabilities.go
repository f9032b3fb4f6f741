package translate

import (
	"maps"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/translate/plan"
)

// defaultCapabilities are those of a container that says nothing: containerd's and docker's.
var defaultCapabilities = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
	"NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

// capabilities works out what both lists mean together, because docker and podman each have other ideas of a name that
// is in both. As in containerd: first ALL, then what is added, then what is dropped.
func capabilities(c *v1.Capabilities) (add, drop []string) {
	adds, addAll := names(c.Add)
	drops, dropAll := names(c.Drop)
	for name := range drops {
		delete(adds, name)
	}
	switch {
	case dropAll:
		return slices.Sorted(maps.Keys(adds)), []string{plan.AllCapabilities}
	case addAll:
		return []string{plan.AllCapabilities}, slices.Sorted(maps.Keys(drops))
	}
	for _, name := range defaultCapabilities {
		delete(adds, name)
		if drops[name] {
			drop = append(drop, name)
		}
	}
	return slices.Sorted(maps.Keys(adds)), drop
}

// names are the names in upper case, without ALL.
func names(list []v1.Capability) (set map[string]bool, all bool) {
	set = map[string]bool{}
	for _, c := range list {
		name := strings.ToUpper(string(c))
		if name == plan.AllCapabilities {
			all = true
		} else {
			set[name] = true
		}
	}
	return set, all
}
