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
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/probe"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) superviseCommand() *cli.Command {
	return &cli.Command{
		Name:      "supervise",
		Usage:     "keep one pod running, in the foreground",
		UsageText: "kubehost supervise POD [flags]",
		Description: `Does for one pod what a kubelet does: starts and restarts its containers, runs probes and hooks,
keeps deadlines and grace periods. apply starts it in the background; here it takes over from there, and
shows what happens and what the containers print. Ctrl-C stops the pod gracefully; a second one leaves it to itself.

Examples:
  kubehost supervise web`,
		Flags: append([]cli.Flag{
			namespaceFlag("of the pod (default: default)"),
			&cli.BoolFlag{Name: "detached", Hidden: true},
			&cli.BoolFlag{Name: "held", Hidden: true},
			&cli.BoolFlag{Name: "service", Hidden: true},
		}, settings.Flags()...),
		Action: p.supervise,
	}
}

func (p *program) supervise(c *cli.Context) error {
	if c.NArg() != 1 {
		return commandline.Usage(c, "must name one pod")
	}
	s, err := p.user().Settings(c)
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
	e, err := p.supervisedEngine(c, s, ref)
	if err != nil {
		return err
	}
	sup := p.supervisor(e, s, ref)
	self, socket := "", ""
	switch {
	case c.Bool("service"):
		service := p.newService()
		sup.Watch, sup.Log, socket = service, service.log, service.Socket
		if self, err = selfPath(); err != nil {
			return err
		}
		if sup.Outdated, err = replaced(self); err != nil {
			return err
		}
		if err := sup.Wish(); err != nil {
			return settings.StateError(err)
		}
	case c.Bool("detached"):
		sup.Log = func(ev supervise.Event) {
			fmt.Fprintf(p.stderr, "%s %s\n", ev.Time.Format("2006-01-02T15:04:05.000Z07:00"), ev)
		}
	default:
		if err := takeOver(c.Context, sup.Station); err != nil {
			return err
		}
		// Ctrl-C does not end the logs: the last words of the containers are still to come, unless they run on.
		logs, cut := context.WithCancel(context.WithoutCancel(c.Context))
		done := p.foreground(logs, e, sup)
		defer func() {
			if err != nil {
				cut()
			}
			done()
			cut()
		}()
	}
	if c.Bool("held") {
		_, _ = sup.Store.Pod(ref) // the first plan that a process reads takes the longest
		if !begins(c.Context, p.stdin) {
			return nil
		}
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
	case err == nil:
		return failed(sup.Station)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("pods %q not found in %s namespace\n  hint: kubehost apply makes pods", ref.Name, ref.Namespace)
	case errors.Is(err, supervise.ErrSupervised) && c.Bool("detached"), errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, supervise.ErrOutdated):
		return p.renew(self, socket)
	}
	return err
}

// begins says whether a supervisor that was started with --held is to begin: whoever started it says so, unless that has ended, or this
// one was told to end.
func begins(ctx context.Context, hold io.Reader) bool {
	said := make(chan bool, 1)
	go func() {
		n, _ := io.ReadFull(hold, make([]byte, 1))
		said <- n > 0
	}()
	select {
	case begin := <-said:
		return begin && ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// supervisedEngine is the engine of the pod. A service, which names it, does not ask whether it answers: it waits until it
// does. Nor does a supervisor that apply has started, for whom it has answered.
func (p *program) supervisedEngine(c *cli.Context, s settings.Settings, r plan.Ref) (runtime.Engine, error) {
	if c.Bool("detached") && s.RuntimeAsked {
		return engines.Expected(c.Context, p.user(), s.Runtime)
	}
	e, err := engines.New(p.user(), s)
	if err != nil {
		return runtime.Engine{}, err
	}
	if c.Bool("service") && s.RuntimeAsked {
		if err := e.Check(r); err != nil {
			return runtime.Engine{}, err
		}
		return engines.Expected(c.Context, p.user(), s.Runtime)
	}
	return e.Pod(c.Context, r)
}

// failed is an error for a pod that has failed for good.
func failed(s supervise.Station) error {
	m, err := s.Memory()
	if err != nil || !m.Failed() {
		return nil // one that was deleted meanwhile has no memory
	}
	return &commandline.ExitError{Code: systemd.ExitPodFailed, Err: errors.New(m.Verdict(s.Ref.Name))}
}

// takeOver makes the supervisor that apply started in the background, if there is one, leave the pod to this process.
func takeOver(ctx context.Context, s supervise.Station) error {
	pid, err := s.Alive()
	if err != nil || pid == 0 {
		return err
	}
	args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || !slices.Contains(strings.Split(string(args), "\x00"), "--detached") {
		return nil // one in another terminal stays, and Run says so
	}
	return s.Dismiss(ctx)
}

// supervisor is a supervisor of a pod with these settings.
func (p *program) supervisor(e runtime.Engine, s settings.Settings, r plan.Ref) *supervise.Supervisor {
	sup := &supervise.Supervisor{Engine: e, Store: runtime.Store{Dir: s.StateDir}, Station: supervise.Station{Dir: s.RunDir, Ref: r},
		Limit: stepLimit, Exec: probe.NewExec(e.Runner, e.Dialect)}
	if self, err := selfPath(); err == nil && e.Dialect.Features().Rootless {
		// The networks of a user's runtime are in a namespace of their own.
		sockets := &probe.Sockets{Command: e.Dialect.InNetwork(self, probe.DialCommand)}
		sup.Dial, sup.Moved = sockets.Dial, sockets.Close
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
