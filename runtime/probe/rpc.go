package probe

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// code is one of gRPC's status codes.
type code int

const (
	codeUnknown          code = 2
	codeDeadlineExceeded code = 4
	codePermissionDenied code = 7
	codeUnimplemented    code = 12
	codeInternal         code = 13
	codeUnavailable      code = 14
	codeUnauthenticated  code = 16
)

var codeNames = strings.Fields("OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied " +
	"ResourceExhausted FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated")

func (c code) String() string {
	if c >= 0 && int(c) < len(codeNames) {
		return codeNames[c]
	}
	return "Code(" + strconv.Itoa(int(c)) + ")"
}

// rpcError is a call that has failed.
type rpcError struct {
	code    code
	message string
}

func (e *rpcError) Error() string {
	return fmt.Sprintf("rpc error: code = %v desc = %s", e.code, e.message)
}

// checkHeader says whether the answer is gRPC's at all.
func checkHeader(res *http.Response) error {
	var wrong []string
	if res.StatusCode != http.StatusOK {
		wrong = append(wrong, fmt.Sprintf("unexpected HTTP status code received from server: %d (%s)", res.StatusCode, http.StatusText(res.StatusCode)))
	}
	contentType := res.Header.Get("Content-Type")
	switch rest, ok := strings.CutPrefix(contentType, "application/grpc"); {
	case contentType == "":
		wrong = append(wrong, "malformed header: missing HTTP content-type")
	case !ok || rest != "" && rest[0] != '+' && rest[0] != ';':
		wrong = append(wrong, fmt.Sprintf("transport: received unexpected content-type %q", contentType))
	}
	if wrong == nil {
		return nil
	}
	return &rpcError{codeOfHTTP(res.StatusCode), strings.Join(wrong, "; ")}
}

// codeOfHTTP is https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md.
func codeOfHTTP(status int) code {
	switch status {
	case 400:
		return codeInternal
	case 401:
		return codeUnauthenticated
	case 403:
		return codePermissionDenied
	case 404:
		return codeUnimplemented
	case 429, 502, 503, 504:
		return codeUnavailable
	}
	return codeUnknown
}

// rpcStatus is the error that the end of an answer tells of.
func rpcStatus(trailer http.Header) error {
	text := trailer.Get("Grpc-Status")
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		return &rpcError{codeInternal, "server closed the stream without sending trailers"}
	case err != nil:
		return &rpcError{codeInternal, fmt.Sprintf("transport: malformed grpc-status: %q", text)}
	case n == 0:
		return nil
	}
	message := trailer.Get("Grpc-Message")
	if plain, err := url.PathUnescape(message); err == nil { // it is percent-encoded
		message = plain
	}
	return &rpcError{code(n), message}
}
