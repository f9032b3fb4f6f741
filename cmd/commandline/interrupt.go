package commandline

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// Interrupted is the cause of a context that the signal ended.
type Interrupted struct{ Signal syscall.Signal }

func (i Interrupted) Error() string { return "stopped by a signal: " + i.Signal.String() }

// Interruptible returns a context that SIGINT and SIGTERM end, with Interrupted as its cause, until the function is called. A second signal ends the process at once.
func Interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		if s, ok := <-signals; ok {
			signal.Stop(signals)
			cancel(Interrupted{s.(syscall.Signal)})
		}
	}()
	return ctx, func() { signal.Stop(signals); close(signals); cancel(nil) }
}

// Quietly ends a command that goes on until somebody stops it: when a signal has, there is nothing to say but the exit code.
// Otherwise it is the error.
func Quietly(ctx context.Context, err error) error {
	var signalled Interrupted
	if errors.As(context.Cause(ctx), &signalled) {
		return &ExitError{Code: 128 + int(signalled.Signal)}
	}
	return err
}
