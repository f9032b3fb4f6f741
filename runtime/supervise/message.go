package supervise

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// What a kubelet keeps of a termination message.
// See https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/.
const (
	messageBytes = 4096
	logLines     = 80
	logBytes     = 2048
)

// terminationMessage is what an ended container left as the reason of its end: the end of its
// message file or, where the manifest says so and it failed without one, of its log.
func (p *process) terminationMessage(ctx context.Context, u plan.Unit, d runtime.Detail) string {
	if path := p.pod.MessageFile(u.Name); u.Lifecycle.MessagePath != "" {
		if message, _, err := tail(path, messageBytes); err == nil && len(message) > 0 {
			return string(message)
		}
	}
	if !u.Lifecycle.MessageFromLogs || d.Container.ExitCode == 0 {
		return ""
	}
	end, err := p.endOfLog(ctx, d, logLines, logBytes)
	if err != nil {
		return ""
	}
	return string(end.last())
}

// tail is the end of a regular file, and whether it has more. A container may have put anything in its place.
func tail(path string, n int64) (b []byte, cut bool, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	if !info.Mode().IsRegular() {
		return nil, false, &os.PathError{Op: "read", Path: path, Err: errors.ErrUnsupported}
	}
	from := max(0, info.Size()-n)
	b = make([]byte, info.Size()-from)
	read, err := f.ReadAt(b, from)
	if errors.Is(err, io.EOF) {
		err = nil // it has become shorter
	}
	return b[:read], from > 0, err
}
