package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// reconnect is the pause before the second connection; each further one is 1.6 times as long (gRPC's back-off, unjittered).
const reconnect = time.Second

// probeGRPC calls grpc.health.v1.Health/Check, in plain text. As gRPC's clients do, it connects again and again until
// something that speaks HTTP/2 answers, so a refused connection takes the whole time-out to be a failure.
func (t Target) probeGRPC(ctx context.Context, c plan.GRPC, timeout time.Duration) Outcome {
	addr, err := t.addr("", c.Port)
	if err != nil {
		return Outcome{Unknown, err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for pause := reconnect; ; pause = pause * 8 / 5 {
		status, err := t.checkHealth(ctx, addr, c.Service)
		if !errors.As(err, new(*notConnected)) {
			return judgeHealth(status, err, timeout)
		}
		if sleep(ctx, pause) != nil {
			return Outcome{Failure, fmt.Sprintf("timeout: failed to connect service %q within %v: %v", addr, timeout, ctx.Err())}
		}
	}
}

// judgeHealth puts what was answered into the kubelet's words.
func judgeHealth(status servingStatus, err error, timeout time.Duration) Outcome {
	var rpc *rpcError
	switch {
	case err == nil && status == serving:
		return Outcome{Success, "service healthy"}
	case err == nil:
		return Outcome{Failure, fmt.Sprintf("service unhealthy (responded with %q)", status)}
	case !errors.As(err, &rpc):
		rpc = &rpcError{codeUnavailable, err.Error()}
	}
	switch rpc.code {
	case codeUnimplemented:
		return Outcome{Failure, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " + rpc.message}
	case codeDeadlineExceeded:
		return Outcome{Failure, fmt.Sprintf("timeout: health rpc did not complete within %v", timeout)}
	}
	return Outcome{Failure, fmt.Sprintf("error: health rpc probe failed: %v", rpc)}
}

// notConnected is an error from before anything has answered in HTTP/2.
type notConnected struct{ err error }

func (e *notConnected) Error() string { return e.err.Error() }

// checkHealth makes one call on a new connection.
func (t Target) checkHealth(ctx context.Context, addr, service string) (servingStatus, error) {
	conn, err := t.dial(ctx, "tcp", addr)
	if err != nil {
		return 0, &notConnected{err}
	}
	defer conn.Close()
	watched := &http2Conn{Conn: conn}
	status, err := callHealth(ctx, watched, addr, service)
	switch {
	case err == nil || errors.As(err, new(*rpcError)):
		return status, err
	case !watched.answered():
		return 0, &notConnected{err}
	case ctx.Err() != nil:
		return 0, &rpcError{codeDeadlineExceeded, err.Error()}
	}
	return 0, err
}

func callHealth(ctx context.Context, conn net.Conn, addr, service string) (servingStatus, error) {
	transport := &http.Transport{
		// net/http makes a second connection for a retry; a broken call is the next probe's to repeat.
		DialContext:        once(conn),
		DisableCompression: true,
		Protocols:          new(http.Protocols),
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(healthRequest(ctx, addr, service))
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if err := checkHeader(res); err != nil {
		return 0, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxOutput))
	if err != nil {
		return 0, err
	}
	// A call that has no message may have its status in the only header that it sends.
	trailer := res.Trailer
	if res.Header.Get("Grpc-Status") != "" {
		trailer = res.Header
	}
	if err := rpcStatus(trailer); err != nil {
		return 0, err
	}
	return decodeHealth(body)
}

// healthRequest is the call as https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md has it.
func healthRequest(ctx context.Context, addr, service string) *http.Request {
	r := &http.Request{
		Method: http.MethodPost,
		URL:    &url.URL{Scheme: "http", Host: addr, Path: "/grpc.health.v1.Health/Check"},
		Header: http.Header{
			"Content-Type": {"application/grpc"},
			"Te":           {"trailers"},
			"User-Agent":   {"kube-probe/" + version},
		},
		Body:          io.NopCloser(bytes.NewReader(encodeHealth(service))),
		ContentLength: -1,
	}
	if deadline, ok := ctx.Deadline(); ok {
		left := max(1, time.Until(deadline).Milliseconds())
		r.Header["Grpc-Timeout"] = []string{strconv.FormatInt(min(left, 99999999), 10) + "m"} // at most 8 digits
	}
	return r.WithContext(ctx)
}

// once hands out one connection.
func once(conn net.Conn) Dial {
	left := make(chan net.Conn, 1)
	left <- conn
	return func(context.Context, string, string) (net.Conn, error) {
		select {
		case c := <-left:
			return c, nil
		default:
			return nil, net.ErrClosed
		}
	}
}
