package probe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

func get(port int32, path string) plan.Check {
	return plan.Check{HTTP: &plan.HTTP{Port: port, Path: path}}
}

func TestHTTPStatus(t *testing.T) { // facts 10.5, 10.6
	target, port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.URL.Path[1:])
		w.WriteHeader(code)
		if code != http.StatusNotModified {
			io.WriteString(w, "body")
		}
	})
	want := map[int]Outcome{
		200: {Success, "body"}, 201: {Success, "body"}, 299: {Success, "body"},
		300: {Warning, "Probe terminated redirects, Response body: body"},
		304: {Warning, "Probe terminated redirects, Response body: "},
		399: {Warning, "Probe terminated redirects, Response body: body"},
		400: {Failure, "HTTP probe failed with statuscode: 400"},
		404: {Failure, "HTTP probe failed with statuscode: 404"},
		500: {Failure, "HTTP probe failed with statuscode: 500"},
		599: {Failure, "HTTP probe failed with statuscode: 599"},
	}
	for code, want := range want {
		if got := Run(t.Context(), get(port, "/"+strconv.Itoa(code)), target, long); got != want {
			t.Errorf("%d: %+v, want %+v", code, got, want)
		}
	}
}

func TestHTTPRedirects(t *testing.T) { // facts 10.6–10.8
	var referers []string
	hop := func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		referers = append(referers, r.Header.Get("Referer"))
		switch {
		case n > 0:
			http.Redirect(w, r, fmt.Sprintf("/hop?n=%d", n-1), http.StatusFound)
		default:
			io.WriteString(w, "arrived")
		}
	}
	var port int32
	target, port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		location := map[string]string{
			"/bad":   "/500",
			"/other": "http://elsewhere.example/",
			"/far":   fmt.Sprintf("http://127.0.0.1:%d/hop", port),
			"/local": fmt.Sprintf("http://localhost:%d/hop", port),
			"/loop":  "/loop",
		}
		switch l, ok := location[r.URL.Path]; {
		case ok:
			w.Header().Set("Location", l)
			w.WriteHeader(http.StatusFound)
			io.WriteString(w, "moved")
		case r.URL.Path == "/500":
			w.WriteHeader(500)
		case r.URL.Path == "/nowhere":
			w.WriteHeader(http.StatusFound)
			io.WriteString(w, "stay")
		default:
			hop(w, r)
		}
	})
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	for path, want := range map[string]Outcome{
		"/hop?n=9":  {Success, "arrived"},
		"/hop?n=10": {Failure, `Get "/hop?n=0": stopped after 10 redirects`},
		"/loop":     {Failure, `Get "/loop": stopped after 10 redirects`},
		"/bad":      {Failure, "HTTP probe failed with statuscode: 500"},
		"/far":      {Success, "arrived"},
		"/other":    {Warning, "Probe terminated redirects, Response body: moved"},
		"/local":    {Warning, "Probe terminated redirects, Response body: moved"}, // another name, the same host
		"/nowhere":  {Warning, "Probe terminated redirects, Response body: stay"},
	} {
		referers = nil
		if got := Run(t.Context(), get(port, path), target, long); got != want {
			t.Errorf("%s: %+v\nwant %+v", path, got, want)
		}
		if path == "/far" && !slices.Equal(referers, []string{base + "/far"}) {
			t.Errorf("Referer %q", referers)
		}
	}
}

// requests accepts connections, sends one request of each to the channel, and closes it after "200 OK".
func requests(t *testing.T) (Target, int32, chan string) {
	t.Helper()
	got := make(chan string, 1)
	target, port := listen(t, func(c net.Conn) {
		defer c.Close()
		var lines []string
		for s := bufio.NewScanner(c); s.Scan() && s.Text() != ""; {
			lines = append(lines, s.Text())
		}
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		got <- strings.Join(lines, "\n")
	})
	return target, port, got
}

func TestHTTPRequest(t *testing.T) { // facts 10.9–10.11
	target, port, got := requests(t)
	host := "Host: 127.0.0.1:" + strconv.Itoa(int(port))
	for _, test := range []struct {
		path    string
		headers []plan.Header
		want    []string
	}{
		{"/", nil, []string{"GET / HTTP/1.1", host, "User-Agent: kube-probe/1.35", "Accept: */*", "Connection: close"}},
		{"", nil, []string{"GET / HTTP/1.1", host, "User-Agent: kube-probe/1.35", "Accept: */*", "Connection: close"}},
		{"rel", nil, []string{"GET /rel HTTP/1.1", host, "User-Agent: kube-probe/1.35", "Accept: */*", "Connection: close"}},
		{"/a b?x=1&y=%20", []plan.Header{{Name: "x-one", Value: "1"}, {Name: "X-One", Value: "2"}, {Name: "Host", Value: "example.org"}},
			[]string{"GET /a%20b?x=1&y=%20 HTTP/1.1", "Host: example.org", "User-Agent: kube-probe/1.35", "Accept: */*", "X-One: 1", "X-One: 2", "Connection: close"}},
		{"/", []plan.Header{{Name: "User-Agent", Value: "me"}, {Name: "Accept", Value: "text/plain"}},
			[]string{"GET / HTTP/1.1", host, "User-Agent: me", "Accept: text/plain", "Connection: close"}},
		{"/", []plan.Header{{Name: "user-agent"}, {Name: "accept"}},
			[]string{"GET / HTTP/1.1", host, "Connection: close"}},
	} {
		o := Run(t.Context(), plan.Check{HTTP: &plan.HTTP{Port: port, Path: test.path, Headers: test.headers}}, target, long)
		if o.Verdict != Success {
			t.Errorf("%q: %+v", test.path, o)
		}
		if diff := cmp.Diff(sorted(strings.Join(test.want, "\n")), sorted(<-got)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.path, diff)
		}
	}
}

// sorted has the headers in no order of importance, since net/http has them in none.
func sorted(request string) []string {
	lines := strings.Split(request, "\n")
	slices.Sort(lines[1:])
	return lines
}

func TestHTTPHost(t *testing.T) { // fact 10.12
	_, port, got := requests(t)
	o := Run(t.Context(), plan.Check{HTTP: &plan.HTTP{Host: "127.0.0.1", Port: port, Path: "/"}}, Target{PodIP: "192.0.2.1"}, long)
	if o.Verdict != Success {
		t.Fatalf("%+v", o)
	}
	<-got
}

func TestHTTPS(t *testing.T) { // fact 10.14
	for _, http2 := range []bool{false, true} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, r.Proto)
		}))
		s.EnableHTTP2 = http2
		s.StartTLS()
		target, port := at(t, s.Listener.Addr())
		want := Outcome{Success, "HTTP/1.1"}
		if http2 {
			want.Output = "HTTP/2.0"
		}
		if o := Run(t.Context(), plan.Check{HTTP: &plan.HTTP{Port: port, Path: "/", TLS: true}}, target, long); o != want {
			t.Errorf("%+v, want %+v", o, want)
		}
		s.Close()
	}
	target, port := serve(t, func(http.ResponseWriter, *http.Request) {})
	o := Run(t.Context(), plan.Check{HTTP: &plan.HTTP{Port: port, Path: "/", TLS: true}}, target, long)
	want := fmt.Sprintf(`Get "https://127.0.0.1:%d/": http: server gave HTTP response to HTTPS client`, port)
	if o != (Outcome{Failure, want}) {
		t.Errorf("%+v\nwant %s", o, want)
	}
}

func TestHTTPTimeout(t *testing.T) { // fact 10.15
	target, port := listen(t, func(net.Conn) {})
	o := Run(t.Context(), get(port, "/slow"), target, short)
	want := fmt.Sprintf(`Get "http://127.0.0.1:%d/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, port)
	if o != (Outcome{Failure, want}) {
		t.Errorf("%+v\nwant %s", o, want)
	}
}

// An answer that begins in time, and does not end, is none.
func TestHTTPEndlessBody(t *testing.T) {
	target, port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	if o := Run(t.Context(), get(port, "/"), target, short); o.Verdict != Unknown || !strings.Contains(o.Output, "while reading body") {
		t.Errorf("%+v", o)
	}
}

func TestHTTPBodyLimit(t *testing.T) { // fact 10.29
	target, port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for range 1000 {
			if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
				return
			}
		}
	})
	if o := Run(t.Context(), get(port, "/"), target, long); o.Verdict != Success || len(o.Output) != 10240 {
		t.Errorf("%s with %d bytes", o.Verdict, len(o.Output))
	}
}

func TestHTTPRefused(t *testing.T) {
	port := closedPort(t)
	o := Run(t.Context(), get(port, "/"), Target{PodIP: "127.0.0.1"}, long)
	want := fmt.Sprintf(`Get "http://127.0.0.1:%d/": dial tcp 127.0.0.1:%d: connect: connection refused`, port, port)
	if o != (Outcome{Failure, want}) {
		t.Errorf("%+v\nwant %s", o, want)
	}
}

// The environment of the supervisor may name a proxy; a pod's address is not for it.
func TestHTTPNoProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://192.0.2.1:1")
	t.Setenv("http_proxy", "http://192.0.2.1:1")
	var dialled string
	target := Target{PodIP: "198.51.100.7"}
	direct, port, got := requests(t)
	target.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		dialled = addr
		return direct.dial(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	}
	if o := Run(t.Context(), get(80, "/"), target, long); o.Verdict != Success || dialled != "198.51.100.7:80" {
		t.Errorf("%+v at %s", o, dialled)
	}
	<-got
}
