package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/probe"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) superviseCommand() *cli.Command {
	return &cli.Command{
		Name:      "supervise",
		Usage:     "keep one pod running, in the foreground",
		UsageText: "kubehost supervise POD [flags]",
		Description: `Does for one pod what a kubelet does: starts and restarts its containers, runs probes and hooks,
keeps deadlines and grace periods. apply starts it in the background; here it shows what happens and
what the containers print. Ctrl-C stops the pod gracefully; a second one leaves it to itself.

Examples:
  kubehost supervise web`,
		Flags: append([]cli.Flag{
			namespaceFlag("of the pod (default: default)"),
			&cli.BoolFlag{Name: "detached", Hidden: true},
		}, settingFlags()...),
		Action: p.supervise,
	}
}

func (p *program) supervise(c *cli.Context) error {
	if c.NArg() != 1 {
		return usage(c, "must name one pod")
	}
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	named, err := targets(c)
	if err != nil {
		return err
	}
	ref := named[0].Ref
	// A supervisor sleeps nearly all the time: memory is worth more to the host than its speed.
	debug.SetGCPercent(20)
	e, err := p.engine(c.Context, s)
	if err != nil {
		return err
	}
	sup := p.supervisor(e, s, ref)
	if c.Bool("detached") {
		sup.Log = func(ev supervise.Event) {
			fmt.Fprintf(p.stderr, "%s %s\n", ev.Time.Format("2006-01-02T15:04:05.000Z07:00"), ev)
		}
	} else {
		done := p.foreground(c.Context, e, sup)
		defer done()
	}
	// The signals mean something else here than in other commands: the context must not end with them.
	ctx := context.WithoutCancel(c.Context)
	reload, stop := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	ctx, leave := signal.NotifyContext(ctx, syscall.SIGUSR1)
	defer leave()
	err = sup.Run(ctx, supervise.Signals{Reload: reload, Stop: stop})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("pods %q not found in %s namespace\n  hint: kubehost apply makes pods", ref.Name, ref.Namespace)
	case errors.Is(err, supervise.ErrSupervised) && c.Bool("detached"), errors.Is(err, context.Canceled):
		return nil
	}
	return err
}

// supervisor is a supervisor of a pod with these settings.
func (p *program) supervisor(e runtime.Engine, s settings, r plan.Ref) *supervise.Supervisor {
	sup := &supervise.Supervisor{Engine: e, Store: runtime.Store{Dir: s.StateDir}, Station: supervise.Station{Dir: s.RunDir, Ref: r},
		Limit: stepLimit, Exec: probe.NewExec(e.Runner, e.Dialect)}
	if self, err := os.Executable(); err == nil && p.euid != 0 && e.Dialect.Name() == "podman" {
		// The networks of rootless podman are in a namespace of their own.
		sup.Dial = probe.RootlessSockets(self).Dial
	}
	return sup
}

// foreground shows events and the logs of all containers. The returned function waits for their ends.
func (p *program) foreground(ctx context.Context, e runtime.Engine, sup *supervise.Supervisor) func() {
	var mu sync.Mutex
	var logs sync.WaitGroup
	line := func(w io.Writer, format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, format+"\n", args...)
	}
	sup.Log = func(ev supervise.Event) { line(p.stderr, "%s", ev) }
	sup.Begun = func(unit, id string) {
		cmd := exec.CommandContext(ctx, e.Dialect.Name(), "logs", "--follow", id)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		out, err1 := cmd.StdoutPipe()
		errs, err2 := cmd.StderrPipe()
		if err := errors.Join(err1, err2, cmd.Start()); err != nil {
			line(p.stderr, "%s: no logs: %v", unit, err)
			return
		}
		var streams sync.WaitGroup
		for stream, w := range map[io.Reader]io.Writer{out: p.stdout, errs: p.stderr} {
			streams.Go(func() {
				lines := bufio.NewReader(stream)
				for {
					text, err := lines.ReadString('\n')
					if text != "" {
						line(w, "%s | %s", unit, strings.TrimRight(text, "\r\n"))
					}
					if err != nil {
						return
					}
				}
			})
		}
		logs.Go(func() { streams.Wait(); _ = cmd.Wait() })
	}
	return logs.Wait
}
