package plan

import "path"

// Identity is who the processes of a container are.
type Identity struct {
	// User is the user's id; nil is the user of the image.
	User *int64 `json:"user,omitempty"`
	// Group is the primary group; nil is what the image's /etc/passwd says of the user, or 0.
	Group *int64 `json:"group,omitempty"`
	// Groups are further groups, sorted, each once.
	Groups []int64 `json:"groups,omitempty"`
	// NonRoot refuses an image whose user is root, or a name of which nobody knows whether it is root's. It is
	// set only where it decides: with User it was decided when the plan was made.
	NonRoot bool `json:"nonRoot,omitempty"`
}

// NeedsRootImage says that the container gets a group but no user. No command line takes the user
// of the image together with another group: it must be known that this user is root.
func (i Identity) NeedsRootImage() bool { return i.User == nil && i.Group != nil }

// Security is what a container's processes may do. The zero value is what a container
// has when its manifest says nothing.
type Security struct {
	Privileged      bool `json:"privileged,omitempty"`
	NoNewPrivileges bool `json:"noNewPrivileges,omitempty"`
	ReadOnlyRoot    bool `json:"readOnlyRoot,omitempty"`
	// Unmasked shows all of /proc and /sys.
	Unmasked bool `json:"unmasked,omitempty"`
	// AddCapabilities and DropCapabilities are names without "CAP_", sorted, that change the default set of
	// containerd: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, NET_RAW, SETFCAP, SETGID,
	// SETPCAP, SETUID, SYS_CHROOT. "ALL" in one of them stands alone there, and comes first: the other list changes
	// everything or nothing. No name is in both.
	AddCapabilities  []string `json:"addCapabilities,omitempty"`
	DropCapabilities []string `json:"dropCapabilities,omitempty"`
	// Seccomp is empty for the runtime's own filter, Unconfined, or the absolute path of a profile on the host.
	Seccomp string `json:"seccomp,omitempty"`
	// AppArmor is empty for the runtime's own profile, Unconfined, or the name of a profile that the host has loaded.
	AppArmor string `json:"appArmor,omitempty"`
	// SELinux are the parts of the label that replace the runtime's own.
	SELinux SELinux `json:"selinux,omitzero"`
}

// Unconfined switches seccomp or AppArmor off.
const Unconfined = "unconfined"

// AllCapabilities is the name for every capability there is.
const AllCapabilities = "ALL"

// SELinux is a label, or a part of one.
type SELinux struct {
	User  string `json:"user,omitempty"`
	Role  string `json:"role,omitempty"`
	Type  string `json:"type,omitempty"`
	Level string `json:"level,omitempty"`
}

// Relabel says which containers may use a file or directory of the host, where SELinux keeps all of them from
// what is not labelled so.
type Relabel string

// The labels.
const (
	// KeepLabel leaves the label that it has.
	KeepLabel Relabel = ""
	// ForAll is for the containers of all pods.
	ForAll Relabel = "all"
	// ForPod is for those of one pod alone.
	ForPod Relabel = "pod"
)

// Terminal says what a container's standard streams are. Without either, stdin is /dev/null.
type Terminal struct {
	// Stdin keeps stdin open, though nobody may ever write to it.
	Stdin bool `json:"stdin,omitempty"`
	TTY   bool `json:"tty,omitempty"`
}

// MessageFile is where the file of a container's termination message is on the host; the container has
// it at [Lifecycle.MessagePath].
func (p *Pod) MessageFile(unit string) string { return path.Join(p.Dir, "termination", unit) }
