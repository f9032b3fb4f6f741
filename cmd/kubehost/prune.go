package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) pruneCommand() *cli.Command {
	return &cli.Command{
		Name:      "prune",
		Usage:     "remove images and leftovers that no pod uses any more",
		UsageText: "kubehost prune [flags]",
		Description: `Removes the images that kubehost pulled, and what killed commands and deleted pods have left
behind: networks, files, empty pods of podman. What an applied pod or any container on this
host uses stays, whether it runs or not, and so do images that somebody built, loaded, tagged
or pulled. Claims and other data of users are never removed. On a terminal it asks first.

autoPrune in the configuration file does it at certain times: daily, weekly, or any
calendar event of systemd.

Examples:
  kubehost prune --dry-run
  kubehost prune -y
  kubehost prune --all      every image that no container and no applied pod uses`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "all", Aliases: []string{"a"}, Usage: "remove all images that no container and no applied pod uses, whoever brought them"},
			&cli.BoolFlag{Name: "dry-run", Usage: "tell what would be removed, and do nothing"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask on the terminal"},
			&cli.BoolFlag{Name: "scheduled", Hidden: true}, // by the timer, which this run leaves alone
		}, settings.ChangeFlags()...),
		Action: p.prune,
	}
}

func (p *program) prune(c *cli.Context) error {
	if c.NArg() > 0 {
		return commandline.Usage(c, "unexpected %q: prune takes no names", c.Args().First())
	}
	a, all, err := p.begin(c)
	if err != nil {
		return err
	}
	defer a.show.Close()
	e, err := all.Chosen(c.Context)
	if err != nil {
		return err
	}
	sync := func(context.Context) error { return nil }
	if !c.Bool("scheduled") && !c.Bool("dry-run") {
		if sync, err = p.autoPrune(c.Context, all); err != nil {
			return err
		}
	}
	r := pruning{acting: a, engine: e, all: c.Bool("all"), yes: c.Bool("yes")}
	return errors.Join(r.run(c.Context, c.Bool("dry-run")), sync(c.Context))
}

// pruning is one run of prune.
type pruning struct {
	acting
	engine   runtime.Engine
	all, yes bool
	freed    int64 // bytes, at the most
}

func (p *pruning) run(ctx context.Context, dry bool) error {
	unused, gone, err := p.look(ctx)
	if err != nil {
		return err
	}
	left, err := p.leftovers(ctx)
	if err != nil {
		return settings.StateError(err)
	}
	var things []thing
	for _, op := range unused {
		things = append(things, thingOf(op))
	}
	for _, l := range left {
		things = append(things, l.thing)
	}
	switch {
	case len(things) == 0:
		p.show.Note("nothing to remove")
	case dry:
		for _, t := range things {
			p.deleted(t, " (dry run)")
		}
		p.total(" (dry run)")
	}
	if dry {
		return nil
	}
	var list []string
	for _, t := range things {
		list = append(list, t.sized())
	}
	if err := p.agreed(p.yes, list); err != nil {
		return err
	}
	err = errors.Join(p.removeUnused(ctx, unused), p.removeLeftovers(ctx, left))
	if len(unused)+len(gone) > 0 {
		err = errors.Join(err, p.forget(ctx))
	}
	p.total("")
	return err
}

// look finds the images and networks that nothing needs, and the notes of images that are gone. Without the lock of a
// prune it is a guess.
func (p *pruning) look(ctx context.Context) (unused []runtime.Op, gone []runtime.Note, err error) {
	pods, err := p.store.Pods()
	if err != nil {
		return nil, nil, settings.StateError(err)
	}
	what := runtime.Pruning{All: p.all, Runtime: p.engine.Dialect.Name(), Infra: p.engine.Dialect.Infra().Ref}
	for _, pod := range pods {
		what.Pods = append(what.Pods, pod.Plan)
	}
	// Before the inventory: what is pulled meanwhile is not in it, but neither is its note here.
	if what.Notes, err = p.store.Notes(what.Runtime); err != nil {
		return nil, nil, settings.StateError(err)
	}
	have, err := p.engine.Inventory(ctx)
	if err != nil {
		return nil, nil, err
	}
	return what.Unused(have), what.Gone(have), nil
}

// forget drops the notes of what is gone. It looks again: what was gone at first may have been pulled since.
func (p *pruning) forget(ctx context.Context) error {
	locks, err := p.store.LockPrune(ctx, p.waiting)
	if err != nil {
		return settings.StateError(err)
	}
	defer locks.Release()
	_, gone, err := p.look(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, g := range gone {
		errs = append(errs, p.store.RemoveNote(g))
	}
	return settings.StateError(errors.Join(errs...))
}

// turn is how long removals may keep others from using what is here.
const turn = 2 * time.Second

// removeUnused removes what is still unused, some at a time, so that an apply can go in between.
func (p *pruning) removeUnused(ctx context.Context, ops []runtime.Op) error {
	var errs []error
	for len(ops) > 0 && ctx.Err() == nil {
		rest, err := p.removeSome(ctx, ops)
		errs = append(errs, err)
		ops = rest
	}
	if ctx.Err() != nil {
		errs = append(errs, context.Cause(ctx))
	}
	return errors.Join(errs...)
}

func (p *pruning) removeSome(ctx context.Context, ops []runtime.Op) (rest []runtime.Op, err error) {
	locks, err := p.store.LockPrune(ctx, p.waiting)
	if err != nil {
		return nil, settings.StateError(err)
	}
	defer locks.Release()
	still, _, err := p.look(ctx)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	var errs []error
	for i, op := range ops {
		if i > 0 && time.Since(begun) > turn {
			return ops[i:], errors.Join(errs...)
		}
		if !slices.ContainsFunc(still, func(o runtime.Op) bool { return o.String() == op.String() }) {
			continue // somebody uses it now
		}
		done, err := p.do(locks.With(ctx), plan.Ref{}, op)
		if err != nil && p.usedNow(ctx, op) {
			continue
		}
		if errs = append(errs, err); done {
			p.deleted(thingOf(op), "")
		}
	}
	return nil, errors.Join(errs...)
}

// usedNow says whether something that could not be removed has got a user since it was looked at.
func (p *pruning) usedNow(ctx context.Context, op runtime.Op) bool {
	still, _, err := p.look(ctx)
	return err == nil && !slices.ContainsFunc(still, func(o runtime.Op) bool { return o.String() == op.String() })
}

// do carries out one operation, and says whether it was done.
func (p *pruning) do(ctx context.Context, r plan.Ref, op runtime.Op) (done bool, err error) {
	x := runtime.Executor{Engine: p.engine, Limit: p.limit, Report: func(e runtime.Event) {
		done = done || e.Phase == runtime.Done
		p.show.Event(e)
	}}
	err = x.Run(ctx, runtime.Steps{{ID: "prune", Pod: r, Op: op}})
	return done, err
}
