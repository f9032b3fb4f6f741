package runtime

import (
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Observed is what a host has now, as far as [Decide] needs it.
type Observed struct {
	// Containers are all containers of the runtime, in the order of their names: those without our labels are
	// there because a name can be taken by anybody.
	Containers []Container
	Networks   []Network
	// Contents maps the path of each Files volume that exists to the hash of what it holds.
	Contents map[string]string
}

// Container is one container, or the infra of a pod, as the runtime lists it.
type Container struct {
	ID   string
	Name string
	// PodName is podman's own pod that the container is in; empty on docker.
	PodName string
	Image   string
	State   State
	// ExitCode is meaningful when State is Exited.
	ExitCode int
	Created  time.Time
	// Replaceable says that the runtime can make another in the place of this one with a single command: it has ended, and no volume is to
	// be removed with it. Only an inspection tells.
	Replaceable bool
	// Ports are the published ports; their ContainerPort is not told.
	Ports []plan.Port

	// What our labels say; zero for containers of others.
	Ref     plan.Ref
	Unit    string // the container's name in the pod
	Role    string
	Hash    string
	Network string
	Inits   string
	Frozen  string
}

// Ours says whether kubehost made the container.
func (c Container) Ours() bool { return c.Ref.Name != "" }

// Started says whether the container's process was ever started.
func (c Container) Started() bool { return c.State != Created && c.State != Broken }

// Up says whether the container runs, or is about to without our help.
func (c Container) Up() bool { return c.State == Running || c.State == Restarting || c.State == Paused }

// State is the state of a container.
type State string

// The states that docker and podman know, under one set of names.
const (
	Created    State = "created"
	Running    State = "running"
	Restarting State = "restarting" // between two runs, under the runtime's restart policy
	Paused     State = "paused"
	Exited     State = "exited"
	Broken     State = "broken" // being removed, dead, or in a state that only removal can mend
)

// ParseState gives the State that docker or podman mean.
func ParseState(s string) State {
	switch s {
	case "created", "configured", "initialized":
		return Created
	case "running", "stopping":
		return Running
	case "restarting":
		return Restarting
	case "paused":
		return Paused
	case "exited", "stopped":
		return Exited
	}
	return Broken
}

// exitCut is the exit code that docker gives a container which ran when the host lost its power.
const exitCut = 255

// EndState is the state, and the exit code, of a container that the runtime says is in state s, and that began to run at that
// time. Podman takes one that ran when the host lost its power for one that was never started: what has begun and
// does not run has ended, and nobody knows how.
func EndState(s string, code int, begun time.Time) (State, int) {
	if (s == "created" || s == "configured") && begun.Unix() > 0 {
		return Exited, exitCut
	}
	return ParseState(s), code
}

// Network is one network of the runtime.
type Network struct {
	Name string
	// Managed says that kubehost made it.
	Managed bool
	// NoDNS says that no name server answers on it.
	NoDNS bool
}

// Label fills in what our labels say. get returns the value of a label, or "".
func (c *Container) Label(get func(key string) string) {
	if get(LabelPod) == "" || get(LabelID) != c.Name {
		return
	}
	c.Ref = plan.Ref{Namespace: get(LabelNamespace), Name: get(LabelPod)}
	c.Unit, c.Role, c.Hash = get(LabelContainer), get(LabelRole), get(LabelHash)
	c.Network, c.Inits, c.Frozen = get(LabelNetwork), get(LabelInits), get(LabelFrozen)
}
