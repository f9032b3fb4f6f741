package translate

import "github.com/kubehost/kubehost/translate/plan"

// Host is what a translation must know of the host.
type Host struct {
	// StateDir holds what kubehost keeps for pods: <StateDir>/pods/<namespace>/<pod>/.
	StateDir string
	// VolumeBaseDir holds the claims: <VolumeBaseDir>/<subdir>/<claim>.
	VolumeBaseDir string
	// EnvFiles are the files that [EnvFiles] names.
	EnvFiles map[string]EnvFile
	// Elsewhere says that the plan is only looked at, perhaps on another host: a file that is not here is no error.
	Elsewhere bool
	// Name is the host's name.
	Name string
	// IPs are the host's own addresses, the primary one first.
	IPs []string
	// CPUs, Memory and Storage (in bytes) are what the host has; 0 is unknown.
	CPUs            int
	Memory, Storage int64
	// DNS is what the host's resolv.conf says.
	DNS ResolvConf
	// SeccompDir holds the seccomp profiles that pods may name.
	SeccompDir string
	// AppArmor and SELinux say whether the host's kernel enforces them.
	AppArmor, SELinux bool
	// Bindings are the PersistentVolumes to which claims were bound earlier, by the claim's name.
	Bindings map[plan.Ref]string
	// Supervised says that a supervisor starts containers again, and not the runtime.
	Supervised bool
	// Journal says that what containers print is to go to the journal of systemd.
	Journal bool
}

// ResolvConf is what a resolv.conf says.
type ResolvConf struct{ Nameservers, Searches, Options []string }
