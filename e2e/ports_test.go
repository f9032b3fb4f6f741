package e2e

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The kernel takes the ports of outgoing connections from 32768 upwards, so a port
// below that is not taken between being found free and being published.
const firstPort, lastPort = 20000, 32000

var ports = struct {
	sync.Mutex
	next int
}{next: firstPort + rand.IntN(lastPort-firstPort)}

// freePort returns a port that no other script gets.
func freePort() int {
	ports.Lock()
	defer ports.Unlock()
	for {
		p := ports.next
		if ports.next++; ports.next > lastPort {
			ports.next = firstPort
		}
		if l, err := net.Listen("tcp", fmt.Sprintf(":%d", p)); err == nil {
			_ = l.Close()
			return p
		}
	}
}

// listeners returns the local addresses on which a TCP port is listened on in this network
// namespace, sorted.
func listeners(port int) ([]string, error) {
	var found []string
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if os.IsNotExist(err) { // no IPv6
			continue
		}
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			if len(f) < 4 || f[3] != "0A" { // TCP_LISTEN
				continue
			}
			addr, ok := parseSocket(f[1])
			if ok && int(addr.Port()) == port {
				found = append(found, addr.Addr().String())
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// parseSocket reads "0100007F:1F90": 32-bit words in the host's byte order, here little endian.
func parseSocket(s string) (netip.AddrPort, bool) {
	host, port, ok := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	p, err2 := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil || err2 != nil {
		return netip.AddrPort{}, false
	}
	for i := 0; i+4 <= len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	addr, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(addr.Unmap(), uint16(p)), ok
}
