package probe

import (
	"errors"
	"io"
	"net"
	"os"
	goruntime "runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/runtime/podman"
)

// TestPodSockets: what listens on localhost of another network is reached, and nothing of this one.
func TestPodSockets(t *testing.T) {
	inside, thread := otherNetwork(t)
	here, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := PodSockets(podman.Dialect{}, self, thread)
	defer s.Close()
	conn, err := s.Dial(t.Context(), "tcp", inside.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(conn); string(b) != "inside" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	helper := s.helper
	if _, err := s.Dial(t.Context(), "tcp", here.Addr().String()); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("a port of this network: %v", err)
	}
	if _, err := s.Dial(t.Context(), "tcp", "192.0.2.1:80"); !errors.Is(err, unix.ENETUNREACH) || s.helper != helper {
		t.Errorf("%v, or another helper was started: the network of a process is no other later", err)
	}
	gone := PodSockets(podman.Dialect{}, self, 1<<22+1) // beyond the kernel's greatest
	if _, err := gone.Dial(t.Context(), "tcp", "127.0.0.1:80"); !errors.Is(err, ErrNoHelper) {
		t.Errorf("a process that is not there: %v", err)
	}
}

// otherNetwork is a server on localhost of a network of its own, and the thread that is in there for as long as the test lasts.
func otherNetwork(t *testing.T) (l net.Listener, thread int) {
	t.Helper()
	ready, over := make(chan error), make(chan bool)
	go func() {
		goruntime.LockOSThread() // and it ends with this goroutine
		var err error
		if err = unix.Unshare(unix.CLONE_NEWNET); err == nil {
			l, err = serveInside()
		}
		thread = unix.Gettid()
		ready <- err
		<-over
	}()
	t.Cleanup(func() { close(over) })
	if err := <-ready; err != nil {
		t.Skipf("no new network namespace here: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l, thread
}

// serveInside listens in the network of the calling thread, whose loopback is down at first.
func serveInside() (net.Listener, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return nil, err
	}
	lo.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			_, _ = io.WriteString(conn, "inside")
			conn.Close()
		}
	}()
	return l, nil
}
