package supervise

import (
	"time"
)

// Action is one thing that the process is to do. Those with a unit report back with a [Result].
type Action interface{ action() }

type (
	// StartSandbox makes the pod's sandbox, and what it needs first.
	StartSandbox struct{ Cause string }
	// RemoveSandbox removes the sandbox with all containers of the pod, which have ended.
	RemoveSandbox struct{ Cause string }
	// StopSandbox ends the infra of a pod that is over; its containers stay to be looked at.
	StopSandbox struct{}
	// StartUnit makes and starts a container, after removing the one that ended before it.
	StartUnit struct {
		Unit string
		// Restarts is written on the container, so that the count outlives the supervisor.
		Restarts int
		Cause    string
	}
	// RunPostStart runs the hook beside the container's own process.
	RunPostStart struct{ Unit string }
	// StopUnit ends a container: preStop if there is one, SIGTERM, and SIGKILL when Grace is over. What preStop
	// took is taken from Grace; between the signals there are two seconds at least. It may come again
	// while one is under way, with a shorter Grace and no Hook. Force removes one that a stop did not end.
	StopUnit struct {
		Unit  string
		Grace time.Duration
		// Hook says whether preStop is run; it is not for a container that ended on its own.
		Hook  bool
		Force bool
		Cause string
	}
	// RunPreStop runs the hook alone, for a sidecar: its SIGTERM follows when its turn has come.
	RunPreStop struct {
		Unit  string
		Grace time.Duration
	}
	// RunProbe asks a container once.
	RunProbe struct {
		Unit string
		Kind ProbeKind
	}
	// RemoveUnit removes a container that the plan does not know, gracefully.
	RemoveUnit struct{ Unit string }
	// Finish ends the supervisor: the pod is over, or was stopped as asked.
	Finish struct{}
)

func (StartSandbox) action()  {}
func (RemoveSandbox) action() {}
func (StopSandbox) action()   {}
func (StartUnit) action()     {}
func (RunPostStart) action()  {}
func (StopUnit) action()      {}
func (RunPreStop) action()    {}
func (RunProbe) action()      {}
func (RemoveUnit) action()    {}
func (Finish) action()        {}
