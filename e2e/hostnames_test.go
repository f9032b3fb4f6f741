package e2e

import (
	"fmt"
	"net"
	"os"
)

// outsideAddr is the host's address that is not loopback, where names.service listens: name servers on loopback are not for
// containers.
const outsideAddr = "198.51.100.2"

const namesRole = "host-names"

// namesUnit runs this binary, which is the agent's, too.
const namesUnit = `[Unit]
Description=Name server of the end-to-end tests

[Service]
ExecStart=/usr/local/lib/kubehost-e2e/agent ` + namesRole + `
`

// namesMain is the host's name server, where this process is that of names.service. It knows no name. Without it there was no answer,
// for which resolvers wait, and some ask nothing more.
func namesMain() {
	if len(os.Args) < 2 || os.Args[1] != namesRole {
		return
	}
	fmt.Fprintln(os.Stderr, serveNames())
	os.Exit(1)
}

func serveNames() error {
	conn, err := net.ListenPacket("udp", net.JoinHostPort(outsideAddr, "53"))
	if err != nil {
		return err
	}
	for buf := make([]byte, 4096); ; {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if n < 12 {
			continue // no header
		}
		// RFC 1035, 4.1.1: the question is the answer, with the bit of answers, recursion available, and the code of no such name.
		buf[2] |= 0x80
		buf[3] = 0x80 | 3
		if _, err := conn.WriteTo(buf[:n], from); err != nil {
			return err
		}
	}
}
