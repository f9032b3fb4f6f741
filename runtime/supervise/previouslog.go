package supervise

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// What is kept of the log of a run that is over when the next one begins. A kubelet keeps the dead container; here that
// would keep its files and its log without a bound.
const (
	previousLines = 10_000
	previousBytes = 1 << 20
)

// PreviousLog is the file with the end of what a run of a container wrote, by the ID of the container that has gone.
func PreviousLog(podDir, unit, id string) string { return filepath.Join(podDir, "logs", unit, id) }

// keepLog returns a function that keeps the end of an ended container's log, in the place of the one before. It is called
// before the container is removed.
func (p *process) keepLog(u plan.Unit) func(context.Context) {
	ended, there := p.seen[u.ID]
	if !there || !ended.Container.Started() {
		return func(context.Context) {}
	}
	file := PreviousLog(p.Store.PodDir(p.pod.Ref), u.Name, ended.ID)
	return func(ctx context.Context) {
		log, err := p.endOfLog(ctx, ended, previousLines, previousBytes)
		if err != nil {
			return // it is told as one that is not there
		}
		_ = os.RemoveAll(filepath.Dir(file))
		if os.MkdirAll(filepath.Dir(file), 0o700) == nil {
			_ = replaceSoon(file, log.lines()) // the next run does not wait for the disk
		}
	}
}

// keepLogs keeps those of all containers of a pod that starts anew, unless it does as another one.
func (p *process) keepLogs(why Why) func(context.Context) {
	if why != Restart {
		dir := filepath.Join(p.Store.PodDir(p.pod.Ref), "logs")
		return func(context.Context) { _ = os.RemoveAll(dir) }
	}
	var keep []func(context.Context)
	for _, u := range p.pod.Units {
		keep = append(keep, p.keepLog(u))
	}
	return func(ctx context.Context) {
		var all sync.WaitGroup
		for _, k := range keep {
			all.Go(func() { k(ctx) })
		}
		all.Wait()
	}
}

// logLimit is how long a runtime may take to tell the end of a log.
const logLimit = 10 * time.Second

// endOfLog is the end of what a container that has ended wrote to both of its streams, in the order in which it did. Where it is in a
// file that can be read, no command of the runtime is waited for.
func (p *process) endOfLog(ctx context.Context, d runtime.Detail, lines int64, bytes int) (*tailWriter, error) {
	if d.LogFile != "" {
		if end, err := criLog(d.LogFile, lines, bytes); err == nil {
			return end, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, logLimit)
	defer cancel()
	c := p.Engine.Logs(d.ID, runtime.LogQuery{Tail: &lines})
	end := &tailWriter{keep: bytes}
	code, err := p.Engine.Attach(ctx, c, runtime.Streams{Out: end, Err: end})
	if err == nil && code != 0 {
		err = fmt.Errorf("%s: exit status %d", c.Masked(), code)
	}
	return end, err
}

// tailWriter keeps the last bytes of what is written to it.
type tailWriter struct {
	keep int
	b    []byte
	cut  bool
}

func (t *tailWriter) Write(b []byte) (int, error) {
	t.b = append(t.b, b...)
	if len(t.b) > 2*t.keep { // seldom, so that it costs little
		t.b = append(t.b[:0], t.b[len(t.b)-t.keep:]...)
		t.cut = true
	}
	return len(b), nil
}

// last is what is kept, also of a line whose beginning is lost.
func (t *tailWriter) last() []byte {
	if len(t.b) > t.keep {
		t.b, t.cut = t.b[len(t.b)-t.keep:], true
	}
	return t.b
}

// lines is what is kept without the line whose beginning is lost, unless that would leave nothing at all.
func (t *tailWriter) lines() []byte {
	b := t.last()
	if i := bytes.IndexByte(b, '\n'); t.cut && i >= 0 && i+1 < len(b) {
		return b[i+1:]
	}
	return b
}
