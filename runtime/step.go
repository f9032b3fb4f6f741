package runtime

import (
	"fmt"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// Step is one thing to do, why, and what must be done before it.
type Step struct {
	// ID is unique in a graph and says what the step is about: "default/web/nginx".
	ID string
	// Pod is the pod that the step is for; zero for networks and images.
	Pod   plan.Ref
	Op    Op
	Cause string
	// Needs are the IDs of earlier steps of the graph.
	Needs []string
}

// Steps is a graph of steps. Each step stands after all that it needs, and pod by
// pod: run from the first to the last they do the right thing, too.
type Steps []Step

// Text is the graph in the form that tests compare: one line a step.
//
//	default/web/nginx: run web-nginx (not found) after default/web:sandbox
func (ss Steps) Text() string {
	var b strings.Builder
	for _, s := range ss {
		fmt.Fprintf(&b, "%s: %s", s.ID, s.Op)
		if s.Cause != "" {
			fmt.Fprintf(&b, " (%s)", s.Cause)
		}
		if len(s.Needs) > 0 {
			fmt.Fprintf(&b, " after %s", strings.Join(s.Needs, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Acts says whether the step changes what runs. The others make ready what a pod needs, or reach running
// containers through files only.
func (s Step) Acts() bool {
	switch s.Op.(type) {
	case CreateSandbox, WriteEtc, RunContainer, AwaitContainer, RemoveContainers, RemovePod, RemoveNetwork:
		return true
	}
	return false
}

// Split divides a graph into the steps that make ready and those that act. That the second part needs the first
// is for the caller to see to.
func (ss Steps) Split() (prepare, act Steps) {
	for _, s := range ss {
		if s.Acts() {
			act = append(act, s)
		} else {
			prepare = append(prepare, s)
		}
	}
	return prepare, act
}

// Fetching divides a graph into the steps that fetch images, which may take as long as a registry likes, and the others. That the
// second part needs the first is for the caller to see to.
func (ss Steps) Fetching() (fetch, rest Steps) {
	for _, s := range ss {
		if _, ok := s.Op.(EnsureImage); ok {
			fetch = append(fetch, s)
		} else {
			rest = append(rest, s)
		}
	}
	return fetch, rest
}

// Op is a typed operation on plan data. [Engine.Action] renders each kind.
type Op interface {
	fmt.Stringer
	op()
}

// The operations.
type (
	// EnsureImage makes an image present, or checks that it is.
	EnsureImage struct {
		Image string
		Pull  plan.PullPolicy
		// Logins are tried in order.
		Logins []plan.Login
	}
	// CheckUser checks that the image's user is one that the container may have.
	CheckUser struct {
		Pod  plan.Ref
		Unit plan.Unit
	}
	// CheckSeccomp checks that a seccomp profile is there.
	CheckSeccomp struct{ Path string }
	// CheckSELinux checks that the runtime keeps containers by SELinux: it may be told not to on a host that has it.
	CheckSELinux struct{}
	// LoadInfra loads the image of the infra container that kubehost carries.
	LoadInfra struct{ Image InfraImage }
	// MakeVolume makes a volume's file or directory, or checks that it is what the manifest says.
	MakeVolume struct {
		Volume plan.Volume
		// Setup says that the pod is being set up: only then is the volume given to its group.
		Setup bool
	}
	// CheckPorts makes sure that nobody has the ports which are about to be published.
	CheckPorts struct {
		Ports   []plan.Port
		Network string // that the pod joins
	}
	// Prepared does nothing: it needs all that can be done without touching anything that runs.
	Prepared struct{}
	// CreateNetwork makes a bridge network.
	CreateNetwork struct{ Name string }
	// RemoveNetwork removes a network that its last pod has left.
	RemoveNetwork struct{ Name string }
	// CreateSandbox makes and starts a pod's sandbox.
	CreateSandbox struct{ Pod *plan.Pod }
	// WriteEtc writes what the pod's containers see in /etc of the pod's names and name servers.
	WriteEtc struct{ Pod *plan.Pod }
	// RunContainer makes and starts a container; an init container is run to its end.
	RunContainer struct {
		Pod  *plan.Pod
		Unit plan.Unit
		// Detach does not wait for the end of an init container: a supervisor sees it.
		Detach bool
		// Restarts is how often the container was started again, as a supervisor counts.
		Restarts int
		// Replace takes the place of a container that has ended.
		Replace bool
	}
	// AwaitContainer waits for the end of an init container that runs already.
	AwaitContainer struct {
		ID   string
		Unit string // its name in the pod
	}
	// RemoveContainers stops those that run, gracefully, and removes all.
	RemoveContainers struct{ Stop Stop }
	// RemovePod does the same to all containers of a pod and to its sandbox.
	RemovePod struct {
		// ID is podman's pod; empty on docker.
		ID   string
		Stop Stop
	}
	// StopPod ends the containers of a pod without a supervisor, and its sandbox. They stay, and are not started
	// again by the runtime on its own.
	StopPod struct {
		Infra string
		Stop  Stop
	}
	// RestartContainer ends a container gracefully and starts it again.
	RestartContainer struct {
		ID    string
		Grace int64 // in seconds
	}
	// RemoveFiles removes what kubehost keeps for a pod.
	RemoveFiles struct{ Dir string }
	// RemoveClaim removes the directory of a claim.
	RemoveClaim struct{ Dir string }
	// RemoveImage removes an image, unless a container was made from it meanwhile.
	RemoveImage struct {
		ID string
		// Names are all that it has. Was is the name that it had before another image got it.
		Names []string
		Was   string
		Size  int64 // in bytes
	}
	// RemoveEmptyPod removes a pod of podman, unless it runs.
	RemoveEmptyPod struct{ Pod EmptyPod }
)

// Stop says which containers are to end, and how.
type Stop struct {
	// Running are stopped first: SIGTERM, the grace period, SIGKILL.
	Running []string
	// All are removed.
	All []string
	// Grace replaces the containers' own grace periods, in seconds, unless it is nil.
	Grace *int64
}

func (EnsureImage) op()      {}
func (CheckUser) op()        {}
func (CheckSeccomp) op()     {}
func (CheckSELinux) op()     {}
func (LoadInfra) op()        {}
func (MakeVolume) op()       {}
func (CheckPorts) op()       {}
func (Prepared) op()         {}
func (CreateNetwork) op()    {}
func (RemoveNetwork) op()    {}
func (CreateSandbox) op()    {}
func (WriteEtc) op()         {}
func (RunContainer) op()     {}
func (AwaitContainer) op()   {}
func (RemoveContainers) op() {}
func (RemovePod) op()        {}
func (StopPod) op()          {}
func (RestartContainer) op() {}
func (RemoveFiles) op()      {}
func (RemoveClaim) op()      {}
func (RemoveImage) op()      {}
func (RemoveEmptyPod) op()   {}

func (o EnsureImage) String() string {
	switch o.Pull {
	case plan.PullAlways:
		return "pull image " + o.Image
	case plan.PullNever:
		return "check image " + o.Image
	}
	return "ensure image " + o.Image
}
func (o CheckUser) String() string {
	return "check the user of image " + o.Unit.Image + " for " + o.Unit.ID
}
func (o CheckSeccomp) String() string { return "check seccomp profile " + o.Path }
func (CheckSELinux) String() string   { return "check that SELinux is used" }
func (o LoadInfra) String() string    { return "load image " + o.Image.Ref }
func (o MakeVolume) String() string {
	return fmt.Sprintf("make %s volume %s", o.Volume.Kind, o.Volume.Path)
}
func (o CheckPorts) String() string {
	var ports []string
	for _, p := range o.Ports {
		ports = append(ports, p.Host())
	}
	return "check that " + strings.Join(ports, ", ") + " can be had"
}
func (Prepared) String() string        { return "all is prepared" }
func (o CreateNetwork) String() string { return "create network " + o.Name }
func (o RemoveNetwork) String() string { return "remove network " + o.Name }
func (o CreateSandbox) String() string { return "create sandbox " + o.Pod.Sandbox.ID }
func (o WriteEtc) String() string {
	if o.Pod.Sandbox.HostNetwork {
		return "write hosts and resolv.conf of " + o.Pod.ID
	}
	return "write hosts, hostname and resolv.conf of " + o.Pod.ID
}
func (o RunContainer) String() string {
	if o.Unit.Role == plan.Init {
		return "run " + o.Unit.ID + " to its end"
	}
	return "run " + o.Unit.ID
}
func (o AwaitContainer) String() string   { return "wait for " + o.ID }
func (o RemoveContainers) String() string { return "remove " + strings.Join(o.Stop.All, " ") }
func (o RemovePod) String() string        { return "remove pod with " + strings.Join(o.Stop.All, " ") }
func (o StopPod) String() string          { return "stop " + strings.Join(o.Stop.Running, " ") }
func (o RestartContainer) String() string { return "restart " + o.ID }
func (o RemoveFiles) String() string      { return "remove files " + o.Dir }
func (o RemoveClaim) String() string      { return "remove claim " + o.Dir }
func (o RemoveImage) String() string {
	if len(o.Names) > 0 {
		return "remove image " + strings.Join(o.Names, " ")
	}
	return "remove image " + o.ID
}
func (o RemoveEmptyPod) String() string { return "remove empty pod " + o.Pod.Name }
