package plan

import "slices"

// This file holds what a supervisor does with a running container: no runtime object is made from
// it, so it is part of no hash, and changing it restarts nothing.

// Probe says how to find out how a container is.
// See https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/.
type Probe struct {
	Check
	// InitialDelay is the time in seconds from the container's start to the first run.
	InitialDelay int32 `json:"initialDelaySeconds,omitempty"`
	// Period is the time in seconds between two runs, Timeout the longest that one may take.
	Period  int32 `json:"periodSeconds"`
	Timeout int32 `json:"timeoutSeconds"`
	// Successes and Failures are how many in a row change the verdict.
	Successes int32 `json:"successThreshold"`
	Failures  int32 `json:"failureThreshold"`
	// Grace replaces the pod's grace period, in seconds, when this probe ends the container.
	Grace *int64 `json:"terminationGracePeriodSeconds,omitempty"`
}

// Check is one way to ask a container something. Exactly one field is set.
type Check struct {
	// Exec is a command that is run in the container; 0 is success.
	Exec []string `json:"exec,omitempty"`
	HTTP *HTTP    `json:"http,omitempty"`
	TCP  *TCPDial `json:"tcp,omitempty"`
	GRPC *GRPC    `json:"grpc,omitempty"`
	// Sleep is a pause in seconds; only hooks have it.
	Sleep *int64 `json:"sleep,omitempty"`
}

// HTTP is a GET request.
type HTTP struct {
	// Host is the address to ask; empty is the pod's.
	Host string `json:"host,omitempty"`
	Port int32  `json:"port"`
	// Path begins with "/".
	Path string `json:"path"`
	// TLS is set for the scheme HTTPS; certificates are not checked.
	TLS     bool     `json:"tls,omitempty"`
	Headers []Header `json:"headers,omitempty"`
}

// Header is one header of a request; a name may stand several times.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// TCPDial is a connection that is opened and closed.
type TCPDial struct {
	Host string `json:"host,omitempty"`
	Port int32  `json:"port"`
}

// GRPC is a call of grpc.health.v1.Health/Check.
// See https://github.com/grpc/grpc/blob/master/doc/health-checking.md.
type GRPC struct {
	Port    int32  `json:"port"`
	Service string `json:"service,omitempty"`
}

// Lifecycle is what happens to one container besides running.
type Lifecycle struct {
	Startup   *Probe `json:"startup,omitempty"`
	Liveness  *Probe `json:"liveness,omitempty"`
	Readiness *Probe `json:"readiness,omitempty"`
	PostStart *Check `json:"postStart,omitempty"`
	PreStop   *Check `json:"preStop,omitempty"`
	// Restart replaces the pod's restart policy for this container, unless it is empty.
	Restart RestartPolicy `json:"restartPolicy,omitempty"`
	// RestartRules are asked first, in order, with the exit code.
	RestartRules []RestartRule `json:"restartRules,omitempty"`
	// MessagePath is the file in the container whose content is the reason of its end.
	MessagePath string `json:"terminationMessagePath,omitempty"`
	// MessageFromLogs takes the end of the log when that file is empty and the container failed.
	MessageFromLogs bool `json:"terminationMessageFromLogs,omitempty"`
}

// RestartRule restarts a container whose exit code is in the list, or is not in it.
type RestartRule struct {
	Codes []int32 `json:"codes"`
	NotIn bool    `json:"notIn,omitempty"`
}

// RestartOf is the restart policy of one container of the pod, as long as none of its rules says
// otherwise. A sidecar is started again under any policy of the pod.
func (p *Pod) RestartOf(u Unit) RestartPolicy {
	switch {
	case u.Role == Sidecar:
		return RestartAlways
	case u.Lifecycle.Restart != "":
		return u.Lifecycle.Restart
	}
	return p.RestartPolicy
}

// Restarts says whether the container is started again when it ends with this exit code, as long as nobody
// wants the pod to end.
func (p *Pod) Restarts(u Unit, code int) bool {
	for _, r := range u.Lifecycle.RestartRules {
		if slices.Contains(r.Codes, int32(code)) != r.NotIn {
			return true
		}
	}
	policy := p.RestartOf(u)
	return policy == RestartAlways || policy == RestartOnFailure && code != 0
}
