package probe

import (
	"bytes"
	"strings"
	"testing"
)

// The bytes are those of protobuf's encoding guide (https://protobuf.dev/programming-guides/encoding/), after gRPC's
// 5 bytes of Length-Prefixed-Message. The real library makes and reads the same ones.
func TestEncodeHealth(t *testing.T) {
	for service, want := range map[string]string{
		"":                       "\x00\x00\x00\x00\x00",
		"db":                     "\x00\x00\x00\x00\x04\x0a\x02db",
		strings.Repeat("s", 200): "\x00\x00\x00\x00\xcb\x0a\xc8\x01" + strings.Repeat("s", 200),
	} {
		if got := encodeHealth(service); !bytes.Equal(got, []byte(want)) {
			t.Errorf("%q: %q, want %q", service, got, want)
		}
	}
}

func TestDecodeHealth(t *testing.T) {
	for body, want := range map[string]string{
		"\x00\x00\x00\x00\x02\x08\x01":         "SERVING",
		"\x00\x00\x00\x00\x00":                 "UNKNOWN", // the default is not sent
		"\x00\x00\x00\x00\x02\x08\x02":         "NOT_SERVING",
		"\x00\x00\x00\x00\x02\x08\x03":         "SERVICE_UNKNOWN",
		"\x00\x00\x00\x00\x02\x08\x07":         "7",
		"\x00\x00\x00\x00\x04\x08\x02\x08\x01": "SERVING", // the last one counts
		// Fields of a later version of the message, of each kind.
		"\x00\x00\x00\x00\x1b\x10\x96\x01\x19........\x22\x03abc\x2d....\x08\x01\x80\x01\x05": "SERVING",
		"":                             "error: rpc error: code = Internal desc = the answer has no message",
		"\x01\x00\x00\x00\x02\x08\x01": "error: rpc error: code = Internal desc = the answer is compressed",
		"\x00\x00\x00\x00\x03\x08\x01": "error: rpc error: code = Internal desc = the answer is not one message",
		"\x00\x00\x00\x00\x01\x08":     "error: rpc error: code = Internal desc = the answer is no HealthCheckResponse",
		"\x00\x00\x00\x00\x02\x12\x05": "error: rpc error: code = Internal desc = the answer is no HealthCheckResponse",
		"\x00\x00\x00\x00\x02\x0b\x01": "error: rpc error: code = Internal desc = the answer is no HealthCheckResponse",
	} {
		status, err := decodeHealth([]byte(body))
		got := status.String()
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
}

func FuzzDecodeHealth(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x02\x08\x01"))
	f.Add([]byte("\x00\x00\x00\x00\x0b\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = decodeHealth(b) })
}
