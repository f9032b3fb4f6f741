// Command kubehost runs Kubernetes Pod manifests on one host with plain docker or plain podman.
//
// Each command has a file: its flags, what it calls, what it prints. The packages below decide and act.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
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
	// userUnitDir is where the user's service manager reads units, asked for once.
	userUnits   sync.Once
	userUnitDir string
}

// user is who runs the program.
func (p *program) user() settings.User { return settings.User{UID: p.euid, Getenv: p.getenv} }

// main runs the program and returns its exit code.
func (p *program) main(args []string) int {
	if len(args) > 2 && args[1] == completeWord {
		p.complete(args[2:])
		return 0
	}
	ctx, stop := commandline.Interruptible()
	defer stop()
	err := commandline.Run(ctx, p.app(), args[1:])
	if err == nil {
		return 0
	}
	var signalled commandline.Interrupted
	var exit *commandline.ExitError
	switch {
	case errors.As(err, &signalled):
		fmt.Fprintf(p.stderr, "error: %v\n  hint: run the same command again; it goes on from where it was\n", signalled)
		return 128 + int(signalled.Signal)
	case errors.As(err, &exit):
		if exit.Err != nil {
			p.tell(exit.Err)
		}
		return exit.Code
	}
	p.tell(err)
	return commandline.ExitFailed
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

// warn tells of something that is wrong and keeps nothing else from being done.
func (p *program) warn(err error) { p.note("warning: %v", err) }

// warnDamaged tells of damaged files, and returns any other error.
func (p *program) warnDamaged(err error) error {
	damaged := runtime.DamagedIn(err)
	if damaged == nil {
		return err
	}
	for _, f := range damaged {
		p.warn(f)
	}
	return nil
}

// note writes a line for people to standard error.
func (p *program) note(format string, args ...any) { fmt.Fprintf(p.stderr, format+"\n", args...) }

func (p *program) app() *cli.App {
	return &cli.App{
		Name:   "kubehost",
		Writer: p.stdout,
		Usage:  "run Kubernetes Pod manifests on this host, with plain docker or plain podman",
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
