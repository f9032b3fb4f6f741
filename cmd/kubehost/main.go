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
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/runtime"
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
	return &exitError{exitUsage, fmt.Errorf(format+"\n  hint: see %q", append(args, "kubehost "+c.Command.Name+" --help")...)}
}

// main runs the program and returns its exit code.
func (p *program) main(args []string) int {
	if len(args) > 2 && args[1] == completeWord {
		p.complete(args[2:])
		return 0
	}
	ctx, stop := interruptible()
	defer stop()
	err := p.run(ctx, p.app(), args[1:])
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
			p.tell(exit.err)
		}
		return exit.code
	}
	p.tell(err)
	return exitFailed
}

// tell prints an error, with its remedy unless it has told that itself. Of errors that are joined in one it prints each, so that none
// looks like a line of the one before.
func (p *program) tell(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && errors.Join(joined.Unwrap()...).Error() == err.Error() {
		for _, e := range joined.Unwrap() {
			p.tell(e)
		}
		return
	}
	text := err.Error()
	if remedy := runtime.Remedy(err); !strings.Contains(text, remedy) {
		text += "\n  hint: " + remedy
	}
	fmt.Fprintf(p.stderr, "error: %s\n", text)
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
	return &cli.App{
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
			p.applyCommand(), p.diffCommand(), p.deleteCommand(), p.getCommand(), p.describeCommand(), p.waitCommand(), p.eventsCommand(),
			p.logsCommand(), p.execCommand(), p.cpCommand(), p.portForwardCommand(),
			p.startCommand(), p.stopCommand(), p.restartCommand(),
			p.pruneCommand(), p.superviseCommand(), p.validateCommand(), p.fieldsCommand(), p.doctorCommand(),
			p.versionCommand(), p.completionCommand(), p.manCommand(), p.probeDialCommand(),
		},
	}
}
