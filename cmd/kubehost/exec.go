package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/probe"
)

func (p *program) execCommand() *cli.Command {
	return &cli.Command{
		Name:      "exec",
		Usage:     "run a command in a container",
		UsageText: "kubehost exec POD [-c CONTAINER] [flags] -- COMMAND [ARGUMENT …]",
		Description: `Runs a command beside the container's own process. Without -c it is the container that the annotation
kubectl.kubernetes.io/default-container names, else the first.

The exit code is the command's; 126 and 127 say that there is no such command. Ctrl-C and SIGTERM reach the command: it
is known by the variable KUBEHOST_EXEC in its environment, which it has unless it is run with -t.

Examples:
  kubehost exec web -- date
  kubehost exec -it web -- sh
  kubehost exec web -c db -- cat /etc/hosts
  kubehost exec -i web -- sh -c 'cat > /tmp/page' < page.html`,
		Flags: append([]cli.Flag{
			namespaceFlag("of the pod (default: default)"),
			&cli.StringFlag{Name: "container", Aliases: []string{"c"}, Usage: "run it in this `CONTAINER`"},
			&cli.BoolFlag{Name: "stdin", Aliases: []string{"i"}, Usage: "pass standard input on"},
			&cli.BoolFlag{Name: "tty", Aliases: []string{"t"}, Usage: "give the command a terminal"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing but what the command does"},
		}, settings.Flags()...),
		Action: p.exec,
	}
}

func (p *program) exec(c *cli.Context) error {
	words := c.Args().Slice()
	at := slices.Index(words, "--")
	switch {
	case at < 0 && len(words) > 1:
		return commandline.Usage(c, "exec [POD] [COMMAND] is not supported. Use exec [POD] -- [COMMAND] instead")
	case at == 0 || len(words) == 0:
		return commandline.Usage(c, "must name a pod")
	case at < 0 || at == len(words)-1:
		return commandline.Usage(c, "you must specify at least one command for the container")
	case at > 1:
		return commandline.Usage(c, "unexpected %q before --: one pod is named there", words[1])
	}
	r, err := podNamed(c, words[0])
	if err != nil {
		return err
	}
	v, u, err := p.chosenContainer(c, r)
	if err != nil {
		return err
	}
	if err := runs(v, u); err != nil {
		return err
	}
	x := &executing{program: p, engine: v.Engine, how: runtime.ExecOptions{Stdin: c.Bool("stdin"), TTY: c.Bool("tty") && c.Bool("stdin")}}
	return x.run(c.Context, u.Container.ID, words[at+1:])
}

// runs is why no command can be run in a container; nil when one can.
func runs(v view.Pod, u view.Unit) error {
	if u.Container != nil && u.Container.State == runtime.Running {
		return nil
	}
	pod, err := v.Object()
	switch {
	case err != nil:
		return err
	case v.Wanted.Stopped:
		return notRunning(v)
	case pod.Status.Phase == "Succeeded" || pod.Status.Phase == "Failed":
		return fmt.Errorf("cannot exec into a container in a completed pod; current phase is %s", pod.Status.Phase)
	case u.Container != nil && u.Container.State == runtime.Paused:
		return fmt.Errorf("container %q in pod %q is paused", u.Name, v.Ref.Name)
	}
	if err := v.Waiting(u); err != nil {
		return err
	}
	return fmt.Errorf("container %q in pod %q is not running\n  hint: %q tells what it does", u.Name, v.Ref.Name, engines.PodCommand("describe pod", v.Ref))
}

// executing is one run of exec.
type executing struct {
	*program
	engine runtime.Engine
	how    runtime.ExecOptions
}

// mark is the name of the variable by which the command is found among the processes of the host.
const mark = "KUBEHOST_EXEC"

// run runs the command, passes signals on to it, and ends with its exit code.
func (x *executing) run(ctx context.Context, container string, argv []string) error {
	streams := runtime.Streams{Out: x.stdout, Err: x.stderr}
	if x.how.Stdin {
		streams.In = x.stdin
	}
	restore := func() {}
	if x.how.TTY {
		if restore = keepTerminal(x.stdin); restore == nil {
			x.note("Unable to use a TTY - input is not a terminal or the right kind of file")
			x.how.TTY, restore = false, func() {}
		}
	}
	defer restore()
	// Only the terminal's own process group may read from it.
	streams.Foreground = x.how.Stdin
	if !x.how.TTY {
		x.how.Mark = mark + "=" + rand.Text()
	}
	// Signals are for the command; it decides what becomes of them.
	ctx = context.WithoutCancel(ctx)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	var passing sync.WaitGroup
	streams.Begun = func(client *os.Process) { passing.Go(func() { x.passOn(ctx, signals, client) }) }
	code, err := x.engine.Attach(ctx, x.engine.Exec(container, x.how, argv), streams)
	signal.Stop(signals)
	close(signals) // one that ended the runtime's command is still passed on
	passing.Wait()
	if err == nil && code != 0 {
		x.note("command terminated with exit code %d", code)
		err = &commandline.ExitError{Code: code}
	}
	return err
}

// passOn gives signals to the command. Where it cannot be found, and with a terminal, the runtime's own command is
// given them: that ends it.
func (x *executing) passOn(ctx context.Context, signals <-chan os.Signal, client *os.Process) {
	for s := range signals {
		if x.how.Mark == "" || probe.Signal(ctx, x.engine.Runner, x.engine.Dialect, x.how.Mark, s.(syscall.Signal)) != nil {
			_ = client.Signal(s)
		}
	}
}

// keepTerminal returns a function that puts the terminal back into the state it has now; nil when it is none. The runtime's
// command does so itself, unless it is killed.
func keepTerminal(in io.Reader) func() {
	f, ok := in.(*os.File)
	if !ok {
		return nil
	}
	state, err := term.GetState(int(f.Fd()))
	if err != nil {
		return nil
	}
	return func() { _ = term.Restore(int(f.Fd()), state) }
}
