package runtime

import (
	"context"
	"regexp"

	"github.com/kubehost/kubehost/translate/plan"
)

// Dialect is what differs between the command lines of docker and podman.
type Dialect interface {
	// Name is the runtime's name, and its command: "docker" or "podman".
	Name() string
	// Containers lists all containers.
	Containers(ctx context.Context, r Runner) ([]Container, error)
	// Networks lists all networks.
	Networks(ctx context.Context, r Runner) ([]Network, error)
	// Inventory lists what there is besides containers, if nobody removes any of it meanwhile; see [Engine.Inventory].
	Inventory(ctx context.Context, r Runner) (Inventory, error)
	// Infra is what must be there before a sandbox can be made; its ID is empty when nothing is needed.
	Infra() InfraImage
	// Sandbox are the commands that make and start the pod's sandbox with these flags, which [Engine] gives both runtimes.
	Sandbox(p *plan.Pod, shared []string) []Command
	// Clear removes what a killed command of Sandbox may have left of the pod that no listing of containers shows, and fails when there is
	// nothing of it; nil where nothing is left.
	Clear(p *plan.Pod) *Command
	// Resolver is the address of the name server that the runtime has on every network; empty when it is the network's gateway.
	Resolver() string
	// Join are the flags that put a container into the pod's sandbox.
	Join(p *plan.Pod) []string
	// RunFlags are the flags that take away what the runtime would add to a container on its own.
	RunFlags(u plan.Unit) []string
	// RemovePod removes the sandbox and all containers of a pod; running ones have been stopped.
	RemovePod(pod string, containers []string) Command
	// Features are what differs in plain data.
	Features() Features
	// Unshare wraps a host command so that it acts with the ids that the containers' files have.
	Unshare(argv ...string) Command
	// InNetwork wraps one so that it reaches the addresses of containers.
	InNetwork(argv ...string) []string
}

// Features are differences between runtimes that need no code.
type Features struct {
	// Rootless says that the runtime is a user's, who has only what the host gives to users.
	Rootless bool
	// NoHostNetwork says that what the runtime takes for the host's network is one of its own.
	NoHostNetwork bool
	// LoginConfig are the lines of a shell script that make the runtime's command take logins from $dir/config.json.
	LoginConfig string
	// SELinux tells whether the runtime keeps containers by SELinux.
	SELinux SELinux
	// MountRelabels says that --mount can relabel for SELinux.
	MountRelabels bool
	// SCTP says that the runtime can publish ports of that protocol.
	SCTP bool
	// IPv6Ports says that ports are published on addresses of IPv6 whatever network the pod has.
	IPv6Ports bool
	// CopyOut are the flags with which the runtime copies what a symlink leads to, CopyIn those with which what is copied
	// in has the owners that the archive names.
	CopyOut, CopyIn []string
	// RestartUpdates says that the restart policy of a container that is there can be changed: the runtime would start one
	// that was stopped again with itself.
	RestartUpdates bool
	// PullLine matches what a pull says of its progress. The group "layer" is one that it has met, "here" one that is here.
	// Without such a group the runtime does not tell which are.
	PullLine *regexp.Regexp
	// ImageVolumes says that the runtime can mount an image's file system.
	ImageVolumes bool
	// Replaces says that the run command can take the place of a container that has the same name.
	Replaces bool
}

// InfraImage is the image of the infra container, carried by kubehost itself.
type InfraImage struct {
	Ref string
	// Archive is what the runtime's load command takes.
	Archive []byte
}
