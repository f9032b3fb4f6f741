package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
)

func TestForwardingOf(t *testing.T) {
	pod := &v1.Pod{Spec: v1.PodSpec{Containers: []v1.Container{{Ports: []v1.ContainerPort{{ContainerPort: 9}, {Name: "http", ContainerPort: 8080}}}}}}
	const bad = `is neither a port, 1–65535, nor the name of one: http`
	for word, want := range map[string]string{
		"80": "{80 80}", "81:80": "{81 80}", ":80": "{0 80}", "0:80": "{0 80}", "81:http": "{81 8080}", "http": "{8080 8080}",
		"x": `"x" ` + bad, "80:": `"80:": "" ` + bad, "0": `"0" ` + bad, "70000": `"70000" ` + bad,
		"x:80": `"x:80": "x" is not a port, 0–65535`,
	} {
		f, err := forwardingOf(word, pod)
		got := fmt.Sprint(f)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

func TestListenAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"localhost": "[127.0.0.1 ::1]", "0.0.0.0": "[0.0.0.0]", "localhost, 10.1.2.3,::1": "[127.0.0.1 ::1 10.1.2.3]",
		"example.org": `"example.org" is neither an IP address nor localhost`, "": `"" is neither an IP address nor localhost`,
	} {
		addresses, err := listenAddresses(text)
		got := fmt.Sprint(addresses)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestForward: connections get through on all addresses; one that is refused is told, and is no reason to end.
func TestForward(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for conn, err := server.Accept(); err == nil; conn, err = server.Accept() {
			io.WriteString(conn, "page")
			conn.Close()
		}
	}()
	said := make(lines, 100)
	tn := &tunnel{program: &program{stdout: said, stderr: said}}
	if tn.keeper, err = os.FindProcess(os.Getpid()); err != nil {
		t.Fatal(err)
	}
	defer tn.close()
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error)
	remote := uint16(server.Addr().(*net.TCPAddr).Port)
	go func() { done <- tn.forward(ctx, []string{"127.0.0.1", "127.0.0.2"}, []forwarding{{0, remote}}) }()

	var local int
	if _, err := fmt.Sscanf(<-said, fmt.Sprintf("Forwarding from 127.0.0.1:%%d -> %d\n", remote), &local); err != nil {
		t.Fatal(err)
	}
	said.want(t, "Forwarding from 127.0.0.2:%d -> %d\n", local, remote)
	ask := func(address, want string) {
		t.Helper()
		conn, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(local)))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if b, err := io.ReadAll(conn); string(b) != want || err != nil {
			t.Errorf("%s answers %q, %v, want %q", address, b, err, want)
		}
		said.want(t, "Handling connection for %d\n", local)
	}
	ask("127.0.0.1", "page")
	ask("127.0.0.2", "page")
	server.Close()
	for range 2 {
		ask("127.0.0.1", "")
		said.want(t, "error: an error occurred forwarding %d -> %d: dial tcp 127.0.0.1:%d: connect: connection refused\n", local, remote, remote)
	}
	cancel(commandline.Interrupted{Signal: syscall.SIGINT})
	if err := <-done; !errors.As(err, new(commandline.Interrupted)) {
		t.Errorf("ends with %v", err)
	}
	if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(local))); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
}

// TestTunnelIPv6: what listens on the IPv6 side of localhost only is reached, too.
func TestTunnelIPv6(t *testing.T) {
	server, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	defer server.Close()
	keeper, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	tn := &tunnel{keeper: keeper}
	defer tn.close()
	conn, err := tn.dial(t.Context(), uint16(server.Addr().(*net.TCPAddr).Port))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// lines are what was printed, one write each.
type lines chan string

func (l lines) Write(b []byte) (int, error) { l <- string(b); return len(b), nil }

func (l lines) want(t *testing.T, format string, args ...any) {
	t.Helper()
	select {
	case got := <-l:
		if want := fmt.Sprintf(format, args...); got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was printed")
	}
}

// TestListen: a port that another program has is an error on each address, one that the host does not have is not.
func TestListen(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	taken := uint16(other.Addr().(*net.TCPAddr).Port)
	for _, c := range []struct {
		addresses string
		local     uint16
		n         int
		want      string
	}{
		{"127.0.0.1,192.0.2.1", 0, 1, ""},
		{"192.0.2.1", 0, 0, "--address takes addresses of this host"},
		{"127.0.0.1,127.0.0.2", taken, 1, "address already in use\n  hint: name another local port, or none: :80"},
	} {
		listeners, err := listen(strings.Split(c.addresses, ","), &forwarding{c.local, 80})
		for _, l := range listeners {
			l.Close()
		}
		if len(listeners) != c.n || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d listeners, %v", c.addresses, len(listeners), err)
		}
	}
}

// TestJoin: a side that has sent all it had still gets its answer.
func TestJoin(t *testing.T) {
	client, near := pair(t)
	far, server := pair(t)
	done := make(chan bool)
	go func() { join(near, far); close(done) }()
	go func() {
		b, _ := io.ReadAll(server)
		fmt.Fprintf(server, "got %s", b)
		server.Close()
	}()
	fmt.Fprint(client, "word")
	if err := client.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(client); string(b) != "got word" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	<-done
}

// pair is a connection by its two ends.
func pair(t *testing.T) (*net.TCPConn, *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a.(*net.TCPConn), b.(*net.TCPConn)
}
