package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/progress"
	"github.com/kubehost/kubehost/cmd/report"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// acting is what the commands that change something have in common.
type acting struct {
	*program
	settings settings.Settings
	store    runtime.Store
	// limit is the longest time for one step.
	limit time.Duration
	show  *report.Work
	// names says that of each object that something became of no more than its kind and name is printed.
	names bool
}

// tell prints a line of what became of an object: its kind and name alone, if that is asked for.
func (a *acting) tell(kind, name, format string, args ...any) {
	line := strings.ToLower(kind) + "/" + name
	if !a.names {
		line = fmt.Sprintf(format, args...)
	}
	fmt.Fprintln(a.stdout, line)
}

// outputName is what -o takes where nothing but names can be printed otherwise.
const outputName = "name"

// begin finds the settings and the runtimes, and shows from then on what is done, until show is closed.
func (p *program) begin(c *cli.Context) (acting, *engines.Finder, error) {
	s, err := p.user().Settings(c)
	if err != nil {
		return acting{}, nil, err
	}
	e, err := engines.New(p.user(), s)
	if err != nil {
		return acting{}, nil, err
	}
	return p.newActing(c, s, p.reporting(c, s)), e, nil
}

func (p *program) newActing(c *cli.Context, s settings.Settings, show *report.Work) acting {
	limit := cmp.Or(c.Duration(flagTimeout), stepLimit)
	return acting{program: p, settings: s, store: runtime.Store{Dir: s.StateDir}, limit: limit, show: show, names: c.String("output") == outputName}
}

// stepLimit is the longest that a step takes where no flag tells.
const stepLimit = 30 * time.Minute

const flagTimeout = "timeout"

// timeoutFlag is the longest time for what the usage ends with.
func timeoutFlag(usageOf string) cli.Flag {
	return &cli.DurationFlag{Name: flagTimeout, Value: stepLimit, Usage: "longest `TIME` for " + usageOf, Action: func(c *cli.Context, d time.Duration) error {
		if d <= 0 {
			return commandline.Usage(c, "--%s must be longer than 0", flagTimeout)
		}
		return nil
	}}
}

// locked does something while no other kubehost works on the pods. It waits for them as long as for a step.
func (a *acting) locked(ctx context.Context, refs []plan.Ref, do func(context.Context) error) error {
	waits, cancel := context.WithTimeoutCause(ctx, a.limit, fmt.Errorf("another kubehost still works on the same pods after %s", a.limit))
	defer cancel()
	locks, err := a.store.Lock(waits, refs, a.waiting)
	if err != nil {
		return settings.StateError(err)
	}
	defer locks.Release()
	return do(locks.With(ctx))
}

// waiting says why nothing happens while another has a lock.
func (a *acting) waiting() {
	a.show.Note("waiting for another kubehost, which works on the same")
}

// carryOut does the steps, and shows them.
func (a *acting) carryOut(ctx context.Context, e runtime.Engine, steps runtime.Steps) error {
	return runtime.Executor{Engine: e, Limit: a.limit, Report: a.show.Event, Noted: a.store.SaveNote}.Run(ctx, steps)
}

func (a *acting) station(r plan.Ref) supervise.Station {
	return supervise.Station{Dir: a.settings.RunDir, Ref: r}
}

// reporting shows what the command does from now on. All that it writes to standard error goes the same way, so
// that it does not come between lines that move, and is JSON where that is wanted.
func (p *program) reporting(c *cli.Context, s settings.Settings) *report.Work {
	mode := progress.Mode(s.Progress)
	if c.Bool("quiet") {
		mode = progress.Quiet
	}
	show := report.New(progress.Options{Mode: mode, Out: p.stderr, Getenv: p.getenv})
	p.stderr = show.Display
	return show
}
