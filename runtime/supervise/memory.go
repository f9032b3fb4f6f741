package supervise

import (
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Memory is all that a supervisor knows of a pod and the runtime does not. It is kept as
// the pod's status file.
type Memory struct {
	plan.Ref
	// Plan is the hash of the plan that the rest is about.
	Plan string `json:"plan,omitempty"`
	// Boot is the boot of the host that it is of: what ran in another one does not run any more.
	Boot string `json:"boot,omitempty"`
	// Asked is the [Wanted.Asked] that the rest follows.
	Asked time.Time `json:"asked,omitzero"`
	// Anew are the wishes of [Wanted.Anew] that were followed, or came to nothing.
	Anew map[string]time.Time `json:"anew,omitempty"`
	// Started is when the pod was first seen to. The active deadline counts from here.
	Started time.Time `json:"started"`
	Phase   Phase     `json:"phase"`
	// Reason and Message say why the pod failed, where its containers do not: "DeadlineExceeded".
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Sandbox is the ID of the infra container whose containers the units are.
	Sandbox string           `json:"sandbox,omitempty"`
	Units   map[string]*Unit `json:"units"`
	// Events are the last things that happened, oldest first.
	Events []Event `json:"events,omitempty"`
	// Ending is set while the pod as a whole is brought down.
	Ending *Ending `json:"ending,omitempty"`
	// Over is set when the pod has ended for good: nothing of it will be started again.
	Over bool `json:"over,omitempty"`
	// Settled says that all that should run was started, as planned.
	Settled bool `json:"settled,omitempty"`
	// InitsDone says that the main containers may start, or were started, in this sandbox.
	InitsDone bool `json:"initsDone,omitempty"`
	// Doing is what the process does with the sandbox right now.
	Doing Doing `json:"doing,omitempty"`
	// Problem says why the sandbox cannot be made. What failed with it is not tried again before RetryAt,
	// unless the plan is another than the one with the hash Tried.
	Problem string    `json:"problem,omitempty"`
	RetryAt time.Time `json:"retryAt,omitzero"`
	Tried   string    `json:"tried,omitempty"`
	// LostAt is when a sandbox was last found dead.
	LostAt time.Time `json:"lostAt,omitzero"`
}

// Phase is the pod's phase.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase.
type Phase string

// The phases.
const (
	Pending   Phase = "Pending"
	Running   Phase = "Running"
	Succeeded Phase = "Succeeded"
	Failed    Phase = "Failed"
)

// Ending says why and until when a pod is being brought down.
type Ending struct {
	Why Why `json:"why"`
	// Since is when it began; Grace is what the containers have from then on.
	Since time.Time     `json:"since"`
	Grace time.Duration `json:"grace"`
}

// Why says what follows when the containers are gone.
type Why string

const (
	// Asked: somebody stops or deletes the pod. The supervisor ends.
	Asked Why = "asked"
	// Restart: the sandbox was lost or is out of date. The pod starts anew.
	Restart Why = "restart"
	// Replace: the plan of the sandbox or of an init container changed. The pod starts anew, as a new one.
	Replace Why = "replace"
	// Deadline: the pod ran longer than it may. It has failed.
	Deadline Why = "deadline"
	// Finished: the main containers ended for good. Sidecars follow.
	Finished Why = "finished"
)

// Unit is what is remembered of one container.
type Unit struct {
	// ID is the runtime's, of the container that the rest is about; empty when there is none.
	ID    string `json:"id,omitempty"`
	State State  `json:"state"`
	// Reason is the kubelet's word for why the container waits or ended: "CrashLoopBackOff", "Completed".
	Reason     string    `json:"reason,omitempty"`
	Message    string    `json:"message,omitempty"`
	ExitCode   int       `json:"exitCode,omitempty"`
	StartedAt  time.Time `json:"startedAt,omitzero"`
	FinishedAt time.Time `json:"finishedAt,omitzero"`
	// Restarts counts the runs after the first. NextRestarts is what it will be in the next run: a start that
	// was begun, but of which nothing came, does not count.
	Restarts     int `json:"restarts"`
	NextRestarts int `json:"nextRestarts,omitempty"`
	// Last is the last run that ended: this one, once it has.
	Last *Termination `json:"last,omitempty"`
	// Backoff is the pause between the end of a run and the next start. It was last changed at BackoffAt.
	Backoff   time.Duration `json:"backoff,omitempty"`
	BackoffAt time.Time     `json:"backoffAt,omitzero"`
	// Made is the hash of the unit that the last run was made from.
	Made string `json:"made,omitempty"`
	// Tried is the hash of the plan with which the last start failed; empty when it did not. Replaces is the ID of
	// the ended container that is still there then. Retry is the pause, up to RetryAt, before a start that
	// could not even be tried is tried again; that is no restart.
	Tried    string        `json:"tried,omitempty"`
	Replaces string        `json:"replaces,omitempty"`
	Retry    time.Duration `json:"retry,omitempty"`
	// RetryAt is when what failed, a start or a stop, is tried again.
	RetryAt time.Time `json:"retryAt,omitzero"`
	// Started: the startup probe, if any, succeeded. Ready: the readiness probe, if any, holds.
	Started bool `json:"started"`
	Ready   bool `json:"ready"`
	// Passed says that the container let the next one start, once in this sandbox.
	Passed bool `json:"passed,omitempty"`
	// Doing is an operation of the process that is under way. StopBy is when a stop will be over.
	Doing  Doing     `json:"doing,omitempty"`
	StopBy time.Time `json:"stopBy,omitzero"`
	// HookDue says that the postStart hook of this run was not begun yet.
	HookDue bool `json:"hookDue,omitempty"`
	// PreStopping says that the preStop hook of a sidecar runs while it waits for its turn to end; PreStopped that the hook
	// has run: it does not run again when the stop has to be repeated.
	PreStopping bool `json:"preStopping,omitempty"`
	PreStopped  bool `json:"preStopped,omitempty"`
	// Undead says that a stop was carried out, and the runtime shows the container running all the same.
	Undead bool `json:"undead,omitempty"`
	// Killed says why the supervisor itself ended this run: "Liveness", "Startup", "PostStart", "Changed", "Asked"; empty when it did not.
	Killed string `json:"killed,omitempty"`

	Probes map[ProbeKind]*ProbeState `json:"probes,omitempty"`
}

// State is the state of a container, as in its Kubernetes status.
type State string

// The states.
const (
	Waiting    State = "waiting"
	Up         State = "running"
	Terminated State = "terminated"
)

// Doing is what the process does with a container right now.
type Doing string

// The operations that take time. One container has at most one of them.
const (
	Idle     Doing = ""
	Starting Doing = "starting"
	Hooking  Doing = "postStart"
	Stopping Doing = "stopping"
)

// Termination is a run that ended.
type Termination struct {
	ID       string `json:"id"`
	ExitCode int    `json:"exitCode"`
	Reason   string `json:"reason"`
	Message  string `json:"message,omitempty"`
	// Brief is the cause alone of a run that could not begin, where Message has the whole command; else empty.
	Brief      string    `json:"brief,omitempty"`
	StartedAt  time.Time `json:"startedAt,omitzero"`
	FinishedAt time.Time `json:"finishedAt,omitzero"`
}

// ProbeKind names the probes of a container.
type ProbeKind string

// The probes.
const (
	Startup   ProbeKind = "startup"
	Liveness  ProbeKind = "liveness"
	Readiness ProbeKind = "readiness"
)

// ProbeState is how a probe stands.
type ProbeState struct {
	// Next is when it is due.
	Next time.Time `json:"next,omitzero"`
	// Asking says that a run is under way.
	Asking bool `json:"asking,omitempty"`
	// Successes and Failures count the last results in a row.
	Successes int `json:"successes,omitempty"`
	Failures  int `json:"failures,omitempty"`
	// Output is what the last failed run said.
	Output string `json:"output,omitempty"`
}

// Event is one thing that happened to the pod, in the kubelet's words.
type Event struct {
	Time time.Time `json:"time"`
	// Unit is the container's name; empty for the pod.
	Unit string `json:"unit,omitempty"`
	// Warning tells what went wrong from what is usual.
	Warning bool   `json:"warning,omitempty"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Count is how often it happened in a row.
	Count int `json:"count"`
}
