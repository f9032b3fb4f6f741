package runtime

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestFreePorts(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	taken := int32(tcp.Addr().(*net.TCPAddr).Port)
	me := fmt.Sprintf("(process %d)", os.Getpid())
	for _, test := range []struct {
		name string
		port plan.Port
		want []string // parts of the error; none is a free port
	}{
		{"taken", plan.Port{HostIP: "127.0.0.1", HostPort: taken, Protocol: plan.TCP}, []string{"127.0.0.1:", "/tcp is taken by ", me}},
		{"taken at one address", plan.Port{HostIP: "0.0.0.0", HostPort: taken, Protocol: plan.TCP}, []string{"is taken by", me}},
		{"taken for TCP", plan.Port{HostIP: "127.0.0.1", HostPort: taken, Protocol: plan.UDP}, nil},
		{"taken for UDP", plan.Port{HostIP: "127.0.0.1", HostPort: int32(udp.LocalAddr().(*net.UDPAddr).Port), Protocol: plan.UDP}, []string{"/udp is taken by", me}},
		{"at another address", plan.Port{HostIP: "127.0.0.2", HostPort: taken, Protocol: plan.TCP}, nil},
		{"no address of this host", plan.Port{HostIP: "192.0.2.7", HostPort: taken, Protocol: plan.TCP}, []string{"this host has no address 192.0.2.7"}},
		{"SCTP without a runtime for it", plan.Port{HostIP: "127.0.0.1", HostPort: taken, Protocol: plan.SCTP}, []string{"/sctp: this runtime publishes no SCTP"}},
		{"IPv6 without a network for it", plan.Port{HostIP: "::1", HostPort: taken, Protocol: plan.TCP}, []string{"by IPv6 only where"}},
	} {
		err := freePorts{ports: []plan.Port{test.port}}.Do()
		if (err == nil) != (test.want == nil) {
			t.Errorf("%s: %v", test.name, err)
		}
		for _, part := range test.want {
			if err != nil && !strings.Contains(err.Error(), part) {
				t.Errorf("%s: no %q in %v", test.name, part, err)
			}
		}
	}
}
