package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Sockets dials from inside another network namespace, through a helper process there. The helper is started when
// it is first needed, and again when it has died or its namespace seems to be no longer that of the pods.
// It sleeps while nobody dials, and ends with the process that it works for.
type Sockets struct {
	// Command runs [ServeSockets], with its standard input as the argument, in the other namespace. It returns once the
	// helper is on its own: podman would stay, in two processes, for as long as what it runs.
	Command []string
	// Fixed says that Command leads into one namespace and no other, so that no newer one is to be looked for.
	Fixed bool

	mu      sync.Mutex
	helper  *net.UnixConn
	renewed time.Time // when the helper was last taken for one of an old namespace
}

// DialCommand is the name of the command that runs [ServeSockets].
const DialCommand = "probe-dial"

// ErrNoHelper says that no helper could be started in the other namespace.
var ErrNoHelper = errors.New("no helper in the pods' network")

// Starting a helper takes podman about a quarter of a second.
const (
	startTimeout = 20 * time.Second
	// renewEvery keeps an address that nothing answers at from costing a helper each time that it is probed.
	renewEvery = time.Minute
)

// Dial connects to an address of the namespace. Names are not looked up: only addresses are the same on both sides.
func (s *Sockets) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	conn, err := s.connect(ctx, network, to)
	if unreachable(err) && !s.Fixed && s.renew() {
		return s.connect(ctx, network, to)
	}
	return conn, err
}

// Close ends the helper. The next Dial starts a new one: that is the thing to do when the pod has a new sandbox.
func (s *Sockets) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
}

// drop ends the helper. The caller has the lock.
func (s *Sockets) drop() {
	if s.helper != nil {
		s.helper.Close()
		s.helper = nil
	}
}

func (s *Sockets) connect(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	socket, err := s.wait(ctx, family(to))
	if err == nil {
		defer socket.Close()
		err = connect(ctx, socket, to)
	}
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	return net.FileConn(socket)
}

// wait gets a socket, or leaves it when there is no more time: a helper that is being started is for the next one, too.
func (s *Sockets) wait(ctx context.Context, family int) (*os.File, error) {
	type result struct {
		socket *os.File
		err    error
	}
	done := make(chan result)
	go func() {
		socket, err := s.socket(family)
		select {
		case done <- result{socket, err}:
		case <-ctx.Done():
			if err == nil {
				socket.Close()
			}
		}
	}()
	select {
	case r := <-done:
		return r.socket, r.err
	case <-ctx.Done():
		return nil, stopped(ctx)
	}
}

// unreachable says whether the error is one of a namespace that the pods have left: podman makes a new one
// after the last container of the user has ended.
func unreachable(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL) ||
		errors.Is(err, os.ErrDeadlineExceeded)
}

// renew ends the helper, unless that was done a moment ago.
func (s *Sockets) renew() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.renewed) < renewEvery {
		return false
	}
	s.drop()
	s.renewed = time.Now()
	return true
}

// socket gets an unconnected socket of the other namespace.
func (s *Sockets) socket(family int) (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.helper != nil {
		if socket, err := request(s.helper, family); err == nil || errors.As(err, new(syscall.Errno)) {
			return socket, err
		}
		s.drop() // it has died
	}
	helper, err := s.start()
	if err != nil {
		return nil, err
	}
	s.helper = helper
	return request(helper, family)
}

// start runs the command with one end of a socket pair as its standard input: the one file that is sure to get
// through podman.
func (s *Sockets) start() (*net.UnixConn, error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "helper"), os.NewFile(uintptr(fds[1]), "helper's")
	defer ours.Close()
	defer theirs.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...)
	cmd.Stdin, cmd.Stderr = theirs, &stderr
	// What podman leaves running, such as slirp4netns, may hold its standard error open.
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return nil, fmt.Errorf("%w: %w: %s", ErrNoHelper, err, bytes.TrimSpace(stderr.Bytes()))
	}
	conn, err := net.FileConn(ours)
	if err != nil {
		return nil, err
	}
	return conn.(*net.UnixConn), nil
}

// Route dials the pod's own address in one way, and all else from the host.
func Route(podIP string, inside Dial) Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(addr); err == nil && host == podIP {
			return inside(ctx, network, addr)
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}
