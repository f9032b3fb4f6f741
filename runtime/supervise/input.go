package supervise

import (
	"time"
)

// Input is what is there and what happened since the last look.
type Input struct {
	Now time.Time
	// Sandbox is the pod's infra; nil when there is none.
	Sandbox *Sandbox
	// Containers are the pod's containers, by their name in the pod.
	Containers map[string]Container
	// Results are what became of actions.
	Results []Result
	// Unmet names what the pod is to be started after, and that is not ready.
	Unmet []string
	// Stop is set from when somebody asked to end the pod.
	Stop *Stop
	// Anew is [Wanted.Anew].
	Anew map[string]time.Time
}

// Sandbox is the pod's infra as the runtime shows it.
type Sandbox struct {
	ID        string
	Up        bool
	CreatedAt time.Time
	// Current says that it was made from the sandbox, and the init containers, of the plan.
	Current bool
}

// Container is one container as the runtime shows it.
type Container struct {
	ID string
	// Running, or ended; one that was never started is not shown.
	Running    bool
	ExitCode   int
	StartedAt  time.Time
	FinishedAt time.Time
	OOMKilled  bool
	// Lost says that it has ended, as the kernel tells, but that the runtime has not noticed and knows nothing of its end.
	Lost bool
	// Current says that it was made from the unit of the plan.
	Current bool
	// Restarts is the count that is written on it.
	Restarts int
	// Message is the termination message of an ended container.
	Message string
}

// Stop asks to end the pod.
type Stop struct {
	// Grace replaces the pod's grace period unless it is nil.
	Grace *time.Duration
	// Removed says that the sandbox need not be stopped: it is about to be removed.
	Removed bool
}

// Result is what became of an action.
type Result struct {
	Unit string
	// ID is the container that was asked or ran a hook; an answer of one that has gone counts for nothing.
	ID string
	Of Of
	// Probe is the probe that was asked.
	Probe ProbeKind
	// OK says that it was done, or that the answer is yes. Unknown is an answer that counts for nothing; Warning
	// is one that counts although something is odd about it.
	OK, Unknown, Warning bool
	// Hasty says that a start took for granted that images and network are here. When it failed, the next try looks for them.
	Hasty bool
	// Hooked says that the stop came after the preStop hook has run.
	Hooked bool
	// Warnings are what did not go well, though it was done.
	Warnings []string
	// Reason is the kubelet's word for a failure to start. "StartError" is a run that ended before it began; with any
	// other, such as "ErrImagePull" or "CreateContainerError", the container waits for better times.
	Reason string
	// Message says what went wrong, or what a failed probe said. With a stop that was done, it is what became of
	// the preStop hook, unless that was well.
	Message string
	// Brief is the cause alone of what went wrong, where Message has the whole command; else empty.
	Brief string
}

// Of names the action that a result is of.
type Of string

// The actions that report back.
const (
	OfSandbox   Of = "sandbox"
	OfStart     Of = "start"
	OfPostStart Of = "postStart"
	OfPreStop   Of = "preStop"
	OfStop      Of = "stop"
	OfProbe     Of = "probe"
	OfRemove    Of = "remove"
)
