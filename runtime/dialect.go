package runtime

import (
	"context"

	"github.com/kubehost/kubehost/translate/plan"
)

// Dialect is what differs between the command lines of docker and podman.
type Dialect interface {
	// Name is the runtime's name, and its command: "docker" or "podman".
	Name() string
	// Observe lists all containers and networks.
	Observe(ctx context.Context, r Runner) ([]Container, []Network, error)
	// Infra is what must be there before a sandbox can be made; its ID is empty when nothing is needed.
	Infra() InfraImage
	// Sandbox are the commands that make and start the pod's sandbox with these flags, which [Engine] gives both runtimes.
	Sandbox(p *plan.Pod, shared []string) []Command
	// Resolver is the address of the name server that the runtime has on a network, as text
	// of the template that an inspection of the network's part of a container is given.
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
}

// Features are differences between runtimes that need no code.
type Features struct {
	// LoginConfig are the lines of a shell script that make the runtime's command take logins from $dir/config.json.
	LoginConfig string
	// SCTP says that the runtime can publish ports of that protocol.
	SCTP bool
	// IPv6Ports says that ports are published on addresses of IPv6 whatever network the pod has.
	IPv6Ports bool
	// ImageVolumes says that the runtime can mount an image's file system.
	ImageVolumes bool
}

// InfraImage is the image of the infra container, carried by kubehost itself.
type InfraImage struct {
	Ref string
	// Archive is what the runtime's load command takes.
	Archive []byte
}
