package probe

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// long is a time-out that no test is to reach, short one that a test waits for.
const (
	long  = 10 * time.Second
	short = 50 * time.Millisecond
)

// serve starts a server and returns the target that is it, and its port.
func serve(t testing.TB, h http.HandlerFunc) (Target, int32) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return at(t, s.Listener.Addr())
}

func at(t testing.TB, addr net.Addr) (Target, int32) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return Target{PodIP: host}, int32(n)
}

// closedPort is a port that nothing listens on.
func closedPort(t testing.TB) int32 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port := at(t, l.Addr())
	l.Close()
	return port
}

// listen accepts connections and gives each to the function.
func listen(t testing.TB, f func(net.Conn)) (Target, int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go f(conn)
		}
	}()
	return at(t, l.Addr())
}

// With no way to ask there is no verdict.
func TestUnknown(t *testing.T) {
	none := Target{}
	for name, c := range map[string]plan.Check{
		"nothing":            {},
		"a sleep":            {Sleep: new(int64)},
		"http, no address":   {HTTP: &plan.HTTP{Port: 80, Path: "/"}},
		"tcp, no address":    {TCP: &plan.TCPDial{Port: 80}},
		"grpc, no address":   {GRPC: &plan.GRPC{Port: 80}},
		"http, no such host": {HTTP: &plan.HTTP{Host: "a b", Port: 80, Path: "/"}},
	} {
		if o := Run(t.Context(), c, none, long); o.Verdict != Unknown || o.Output == "" {
			t.Errorf("%s: %+v, want it unknown, with a reason", name, o)
		}
	}
}

// A probe that kubehost itself breaks off says nothing about the container.
func TestCancelled(t *testing.T) {
	for name, check := range map[string]func(port int32) plan.Check{
		"http": func(port int32) plan.Check { return plan.Check{HTTP: &plan.HTTP{Port: port, Path: "/"}} },
		"grpc": func(port int32) plan.Check { return plan.Check{GRPC: &plan.GRPC{Port: port}} },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		target, port := listen(t, func(net.Conn) { cancel() })
		if o := Run(ctx, check(port), target, long); o.Verdict != Unknown {
			t.Errorf("%s: %+v, want it unknown", name, o)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	target, port := listen(t, func(net.Conn) {})
	if o := Run(ctx, plan.Check{TCP: &plan.TCPDial{Port: port}}, target, long); o.Verdict != Unknown {
		t.Errorf("tcp: %+v, want it unknown", o)
	}
}

func TestTCP(t *testing.T) { // fact 10.17
	sent := make(chan int, 1)
	target, port := listen(t, func(c net.Conn) {
		n, _ := c.Read(make([]byte, 1))
		sent <- n
		c.Close()
	})
	if o := Run(t.Context(), plan.Check{TCP: &plan.TCPDial{Port: port}}, target, long); o != (Outcome{Verdict: Success}) {
		t.Errorf("open port: %+v", o)
	}
	if n := <-sent; n != 0 {
		t.Error("the probe has sent something")
	}
	closed := closedPort(t)
	o := Run(t.Context(), plan.Check{TCP: &plan.TCPDial{Host: "127.0.0.1", Port: closed}}, Target{}, long)
	want := Outcome{Failure, "dial tcp 127.0.0.1:" + strconv.Itoa(int(closed)) + ": connect: connection refused"}
	if o != want {
		t.Errorf("closed port: %+v\nwant %+v", o, want)
	}
}

// What a dialler returns when nobody answers is the kubelet's text, too.
func TestTCPTimeout(t *testing.T) {
	target := Target{PodIP: "192.0.2.1", Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: network, Addr: &net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: 80}, Err: stopped(ctx)}
	}}
	o := Run(t.Context(), plan.Check{TCP: &plan.TCPDial{Port: 80}}, target, short)
	if want := (Outcome{Failure, "dial tcp 192.0.2.1:80: i/o timeout"}); o != want {
		t.Errorf("%+v\nwant %+v", o, want)
	}
}
