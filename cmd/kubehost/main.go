// Command kubehost runs Kubernetes Pod manifests on one host with plain docker or plain podman.
//
// Each command has a file: its flags, what it calls, what it prints. The packages below decide and act.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/urfave/cli/v2"
)

// Exit codes.
const (
	exitFailed = 1 // something could not be done
	exitUsage  = 2 // the command line or a manifest is wrong; nothing was touched
)

func main() {
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, euid: os.Geteuid()}
	os.Exit(p.main(os.Args))
}

// program is what a command has of the world around it.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	euid           int
}

// exitError ends the program with a code. What there was to say has been said when err is nil.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage is a mistake on the command line, with the place where the right words stand.
func usage(c *cli.Context, format string, args ...any) error {
	see := "kubehost --help"
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != "kubehost" {
		see = "kubehost " + c.Command.Name + " --help"
	}
	return &exitError{exitUsage, fmt.Errorf(format+"\n  hint: see %q", append(args, see)...)}
}

// main runs the program and returns its exit code.
func (p *program) main(args []string) int {
	ctx, stop := interruptible()
	defer stop()
	app := p.app()
	args, err := arrange(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	if err == nil {
		return 0
	}
	var signalled interrupted
	var exit *exitError
	switch {
	case errors.As(err, &signalled):
		fmt.Fprintf(p.stderr, "error: %v\n  hint: run the same command again; it goes on from where it was\n", signalled)
		return 128 + int(signalled.Signal)
	case errors.As(err, &exit):
		if exit.err != nil {
			fmt.Fprintf(p.stderr, "error: %v\n", exit.err)
		}
		return exit.code
	}
	fmt.Fprintf(p.stderr, "error: %v\n", err)
	return exitFailed
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ Signal syscall.Signal }

func (i interrupted) Error() string { return "stopped by a signal: " + i.Signal.String() }

// interruptible returns a context that SIGINT and SIGTERM end. A second signal ends the process at once.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		if s, ok := <-signals; ok {
			signal.Stop(signals)
			cancel(interrupted{s.(syscall.Signal)})
		}
	}()
	return ctx, func() { signal.Stop(signals); close(signals); cancel(nil) }
}

func (p *program) app() *cli.App {
	app := &cli.App{
		Name:  "kubehost",
		Usage: "run Kubernetes Pod manifests on this host, with plain docker or plain podman",
		Description: `kubehost makes this host run the pods of your manifests, without a cluster. Applying
again changes only what differs. Ports are published on 127.0.0.1 unless the manifest
names another hostIP; claims are plain directories that nothing deletes unasked.

Examples:
  kubehost apply -f pod.yaml             run what the manifest says
  kubehost apply -f pod.yaml --dry-run   print the commands that would run
  kubehost get pods
  kubehost delete -f pod.yaml`,
		Commands: []*cli.Command{
			p.applyCommand(), p.deleteCommand(), p.getCommand(), p.describeCommand(), p.waitCommand(), p.superviseCommand(), p.validateCommand(),
			p.fieldsCommand(), p.doctorCommand(), p.versionCommand(), p.probeDialCommand(),
		},
		Reader: p.stdin, Writer: p.stdout, ErrWriter: p.stderr,
		HideVersion:               true,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true, // a file name may hold a comma
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              onUsageError,
		Action:                    p.noCommand,
	}
	for _, c := range app.Commands {
		c.OnUsageError = onUsageError
		c.HideHelpCommand = true
	}
	return app
}

// noCommand is run when the first word is no command.
func (p *program) noCommand(c *cli.Context) error {
	if c.NArg() == 0 {
		return cli.ShowAppHelp(c)
	}
	word := c.Args().First()
	names := []string{}
	for _, command := range c.App.Commands {
		names = append(names, command.Names()...)
	}
	if near := nearest(word, names); near != "" {
		return &exitError{exitUsage, fmt.Errorf("unknown command %q\n  hint: did you mean %q?", word, near)}
	}
	return usage(c, "unknown command %q", word)
}

// badValue is how the parser speaks of a value that a flag does not take.
var badValue = regexp.MustCompile(`^invalid (?:boolean )?value (".*") for (?:flag )?-*([\w-]+): .*$`)

func onUsageError(c *cli.Context, err error, _ bool) error {
	return usage(c, "%s", badValue.ReplaceAllString(err.Error(), "--$2 does not take $1"))
}
