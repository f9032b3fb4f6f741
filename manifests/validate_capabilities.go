package manifests

import (
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// capabilityNames are those of Linux, as of 6.18 (include/uapi/linux/capability.h).
var capabilityNames = []string{
	"AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
	"DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE",
	"MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "PERFMON",
	"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE",
	"SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
}

// capabilities checks names. containerd ignores one that it does not know, which leaves a container with a
// capability that its manifest wants dropped; here that is an error, and so is CAP_ in front, of which
// each runtime makes something else.
func (c *checker) capabilities(at *field.Path, list *v1.Capabilities) {
	if list == nil {
		return
	}
	check := func(at *field.Path, names []v1.Capability) {
		for i, given := range names {
			name := strings.ToUpper(string(given))
			if name == "ALL" || slices.Contains(capabilityNames, name) {
				continue
			}
			hint := "capabilities(7) lists them; write them without CAP_"
			if near := closest(strings.TrimPrefix(name, "CAP_"), append(capabilityNames, "ALL")); near != "" {
				hint = "did you mean " + near + "?"
			}
			c.invalid(at.Index(i), hint, "%s is not the name of a capability", quote(string(given)))
		}
	}
	check(at.Child("add"), list.Add)
	check(at.Child("drop"), list.Drop)
}
