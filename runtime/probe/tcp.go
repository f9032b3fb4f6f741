package probe

import (
	"context"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// probeTCP opens a connection and closes it without having sent anything.
func (t Target) probeTCP(ctx context.Context, c plan.TCPDial, timeout time.Duration) Outcome {
	addr, err := t.addr(c.Host, c.Port)
	if err != nil {
		return Outcome{Unknown, err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := t.dial(ctx, "tcp", addr)
	if err != nil {
		return Outcome{Failure, err.Error()}
	}
	conn.Close()
	return Outcome{Verdict: Success}
}
