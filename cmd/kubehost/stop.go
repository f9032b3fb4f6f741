package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) stopCommand() *cli.Command {
	return &cli.Command{
		Name:      "stop",
		Usage:     "stop pods gracefully, and keep them",
		UsageText: "kubehost stop POD … | -l SELECTOR [flags]",
		Description: `Ends the containers as delete does (preStop, SIGTERM, the grace period, SIGKILL) and removes nothing:
logs and describe go on to work. A stopped pod stays so, also after a boot, until it is started or applied.
Without a supervisor podman-restart.service, where it is enabled, starts the containers at boot all the same.

Examples:
  kubehost stop web
  kubehost stop web --grace-period 5
  kubehost stop -l app=shop`,
		Flags: append([]cli.Flag{
			namespaceFlag("of the pods (default: default)"),
			selectorFlag(),
			&cli.Int64Flag{Name: "grace-period", Value: -1, DefaultText: "the pod's own", Usage: "`SECONDS` between SIGTERM and SIGKILL"},
			&cli.BoolFlag{Name: "now", Usage: "the same as --grace-period=1"},
			timeoutFlag("stopping one pod"),
		}, settings.ChangeFlags()...),
		Action: p.stop,
	}
}

func (p *program) stop(c *cli.Context) error {
	grace, err := gracePeriod(c)
	if err != nil {
		return err
	}
	a, e, err := p.begin(c)
	if err != nil {
		return err
	}
	defer a.show.Close()
	pods, err := p.chosenPods(c, e, a.settings)
	if err != nil {
		return err
	}
	var errs []error
	for _, part := range engines.Shares(pods, func(v view.Pod) runtime.Engine { return v.Engine }) {
		d := deleting{acting: a, engine: part.Engine, grace: grace}
		errs = append(errs, d.stop(c.Context, part.Of))
	}
	return errors.Join(errs...)
}

// stop ends pods, keeps them, and prints a line for each.
func (d *deleting) stop(ctx context.Context, pods []view.Pod) error {
	var supervised []plan.Ref
	var errs []error
	for _, v := range pods {
		switch {
		case v.Stopped() || v.Over():
		case v.Stored.Plan.Supervised:
			supervised = append(supervised, v.Ref)
		default:
			if err := d.stopUnsupervised(ctx, v); err != nil {
				d.show.Fail(v.Ref, err)
				errs = append(errs, err)
			}
		}
	}
	errs = append(errs, d.stopSupervised(ctx, supervised))
	d.show.Settle()
	for _, v := range pods {
		switch {
		case v.Stopped():
			fmt.Fprintf(d.stdout, "pod/%s already stopped\n", v.Ref.Name)
		case v.Over():
			fmt.Fprintf(d.stdout, "pod/%s has ended already\n", v.Ref.Name)
		case !d.show.Failed[v.Ref]:
			fmt.Fprintf(d.stdout, "pod/%s stopped\n", v.Ref.Name)
		}
	}
	return errors.Join(errs...)
}

// stopSupervised ends pods as their supervisors would for a delete, and keeps their services from being started at boot.
func (d *deleting) stopSupervised(ctx context.Context, refs []plan.Ref) error {
	unended := d.endSupervised(ctx, refs, false)
	ended := slices.DeleteFunc(slices.Clone(refs), func(r plan.Ref) bool { return d.show.Failed[r] })
	for _, r := range ended {
		d.show.Ended(r)
	}
	names, _, err := d.services(d.store, ended)
	if err != nil || len(names) == 0 {
		return errors.Join(unended, err)
	}
	return errors.Join(unended, d.manager().Disable(ctx, names), d.manager().Reload(ctx))
}

// stopUnsupervised ends the containers of a pod that the runtime looks after.
func (d *deleting) stopUnsupervised(ctx context.Context, v view.Pod) error {
	return d.locked(ctx, []plan.Ref{v.Ref}, func(ctx context.Context) error {
		seen, err := d.engine.Observe(ctx, plan.Plan{})
		if err != nil {
			return err
		}
		if err := (supervise.Wanted{Stopped: true}).Write(d.store.PodDir(v.Ref)); err != nil {
			return settings.StateError(err)
		}
		return d.carryOut(ctx, d.engine, runtime.StopPodSteps(v.Ref, seen, d.grace))
	})
}
