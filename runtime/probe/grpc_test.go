package probe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// serveHTTP2 is a server that speaks HTTP/2 in plain text, as gRPC's servers do.
func serveHTTP2(t testing.TB, h http.HandlerFunc) (Target, int32) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	return at(t, s.Listener.Addr())
}

// reply is a handler that ends a call in gRPC's way.
func reply(body, status, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/grpc+proto")
		io.WriteString(w, body)
		if status != "" {
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", status)
			w.Header().Set(http.TrailerPrefix+"Grpc-Message", message)
		}
	}
}

// only is a call that has its status in the only header that it sends.
func only(status, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", status)
		w.Header().Set("Grpc-Message", message)
	}
}

func TestGRPCRequest(t *testing.T) { // fact 10.18
	var got []string
	target, port := serveHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, fmt.Sprintf("%s %s %s %q", r.Method, r.URL.Path, r.Proto, body))
		for _, name := range []string{"Content-Type", "Te", "User-Agent", "Accept-Encoding", "Content-Length"} {
			if v := r.Header.Get(name); v != "" {
				got = append(got, name+": "+v)
			}
		}
		if timeout := r.Header.Get("Grpc-Timeout"); !regexp.MustCompile(`^(9\d{3}|10000)m$`).MatchString(timeout) {
			t.Errorf("grpc-timeout %q of 10s", timeout)
		}
		reply("\x00\x00\x00\x00\x02\x08\x01", "0", "")(w, r)
	})
	o := Run(t.Context(), plan.Check{GRPC: &plan.GRPC{Port: port, Service: "db"}}, target, long)
	if want := (Outcome{Success, "service healthy"}); o != want {
		t.Errorf("%+v, want %+v", o, want)
	}
	want := []string{
		`POST /grpc.health.v1.Health/Check HTTP/2.0 "\x00\x00\x00\x00\x04\n\x02db"`,
		"Content-Type: application/grpc", "Te: trailers", "User-Agent: kube-probe/1.35",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestGRPCAnswers(t *testing.T) { // fact 10.18
	const failed = "error: health rpc probe failed: rpc error: code = "
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"not serving", reply("\x00\x00\x00\x00\x02\x08\x02", "0", ""), `service unhealthy (responded with "NOT_SERVING")`},
		{"no status", reply("\x00\x00\x00\x00\x00", "0", ""), `service unhealthy (responded with "UNKNOWN")`},
		{"unknown service", only("5", "unknown%20service"), failed + "NotFound desc = unknown service"},
		{"status behind", reply("", "7", "no 100% r"), failed + "PermissionDenied desc = no 100% r"},
		{"unimplemented", only("12", "unknown service grpc.health.v1.Health"),
			"error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health"},
		{"too slow for itself", only("4", ""), "timeout: health rpc did not complete within 10s"},
		{"new code", only("77", "x"), failed + "Code(77) desc = x"},
		{"no number", only("x", ""), failed + `Internal desc = transport: malformed grpc-status: "x"`},
		{"no trailers", reply("\x00\x00\x00\x00\x02\x08\x01", "", ""), failed + "Internal desc = server closed the stream without sending trailers"},
		{"a web server", http.NotFound, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " +
			`unexpected HTTP status code received from server: 404 (Not Found); transport: received unexpected content-type "text/plain; charset=utf-8"`},
		{"a kind web server", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hi") },
			failed + `Unknown desc = transport: received unexpected content-type "text/plain; charset=utf-8"`},
		{"a proxy", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) },
			failed + "Unavailable desc = unexpected HTTP status code received from server: 503 (Service Unavailable); malformed header: missing HTTP content-type"},
	} {
		target, port := serveHTTP2(t, test.answer)
		o := Run(t.Context(), plan.Check{GRPC: &plan.GRPC{Port: port}}, target, long)
		if want := (Outcome{Failure, test.want}); o != want {
			t.Errorf("%s:\n got %+v\nwant %+v", test.name, o, want)
		}
	}
}

func TestGRPCTimeout(t *testing.T) {
	target, port := serveHTTP2(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	o := Run(t.Context(), plan.Check{GRPC: &plan.GRPC{Port: port}}, target, short)
	if want := (Outcome{Failure, "timeout: health rpc did not complete within 50ms"}); o != want {
		t.Errorf("%+v\nwant %+v", o, want)
	}
}

// A server that ends the connection in a call has spoken gRPC all the same: it is not called again.
func TestGRPCCutOff(t *testing.T) {
	calls := 0
	target, port := serveHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		w.Header().Set("Content-Type", "application/grpc")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	o := Run(t.Context(), plan.Check{GRPC: &plan.GRPC{Port: port}}, target, long)
	if o.Verdict != Failure || !regexp.MustCompile("^error: health rpc probe failed: rpc error: code = Unavailable desc = ").MatchString(o.Output) || calls != 1 {
		t.Errorf("%+v after %d calls", o, calls)
	}
}

func TestGRPCNotConnected(t *testing.T) { // fact 10.18
	for name, f := range map[string]func(net.Conn){
		"silent":   func(net.Conn) {},
		"hangs up": func(c net.Conn) { c.Close() },
		"HTTP/1.1": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			c.Close()
		},
	} {
		target, port := listen(t, f)
		o := Run(t.Context(), plan.Check{GRPC: &plan.GRPC{Port: port}}, target, short)
		want := Outcome{Failure, fmt.Sprintf(`timeout: failed to connect service "127.0.0.1:%d" within 50ms: context deadline exceeded`, port)}
		if o != want {
			t.Errorf("%s: %+v\nwant %+v", name, o, want)
		}
	}
}

// As gRPC's own clients, the probe waits for a server that is late.
func TestGRPCReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		target := Target{PodIP: "192.0.2.1", Dial: func(context.Context, string, string) (net.Conn, error) {
			at = append(at, time.Since(start))
			return nil, &net.OpError{Op: "dial", Err: net.ErrClosed}
		}}
		o := Run(t.Context(), plan.Check{GRPC: &plan.GRPC{Port: 1}}, target, 5*time.Second)
		want := Outcome{Failure, `timeout: failed to connect service "192.0.2.1:1" within 5s: context deadline exceeded`}
		if o != want || time.Since(start) != 5*time.Second {
			t.Errorf("%+v after %v", o, time.Since(start))
		}
		if diff := cmp.Diff([]time.Duration{0, time.Second, 2600 * time.Millisecond}, at); diff != "" {
			t.Errorf("connections (-want +got):\n%s", diff)
		}
	})
}
