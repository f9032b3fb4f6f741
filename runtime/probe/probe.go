package probe

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// version is the Kubernetes release whose kubelet is imitated; servers see it in User-Agent.
const version = "1.35"

// maxOutput bounds what is kept of an answer, in bytes.
const maxOutput = 10 << 10

// Verdict is what an answer means.
type Verdict string

// The verdicts.
const (
	Success Verdict = "success"
	// Warning is a success with something to tell: a redirect that was not followed.
	Warning Verdict = "warning"
	Failure Verdict = "failure"
	// Unknown is no answer of the container at all: it changes no count.
	Unknown Verdict = "unknown"
)

// Outcome is the verdict, with the answer or what was wrong with it, at most 10 KiB.
type Outcome struct {
	Verdict Verdict
	Output  string
}

// Dial opens a connection, as [net.Dialer.DialContext] does.
type Dial func(ctx context.Context, network, addr string) (net.Conn, error)

// Target is the container that is asked.
type Target struct {
	// PodIP is the pod's address; checks that name a host do without.
	PodIP string
	// Container is the runtime's name or ID of the container.
	Container string
	Exec      Exec
	// Dial is the host's own dialling when nil.
	Dial Dial
}

// Run asks once, for a probe. It returns when there is an answer, when the time-out is over, or when ctx is done: then
// the verdict is Unknown.
func Run(ctx context.Context, c plan.Check, t Target, timeout time.Duration) Outcome {
	o := run(ctx, c, t, timeout)
	if err := context.Cause(ctx); err != nil && o.Verdict == Failure {
		return Outcome{Unknown, err.Error()}
	}
	if len(o.Output) > maxOutput {
		o.Output = o.Output[:maxOutput]
	}
	return o
}

func run(ctx context.Context, c plan.Check, t Target, timeout time.Duration) Outcome {
	switch {
	case c.Exec != nil:
		return t.probeExec(ctx, c.Exec, timeout)
	case c.HTTP != nil:
		return t.probeHTTP(ctx, *c.HTTP, timeout)
	case c.TCP != nil:
		return t.probeTCP(ctx, *c.TCP, timeout)
	case c.GRPC != nil:
		return t.probeGRPC(ctx, *c.GRPC, timeout)
	}
	return Outcome{Unknown, "this is no check that a probe can make"}
}

// dial opens a connection in the target's way.
func (t Target) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if t.Dial != nil {
		return t.Dial(ctx, network, addr)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// errNoAddress stands where dialling "" would reach the host itself.
var errNoAddress = errors.New("the pod has no address yet")

// addr is where a check goes: to the pod, unless it names a host.
func (t Target) addr(host string, port int32) (string, error) {
	if host == "" {
		host = t.PodIP
	}
	if host == "" {
		return "", errNoAddress
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port))), nil
}
