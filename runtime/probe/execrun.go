package probe

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kubehost/kubehost/runtime"
)

// mark is the variable by which a command is found among the processes of the host: its argv may be another's
// (sh -c 'sleep 9' becomes sleep), and its environment stays what it was started with.
const mark = "KUBEHOST_PROBE="

// A command that cannot be found when its time is over either has not been started yet or cannot be seen. It
// is looked for after lookAgain, then half as often each time, for startup at most.
const (
	lookAgain = 50 * time.Millisecond
	startup   = 5 * time.Second
)

// NewExec returns an Exec that uses the runtime's exec command.
func NewExec(r runtime.Runner, d runtime.Dialect) Exec {
	e := &execer{runner: r, runtime: d.Name(), processes: hostProcesses(r, d)}
	return e.exec
}

type execer struct {
	runner    runtime.Runner
	runtime   string
	processes processes
}

// ended is what has become of the runtime's exec command.
type ended struct {
	runtime.Result
	err error
}

func (e *execer) exec(ctx context.Context, c Command) (Exit, error) {
	argv := []string{e.runtime, "exec"}
	marked := ""
	if c.Timeout > 0 {
		marked = mark + rand.Text()
		argv = append(argv, "--env", marked)
	}
	client, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan ended, 1)
	go func() {
		res, err := e.runner.Run(client, runtime.Command{Argv: slices.Concat(argv, []string{c.Container}, c.Argv), Keep: maxOutput})
		done <- ended{res, err}
	}()
	var late <-chan time.Time
	if c.Timeout > 0 {
		timer := time.NewTimer(c.Timeout)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case r := <-done:
		return e.exit(ctx, c, r)
	case <-late:
		return e.overdue(ctx, c, marked, done)
	}
}

// overdue waits out the command's own time, and kills it then.
func (e *execer) overdue(ctx context.Context, c Command, marked string, done <-chan ended) (Exit, error) {
	giveUp := time.NewTimer(startup)
	defer giveUp.Stop()
	for pause := lookAgain; ; pause *= 2 {
		wait := pause
		if found := e.processes.with(ctx, marked); len(found) > 0 {
			if wait = c.Timeout - found[0].age; wait <= 0 {
				return Exit{}, e.timedOut(found)
			}
			giveUp.Reset(wait + startup) // it is there, but the runtime may never say that it has ended
		}
		again := time.NewTimer(wait)
		select {
		case r := <-done:
			again.Stop()
			return e.exit(ctx, c, r)
		case <-giveUp.C:
			again.Stop()
			return Exit{}, ErrTimeout
		case <-again.C:
		}
	}
}

func (e *execer) timedOut(found []process) error {
	if err := e.processes.kill(found); err != nil {
		return fmt.Errorf("%w and goes on: %v", ErrTimeout, err)
	}
	return ErrTimeout
}

// exit tells the command's own end from what the runtime said in its place.
func (e *execer) exit(ctx context.Context, c Command, r ended) (Exit, error) {
	if r.err != nil {
		return Exit{}, r.err
	}
	message, sure := refusal(e.runtime, r.Result)
	if message != "" && (sure || !e.running(ctx, c.Container)) {
		return Exit{}, errors.New(message)
	}
	output := slices.Concat(r.Stdout, r.Stderr)
	return Exit{output[:min(len(output), maxOutput)], r.Code}, nil
}

// running says whether the runtime answers, and could run a command in the container.
func (e *execer) running(ctx context.Context, container string) bool {
	res, err := e.runner.Run(ctx, runtime.Command{Argv: []string{e.runtime, "container", "inspect",
		"--format", "{{.State.Running}} {{.State.Paused}}", container}})
	return err == nil && res.Code == 0 && string(res.Stdout) == "true false\n"
}
