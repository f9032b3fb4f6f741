package probe

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

func bench(b *testing.B, c plan.Check, t Target) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if o := Run(b.Context(), c, t, long); o.Verdict != Success {
			b.Fatalf("%+v", o)
		}
	}
}

// The servers are in this process, and their work is counted, too.

func BenchmarkHTTP(b *testing.B) {
	target, port := serve(b, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	bench(b, get(port, "/"), target)
}

func BenchmarkTCP(b *testing.B) {
	target, port := listen(b, func(c net.Conn) { c.Close() })
	bench(b, plan.Check{TCP: &plan.TCPDial{Port: port}}, target)
}

func BenchmarkTCPThroughHelper(b *testing.B) {
	target, port := listen(b, func(c net.Conn) { c.Close() })
	target.Dial = sockets(b).Dial
	bench(b, plan.Check{TCP: &plan.TCPDial{Port: port}}, target)
}

func BenchmarkGRPC(b *testing.B) {
	target, port := serveHTTP2(b, reply("\x00\x00\x00\x00\x02\x08\x01", "0", ""))
	bench(b, plan.Check{GRPC: &plan.GRPC{Port: port}}, target)
}

// BenchmarkExec is what is added to the runtime's own command.
func BenchmarkExec(b *testing.B) {
	run := runner(func(context.Context, runtime.Command) (runtime.Result, error) { return runtime.Result{}, nil })
	bench(b, plan.Check{Exec: []string{"true"}}, Target{Container: "c", Exec: NewExec(run, named{name: "docker"})})
}
