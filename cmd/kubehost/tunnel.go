package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime/probe"
	"github.com/kubehost/kubehost/translate/plan"
)

// tunnel leads into the network of a pod, and of the one of that name that comes after it.
type tunnel struct {
	*program
	engines  *engines.Finder
	settings settings.Settings
	ref      plan.Ref

	out sync.Mutex // orders the lines on standard output

	mu sync.Mutex
	// keeper is the process whose network is the pod's; nil before there was one.
	keeper *os.Process
	// sockets are those of the pod's network; nil when that is the host's.
	sockets *probe.Sockets
	// ip is where the host reaches the pod.
	ip string
}

// dialLimit is the longest that a connection into the pod may take.
const dialLimit = 30 * time.Second

// errNotRunning is kubectl's sentence about a pod in a status.
type errNotRunning struct {
	status string
	// comes says that the pod is being started.
	comes bool
}

func (e *errNotRunning) Error() string {
	return "unable to forward port because pod is not running. Current status=" + e.status
}

// pollEnter is how often a pod that is being started is looked at. A look costs a process of the runtime.
const pollEnter = 500 * time.Millisecond

// await finds the way into the pod, and waits for one that is being started. A look that has begun comes to its end.
func (t *tunnel) await(ctx context.Context, patience time.Duration) (*v1.Pod, error) {
	enough := time.NewTimer(patience)
	defer enough.Stop()
	tick := time.NewTicker(pollEnter)
	defer tick.Stop()
	for {
		pod, err := t.enter(ctx)
		var not *errNotRunning
		if !errors.As(err, &not) {
			return pod, err
		}
		if not.comes {
			select {
			case <-tick.C:
				continue
			case <-enough.C:
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		}
		return nil, fmt.Errorf("%w\n  hint: \"kubehost describe pod %s\" tells what it does", not, t.ref.Name)
	}
}

// enter finds the way into the pod as it is now.
func (t *tunnel) enter(ctx context.Context) (*v1.Pod, error) {
	v, err := view.One(ctx, t.engines, t.ref)
	if err != nil {
		return nil, err
	}
	pod, err := v.Object()
	if err != nil {
		return nil, err
	}
	infra := v.Infra()
	if pod.Status.Phase != v1.PodRunning || infra == nil || v.Details[infra.ID].Pid == 0 {
		return nil, &errNotRunning{view.Summarize(pod).Reason, pod.Status.Phase == v1.PodPending && pod.Status.Reason == ""}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	t.close()
	pid := v.Details[infra.ID].Pid
	if t.keeper, err = os.FindProcess(pid); err != nil {
		return nil, err
	}
	t.ip = v.IP()
	if !v.HostNetwork() {
		t.sockets = probe.PodSockets(v.Engine.Dialect, self, pid)
	}
	return pod, nil
}

func (t *tunnel) close() {
	if t.sockets != nil {
		t.sockets.Close()
		t.sockets = nil
	}
	if t.keeper != nil {
		_ = t.keeper.Release()
		t.keeper = nil
	}
}

// way is how the pod is reached now. Whether it is still the same pod costs nothing to see: the handle of a process does not
// become that of another.
func (t *tunnel) way(ctx context.Context) (sockets *probe.Sockets, ip string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keeper == nil || errors.Is(t.keeper.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		if _, err := t.enter(ctx); err != nil {
			return nil, "", err
		}
	}
	return t.sockets, t.ip, nil
}

// dial connects to a port of the pod's localhost, of IPv4 or of IPv6. Who may not enter the pod's network, such as a user
// of root's docker, reaches it by its address.
func (t *tunnel) dial(ctx context.Context, port uint16) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	sockets, ip, err := t.way(ctx)
	if err != nil {
		return nil, err
	}
	at := func(ip string) string { return net.JoinHostPort(ip, strconv.Itoa(int(port))) }
	dial := new(net.Dialer).DialContext
	if sockets != nil {
		dial = sockets.Dial
	}
	conn, err := dial(ctx, "tcp", at("127.0.0.1"))
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		if conn, err := dial(ctx, "tcp", at("::1")); err == nil {
			return conn, nil
		}
	case errors.Is(err, probe.ErrNoHelper) && ip != "":
		if conn, err = new(net.Dialer).DialContext(ctx, "tcp", at(ip)); err != nil {
			err = fmt.Errorf("%w: only root reaches what listens on the pod's localhost", err)
		}
	}
	return conn, err
}

// say prints a line.
func (t *tunnel) say(format string, args ...any) {
	t.out.Lock()
	defer t.out.Unlock()
	fmt.Fprintf(t.stdout, format+"\n", args...)
}

// serve takes connections until the listener is closed, or says why it cannot go on. What becomes of one connection
// is no error of the others.
func (t *tunnel) serve(ctx context.Context, open *sync.WaitGroup, l net.Listener, f forwarding) error {
	for {
		local, err := l.Accept()
		if err != nil {
			return err
		}
		t.say("Handling connection for %d", f.local)
		open.Go(func() {
			defer local.Close()
			defer context.AfterFunc(ctx, func() { local.Close() })()
			remote, err := t.dial(ctx, f.remote)
			if err != nil {
				if ctx.Err() == nil {
					t.note("error: an error occurred forwarding %d -> %d: %v", f.local, f.remote, err)
				}
				return
			}
			defer remote.Close()
			defer context.AfterFunc(ctx, func() { remote.Close() })()
			join(local, remote)
		})
	}
}

// join copies both ways. The end of what one side sends is passed on, and the other may still answer.
func join(a, b net.Conn) {
	var both sync.WaitGroup
	for _, pair := range [][2]net.Conn{{a, b}, {b, a}} {
		both.Go(func() {
			_, err := io.Copy(pair[0], pair[1])
			if half, ok := pair[0].(interface{ CloseWrite() error }); ok && err == nil {
				_ = half.CloseWrite()
				return
			}
			a.Close()
			b.Close()
		})
	}
	both.Wait()
}
