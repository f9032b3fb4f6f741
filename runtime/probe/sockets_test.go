package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestMain makes the test's own program the helper, by the words that kubehost has for it.
func TestMain(m *testing.M) {
	words := strings.Join(os.Args[1:], " ")
	var err error
	switch file, inside := strings.CutPrefix(words, DialCommand+" /proc/"); {
	case words == DialCommand:
		err = Detach(DialCommand, "serve")
	case inside:
		if err = EnterNetwork("/proc/" + file); err == nil {
			err = Detach(DialCommand, "serve")
		}
	case words == DialCommand+" serve":
		err = ServeSockets(os.Stdin)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sockets(t testing.TB, before ...string) *Sockets {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &Sockets{Command: append(before, self, DialCommand)}
	t.Cleanup(s.Close)
	return s
}

func TestSockets(t *testing.T) {
	s := sockets(t)
	target, port := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RemoteAddr) })
	target.Dial = s.Dial
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if o := Run(t.Context(), get(port, "/"), target, long); o.Verdict != Success {
				t.Errorf("%+v", o)
			}
		})
	}
	wg.Wait()
	conn, err := s.Dial(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	if err != nil {
		t.Fatal(err)
	}
	if got := conn.RemoteAddr().String(); got != "127.0.0.1:"+strconv.Itoa(int(port)) {
		t.Errorf("remote address %s", got)
	}
	conn.Close()
}

// The errors are those of net's own dialling, word for word.
func TestSocketsErrors(t *testing.T) {
	s := sockets(t)
	for _, addr := range []string{
		"127.0.0.1:" + strconv.Itoa(int(closedPort(t))),
		"[::1]:" + strconv.Itoa(int(closedPort(t))),
		"255.255.255.255:80",
	} {
		_, want := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
		_, got := s.Dial(t.Context(), "tcp", addr)
		if got == nil || want == nil || got.Error() != want.Error() {
			t.Errorf("%s: %v, want %v", addr, got, want)
		}
	}
	if _, err := s.Dial(t.Context(), "tcp", "localhost:80"); err == nil {
		t.Error("a name was looked up")
	}
}

// full is a port whose queue of connections is full, so that one more has to wait.
func full(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := "127.0.0.1:" + strconv.Itoa(name.(*syscall.SockaddrInet4).Port)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return addr
}

func TestSocketsTimeout(t *testing.T) {
	s, addr := sockets(t), full(t)
	if c, err := s.Dial(t.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(int(closedPort(t)))); err == nil { // starts the helper
		c.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	if _, err := s.Dial(ctx, "tcp", addr); err == nil || err.Error() != "dial tcp "+addr+": i/o timeout" {
		t.Errorf("time-out: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(short, cancel)
	if _, err := s.Dial(ctx, "tcp", addr); err == nil || err.Error() != "dial tcp "+addr+": operation was canceled" {
		t.Errorf("cancelled: %v", err)
	}
}

// A helper that has died is replaced.
func TestSocketsRestart(t *testing.T) {
	s := sockets(t)
	target, port := listen(t, func(c net.Conn) { c.Close() })
	target.Dial = s.Dial
	check := plan.Check{TCP: &plan.TCPDial{Port: port}}
	var pids []int
	for range 2 {
		if o := Run(t.Context(), check, target, long); o.Verdict != Success {
			t.Fatalf("%+v", o)
		}
		pid := helperOf(t, pids)
		pids = append(pids, pid)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
}

// The helper ends with the one that it works for.
func TestSocketsClose(t *testing.T) {
	s := sockets(t)
	target, port := listen(t, func(c net.Conn) { c.Close() })
	target.Dial = s.Dial
	if o := Run(t.Context(), plan.Check{TCP: &plan.TCPDial{Port: port}}, target, long); o.Verdict != Success {
		t.Fatalf("%+v", o)
	}
	pid := helperOf(t, nil)
	s.Close()
	eventually(t, "the helper ends", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
}

// helperOf is a process that serves sockets and is none of these.
func helperOf(t *testing.T, known []int) int {
	t.Helper()
	self, _ := os.Executable()
	pid := 0
	eventually(t, "there is a helper", func() bool {
		all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, file := range all {
			b, _ := os.ReadFile(file)
			words := strings.Split(string(b), "\x00")
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			exe, _ := os.Readlink(filepath.Join(filepath.Dir(file), "exe"))
			if len(words) > 2 && words[1] == DialCommand && words[2] == "serve" && exe == self && !slices.Contains(known, n) {
				pid = n
			}
		}
		return pid != 0
	})
	return pid
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(long); !f(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", long, what)
		}
	}
}

// In another namespace nothing of this one is there. The helper is tried anew once, not each time.
func TestSocketsNamespace(t *testing.T) {
	if out, err := exec.Command("unshare", "--net", "true").CombinedOutput(); err != nil && os.Getenv("CI") != "" {
		t.Fatalf("no new network namespace here: %s", out)
	} else if err != nil {
		t.Skipf("no new network namespace here: %s", out)
	}
	s := sockets(t, "unshare", "--net")
	target, port := listen(t, func(c net.Conn) { c.Close() })
	check := plan.Check{TCP: &plan.TCPDial{Port: port}}
	target.Dial = s.Dial
	want := Outcome{Failure, fmt.Sprintf("dial tcp 127.0.0.1:%d: connect: network is unreachable", port)}
	for range 2 {
		if o := Run(t.Context(), check, target, long); o != want {
			t.Errorf("%+v\nwant %+v", o, want)
		}
	}
	s.mu.Lock()
	helper := s.helper
	s.renewed = s.renewed.Add(-renewEvery)
	s.mu.Unlock()
	if o := Run(t.Context(), check, target, long); o != want {
		t.Errorf("%+v\nwant %+v", o, want)
	}
	if helper == s.helper {
		t.Error("the helper is still the old one")
	}
	target.Dial = Route("192.0.2.1", s.Dial)
	if o := Run(t.Context(), check, target, long); o.Verdict != Success {
		t.Errorf("another address than the pod's: %+v", o)
	}
	target.Dial = Route("127.0.0.1", s.Dial)
	if o := Run(t.Context(), check, target, long); o != want {
		t.Errorf("the pod's address: %+v\nwant %+v", o, want)
	}
}

func TestSocketsNoHelper(t *testing.T) {
	for _, test := range []struct {
		command []string
		want    string
	}{
		{[]string{"/nonexistent"}, "no helper in the pods' network: fork/exec /nonexistent: no such file or directory"},
		{[]string{"sh", "-c", "echo no namespace >&2; exit 3"}, "no helper in the pods' network: exit status 3: no namespace"},
		{[]string{"true"}, "the helper in the pods' network does not answer"},
	} {
		s := &Sockets{Command: test.command}
		if _, err := s.Dial(t.Context(), "tcp", "127.0.0.1:80"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v", test.command, err)
		}
	}
}
