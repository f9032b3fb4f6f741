package runtime

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Streams are where the streams of a command lead that somebody works with: they are passed on as they come, without
// a bound. One writer as both Out and Err keeps the order of what is written.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Foreground leaves the command in kubehost's own process group, so that it can use the terminal.
	Foreground bool
	// Begun, unless it is nil, is given the command's process once it runs.
	Begun func(*os.Process)
}

// Attacher runs commands whose streams are somebody's own. [Exec] is one.
type Attacher interface {
	// Attach returns the exit status, 128 and the number of a signal for a command that one has ended. The error is nil for
	// every command that ended by itself.
	Attach(ctx context.Context, c Command, s Streams) (int, error)
}

// Attach runs a command of the runtime with these streams.
func (e Engine) Attach(ctx context.Context, c Command, s Streams) (int, error) {
	a, ok := e.Runner.(Attacher)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	return a.Attach(ctx, c, s)
}

// Attach runs the command, and ends it with SIGTERM when ctx ends.
func (Exec) Attach(ctx context.Context, c Command, s Streams) (int, error) {
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.In, s.Out, s.Err
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !s.Foreground}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	if s.Begun != nil {
		s.Begun(cmd.Process)
	}
	err := cmd.Wait()
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return 0, err
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}
