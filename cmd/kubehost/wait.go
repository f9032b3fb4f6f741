package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) waitCommand() *cli.Command {
	return &cli.Command{
		Name:      "wait",
		Usage:     "wait until pods are ready, or gone",
		UsageText: "kubehost wait --for=condition=Ready|delete pod/POD … [flags]",
		Description: `The exit code is 1 when the time is over first.

Examples:
  kubehost wait --for=condition=Ready pod/web
  kubehost wait --for=delete pod/web --timeout 2m`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "for", Usage: "`WHAT` to wait for: condition=Ready, condition=Ready=false, condition=Initialized, or delete"},
			&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, Usage: "longest `TIME` to wait"},
			namespaceFlag("of the pods (default: default)"),
		}, settingFlags()...),
		Action: p.wait,
	}
}

// pollWait is how often what is waited for is looked at.
const pollWait = 50 * time.Millisecond

func (p *program) wait(c *cli.Context) error {
	names, err := targets(c)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return usage(c, "must name a pod")
	}
	met, err := waitFor(c)
	if err != nil {
		return err
	}
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Context, c.Duration("timeout"))
	defer cancel()
	var errs []error
	for _, n := range names {
		switch err := p.waitOne(ctx, s, n, met); {
		case errors.Is(err, context.DeadlineExceeded):
			errs = append(errs, fmt.Errorf("timed out waiting for the condition on pods/%s", n.Name))
		case err != nil:
			errs = append(errs, err)
		default:
			fmt.Fprintf(p.stdout, "pod/%s condition met\n", n.Name)
		}
	}
	return errors.Join(errs...)
}

// waitOne looks again and again until the condition holds.
func (p *program) waitOne(ctx context.Context, s settings, t target, met func(plan.Pod, supervise.Memory, bool) bool) error {
	if t.Kind != "Pod" {
		return fmt.Errorf("%s/%s: only pods can be waited for", strings.ToLower(t.Kind), t.Name)
	}
	tick := time.NewTicker(pollWait)
	defer tick.Stop()
	for first := true; ; first = false {
		stored, err := runtime.Store{Dir: s.StateDir}.Pod(t.Ref)
		there := err == nil
		if err != nil && !os.IsNotExist(err) {
			return storeError(err)
		}
		m, err := supervise.Station{Dir: s.RunDir, Ref: t.Ref}.Memory()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return storeError(err)
		}
		switch {
		case met(stored.Plan, m, there):
			return nil
		case !there:
			return fmt.Errorf("pods %q not found in %s namespace", t.Name, t.Namespace)
		case first && !stored.Plan.Supervised:
			return fmt.Errorf("pod %q has no supervisor that knows its condition\n  hint: apply it with a supervisor other than none", t.Name)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// waitFor reads --for.
func waitFor(c *cli.Context) (met func(plan.Pod, supervise.Memory, bool) bool, err error) {
	what := c.String("for")
	if strings.EqualFold(what, "delete") {
		return func(_ plan.Pod, _ supervise.Memory, there bool) bool { return !there }, nil
	}
	name, wanted, _ := strings.Cut(strings.TrimPrefix(what, "condition="), "=")
	if !strings.HasPrefix(what, "condition=") || wanted != "" && !strings.EqualFold(wanted, "true") && !strings.EqualFold(wanted, "false") {
		return nil, usage(c, "--for: %q is nothing to wait for: condition=Ready, condition=Initialized or delete", what)
	}
	positive := !strings.EqualFold(wanted, "false")
	var holds func(plan.Pod, supervise.Memory) bool
	switch strings.ToLower(name) {
	case "ready", "containersready":
		holds = func(p plan.Pod, m supervise.Memory) bool { return m.Ready(&p) }
	case "initialized":
		holds = func(p plan.Pod, m supervise.Memory) bool { return m.Initialized(&p) }
	default:
		return nil, usage(c, "--for: pods have no condition %q: Ready, Initialized", name)
	}
	return func(p plan.Pod, m supervise.Memory, there bool) bool {
		return there && m.Plan == p.Hash() && holds(p, m) == positive
	}, nil
}
