package probe

import (
	"encoding/binary"
	"strconv"
)

// This file holds the two messages of https://github.com/grpc/grpc/blob/master/doc/health-checking.md,
//
//	message HealthCheckRequest { string service = 1; }
//	message HealthCheckResponse { ServingStatus status = 1; }
//
// and what gRPC puts around them.

// servingStatus is the enum of the answer.
type servingStatus int32

const serving servingStatus = 1

func (s servingStatus) String() string {
	if names := []string{"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}; s >= 0 && int(s) < len(names) {
		return names[s]
	}
	return strconv.Itoa(int(s))
}

// The first byte of a field: its number, 1, shifted by 3, and how it is coded.
const (
	fieldStatus  = 1<<3 | 0 // a varint
	fieldService = 1<<3 | 2 // a length, then bytes
)

// prefix is before each message: one byte that says whether it is compressed, and its length.
const prefix = 5

// encodeHealth makes the request's body.
func encodeHealth(service string) []byte {
	b := make([]byte, prefix, prefix+1+binary.MaxVarintLen64+len(service))
	if service != "" { // an empty string is the default, which is not sent
		b = append(b, fieldService)
		b = binary.AppendUvarint(b, uint64(len(service)))
		b = append(b, service...)
	}
	binary.BigEndian.PutUint32(b[1:], uint32(len(b)-prefix))
	return b
}

// decodeHealth reads the answer's body.
func decodeHealth(b []byte) (servingStatus, error) {
	if len(b) < prefix {
		return 0, &rpcError{codeInternal, "the answer has no message"}
	}
	if b[0] != 0 { // it was not asked to
		return 0, &rpcError{codeInternal, "the answer is compressed"}
	}
	m := b[prefix:]
	if uint64(len(m)) != uint64(binary.BigEndian.Uint32(b[1:])) {
		return 0, &rpcError{codeInternal, "the answer is not one message"}
	}
	var status servingStatus
	for len(m) > 0 {
		key, value, rest, ok := field(m)
		if !ok {
			return 0, &rpcError{codeInternal, "the answer is no HealthCheckResponse"}
		}
		if key == fieldStatus {
			status = servingStatus(value)
		}
		m = rest
	}
	return status, nil
}

// field takes the first field off a message. The value is that of a varint; other fields are passed over, as
// protobuf asks of a reader that is older than its writer.
func field(m []byte) (key, value uint64, rest []byte, ok bool) {
	key, n := binary.Uvarint(m)
	if n <= 0 {
		return 0, 0, nil, false
	}
	m = m[n:]
	skip := uint64(0)
	switch key & 7 {
	case 0:
		value, n = binary.Uvarint(m)
	case 1:
		n, skip = 0, 8
	case 2:
		skip, n = binary.Uvarint(m)
		if n == 0 {
			n = -1
		}
	case 5:
		n, skip = 0, 4
	default:
		return 0, 0, nil, false
	}
	if n < 0 || key&7 == 0 && n == 0 || skip > uint64(len(m)-n) {
		return 0, 0, nil, false
	}
	return key, value, m[uint64(n)+skip:], true
}
