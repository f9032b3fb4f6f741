package supervise

import (
	"context"
	"sync"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// etcWriter writes what the containers see in /etc once for each sandbox, and once for each process: of the one before
// nobody knows whether it came to it.
type etcWriter struct {
	mu      sync.Mutex
	written string // the sandbox
}

func (w *etcWriter) write(ctx context.Context, x runtime.Executor, p *plan.Pod, sandbox string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.written == sandbox {
		return nil
	}
	if err := x.Run(ctx, runtime.EtcSteps(p)); err != nil {
		return err
	}
	w.written = sandbox
	return nil
}
