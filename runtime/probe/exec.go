package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Exec runs a command in a container. An error says that the command has not run to its end: [ErrTimeout] when it
// took too long, any other when the runtime could not run it.
type Exec func(ctx context.Context, c Command) (Exit, error)

// Command is what runs in a container.
type Command struct {
	Container string
	Argv      []string
	// Timeout is the time that the command itself may take, from when the runtime has started it. It is killed after
	// that. Without one it takes as long as it takes, and goes on when ctx is done.
	Timeout time.Duration
}

// Exit is a command that has ended: what it printed, stdout first, at most 10 KiB, and its exit code.
type Exit struct {
	Output []byte
	Code   int
}

// ErrTimeout says that a command was still running when its time was over.
var ErrTimeout = errors.New("the command took longer than its time-out")

// probeExec succeeds when the command exits with 0.
func (t Target) probeExec(ctx context.Context, argv []string, timeout time.Duration) Outcome {
	exit, err := t.Exec(ctx, Command{Container: t.Container, Argv: argv, Timeout: timeout})
	switch {
	case errors.Is(err, ErrTimeout):
		more := strings.TrimPrefix(err.Error(), ErrTimeout.Error())
		return Outcome{Failure, fmt.Sprintf("command timed out: %q timed out after %v%s", strings.Join(argv, " "), timeout, more)}
	case err != nil:
		return Outcome{Unknown, err.Error()}
	case exit.Code != 0:
		return Outcome{Failure, string(exit.Output)}
	}
	return Outcome{Success, string(exit.Output)}
}
