package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) deleteCommand() *cli.Command {
	dry := new(dryRun)
	return &cli.Command{
		Name:      "delete",
		Usage:     "stop pods gracefully and remove them",
		UsageText: "kubehost delete -f FILE … | POD … | KIND/NAME … | pods -l SELECTOR | pods --all [flags]",
		Description: `Stops the containers (SIGTERM, the grace period, SIGKILL) and removes the pods and what
kubehost keeps for them. The directories of claims stay unless --with-data is given. With -l or --all it is the pods
of the namespace, or the objects of the kinds that are named: pods,configmaps. With -f, -l picks from the manifests.

Examples:
  kubehost delete -f pod.yaml
  kubehost delete web
  kubehost delete pod/web configmap/page
  kubehost delete web --now
  kubehost delete web --force
  kubehost delete pods -l app=shop
  kubehost delete -f pod.yaml --with-data`,
		Flags: append(append(manifestFlags(),
			selectorFlag(),
			allFlag(),
			allNamespacesFlag(),
			&cli.Int64Flag{Name: "grace-period", Value: -1, DefaultText: "the pod's own", Usage: "`SECONDS` between SIGTERM and SIGKILL"},
			&cli.BoolFlag{Name: "now", Usage: "the same as --grace-period=1"},
			&cli.BoolFlag{Name: "force", Usage: "the same as --grace-period=0: SIGKILL within two seconds"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT`: name"},
			&cli.BoolFlag{Name: "with-data", Usage: "remove the directories of the claims, too"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask on the terminal before --with-data"},
			&cli.BoolFlag{Name: "ignore-not-found", Usage: "what is not there is no error"},
			&cli.GenericFlag{Name: "dry-run", Value: dry, DefaultText: "false", Usage: "print what would be deleted, and delete nothing"},
			timeoutFlag("stopping one pod"),
		), settings.ChangeFlags()...),
		Action: func(c *cli.Context) error { return p.delete(c, bool(*dry)) },
	}
}

func (p *program) delete(c *cli.Context, dry bool) error {
	s, err := p.user().Settings(c)
	if err != nil {
		return err
	}
	show := p.reporting(c, s)
	defer show.Close()
	if out := c.String("output"); out != "" && out != outputName {
		return commandline.Usage(c, "%q is no output format: name", out)
	}
	what, err := p.toDelete(c)
	if err != nil {
		return err
	}
	grace, err := gracePeriod(c)
	if err != nil {
		return err
	}
	e, err := engines.New(p.user(), s)
	if err != nil {
		return err
	}
	all, errs, err := p.objectsToDelete(c.Context, e, what)
	if err != nil {
		return err
	}
	if len(all)+len(errs) == 0 {
		fmt.Fprintln(p.stdout, "No resources found")
		return nil
	}
	all, damaged := withoutDamaged(runtime.Store{Dir: s.StateDir}, all, c.Bool("with-data"))
	errs = append(errs, damaged...)
	if len(all) == 0 {
		return errors.Join(errs...)
	}
	parts, err := sharesOf(c.Context, e, all)
	if err != nil {
		return err
	}
	for _, part := range parts {
		d := deleting{acting: p.newActing(c, s, show), engine: part.Engine, targets: part.Of, grace: grace,
			data: c.Bool("with-data"), yes: c.Bool("yes"), lenient: c.Bool("ignore-not-found")}
		if dry {
			errs = append(errs, d.dryRun(c.Context))
		} else {
			errs = append(errs, d.run(c.Context))
		}
	}
	return errors.Join(errs...)
}

// dryRun prints what run would delete.
func (d *deleting) dryRun(ctx context.Context) error {
	l, err := d.look(ctx)
	if err != nil {
		return err
	}
	for _, t := range l.found {
		d.tell(t.Kind, t.Name, "%s %q deleted%s (dry run)", strings.ToLower(t.Kind), t.Name, t.where())
	}
	if d.data {
		for _, dir := range l.claims {
			d.show.Note("removed: %s (dry run)", dir)
		}
	}
	return d.report(l.missing, nil)
}

// deletable is what there is of what was named: seen by the runtime, found and missing, and the directories of claims.
type deletable struct {
	seen           runtime.Observed
	found, missing []target
	claims         []string
}

func (d *deleting) look(ctx context.Context) (l deletable, err error) {
	if l.seen, err = d.engine.Observe(ctx, plan.Plan{}); err != nil {
		return l, err
	}
	if l.found, l.missing, err = d.find(l.seen); err == nil {
		l.claims, err = d.claims(l.found)
	}
	if err != nil {
		return l, settings.StateError(err)
	}
	return l, nil
}

// withoutDamaged leaves out the pods of which nobody knows how they are to end, with an error for each. With
// data nothing is left: such a pod may use it.
func withoutDamaged(store runtime.Store, all []target, data bool) (left []target, errs []error) {
	if data {
		if _, err := store.Pods(); runtime.DamagedIn(err) != nil {
			return nil, []error{fmt.Errorf("no data is removed while a pod may use it: %w", err)}
		}
	}
	for _, t := range all {
		if t.Kind == "Pod" {
			if _, err := store.Pod(t.Ref); runtime.DamagedIn(err) != nil {
				errs = append(errs, err)
				continue
			}
		}
		left = append(left, t)
	}
	return left, errs
}

// gracePeriod is what the flags say of it, nil when nothing.
func gracePeriod(c *cli.Context) (*int64, error) {
	grace := c.Int64("grace-period")
	switch {
	case c.Bool("now") && c.IsSet("grace-period"):
		return nil, commandline.Usage(c, "--now and --grace-period cannot be given together")
	case c.Bool("force") && (c.Bool("now") || grace > 0):
		return nil, commandline.Usage(c, "--force and a grace period cannot be given together")
	case c.Bool("force"):
		grace = 0
	case c.Bool("now"):
		grace = 1
	case !c.IsSet("grace-period"):
		return nil, nil
	case grace < 0:
		return nil, commandline.Usage(c, "--grace-period: %d is not a number of seconds", grace)
	}
	return &grace, nil
}

// deleting is one run of delete.
type deleting struct {
	acting
	engine             runtime.Engine
	targets            []target
	grace              *int64
	data, yes, lenient bool
	// prune says that nobody has named the targets: what comes of them is not for delete to tell.
	prune bool
}

func (d *deleting) run(ctx context.Context) error {
	var refs []plan.Ref
	for _, t := range d.targets {
		if t.Kind == "Pod" {
			refs = append(refs, t.Ref)
		}
	}
	if d.data { // before anything is stopped
		claims, err := d.claims(d.targets)
		if err != nil {
			return settings.StateError(err)
		}
		d.show.Settle()
		if err := d.agreed(d.yes, claims); err != nil {
			return err
		}
	}
	unended := d.endSupervised(ctx, refs, true)
	if ctx.Err() != nil {
		return unended
	}
	// A pod that has not ended keeps nobody else's from going.
	d.targets = slices.DeleteFunc(slices.Clone(d.targets), func(t target) bool { return t.Kind == "Pod" && d.show.Failed[t.Ref] })
	refs = slices.DeleteFunc(refs, func(r plan.Ref) bool { return d.show.Failed[r] })
	if len(d.targets) == 0 {
		return unended
	}
	services, _, err := d.services(d.store, refs)
	if err != nil {
		return errors.Join(unended, settings.StateError(err))
	}
	if err := d.manager().Remove(ctx, services); err != nil {
		return errors.Join(unended, err)
	}
	return errors.Join(unended, d.locked(ctx, refs, d.remove))
}

// remove removes what was named, with what is kept of it.
func (d *deleting) remove(ctx context.Context) error {
	l, err := d.look(ctx)
	if err != nil {
		return err
	}
	want := runtime.Desired{}
	for _, t := range l.found {
		if t.Kind == "Pod" {
			// Without a plan that can be read the network goes by what the containers say.
			stored, _ := d.store.Pod(t.Ref)
			want.Remove = append(want.Remove, runtime.Removal{Ref: t.Ref, Dir: d.store.PodDir(t.Ref), Grace: d.grace,
				Network: stored.Plan.Sandbox.Network})
		}
	}
	if d.data {
		want.RemoveData = l.claims
	}
	steps, err := runtime.Decide(want, l.seen, d.engine.Dialect.Infra())
	if err != nil {
		return err
	}
	err = d.carryOut(ctx, d.engine, steps)
	d.show.Settle()
	return errors.Join(err, d.forget(l.found, d.show.Failed), d.report(l.missing, l.claims))
}

// find divides what was named into what is there and what is not. A pod is there when it
// was applied, or when the runtime has any part of it.
func (d *deleting) find(seen runtime.Observed) (found, missing []target, err error) {
	done := map[target]bool{}
	for _, t := range d.targets {
		if done[t] {
			continue
		}
		done[t] = true
		there := false
		if t.Kind == "Pod" {
			_, err := os.Stat(d.store.PodDir(t.Ref))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, nil, err
			}
			there = err == nil || engines.Has(seen, t.Ref)
		} else {
			object, err := d.store.Object(t.Kind, t.Ref)
			if err != nil {
				return nil, nil, err
			}
			there = object != nil || t.Kind == kindClaim && d.data && isDir(filepath.Join(d.settings.VolumeBaseDir, t.Namespace, t.Name))
		}
		if there {
			found = append(found, t)
		} else {
			missing = append(missing, t)
		}
	}
	return found, missing, nil
}

// claims are the directories of the claims that are named, or used by a pod that is, sorted. A directory that
// a pod uses which stays is not among them.
func (d *deleting) claims(found []target) ([]string, error) {
	pods, err := d.store.Pods()
	if err != nil && (d.data || runtime.DamagedIn(err) == nil) { // a damaged pod may use any of them
		return nil, err
	}
	going := map[target]bool{}
	dirs := map[string]bool{}
	for _, t := range found {
		going[t] = true
		if t.Kind == kindClaim {
			dirs[filepath.Join(d.settings.VolumeBaseDir, t.Namespace, t.Name)] = true
		}
	}
	used := map[string]bool{}
	for _, p := range pods {
		for _, v := range p.Plan.Volumes {
			if v.Kind != plan.Claim {
				continue
			}
			claim := target{kindClaim, plan.Ref{Namespace: p.Ref.Namespace, Name: v.Claim}}
			switch pod := (target{"Pod", p.Ref}); {
			case !going[pod]:
				used[v.Path] = true
			case v.Mark != "": // it goes with the pod
			case going[pod] || going[claim]:
				dirs[v.Path] = true
			}
		}
	}
	var claims []string
	for dir := range dirs {
		if _, err := os.Stat(dir); err == nil && !used[dir] {
			claims = append(claims, dir)
		}
	}
	slices.Sort(claims)
	return claims, nil
}

// agreed asks before things are removed for good, where there is a person to ask.
func (p *program) agreed(yes bool, things []string) error {
	in, ok := p.stdin.(*os.File)
	if len(things) == 0 || yes || !ok || !term.IsTerminal(int(in.Fd())) {
		return nil
	}
	fmt.Fprintf(p.stderr, "This removes for good:\n  %s\nType yes to go on: ", strings.Join(things, "\n  "))
	answer, _ := bufio.NewReader(in).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return &commandline.ExitError{Code: commandline.ExitFailed, Err: errors.New("nothing was deleted")}
	}
	return nil
}

// forget removes what the store keeps of deleted objects, and prints a line for each that is gone.
func (d *deleting) forget(found []target, failed map[plan.Ref]bool) error {
	var errs []error
	var unbound []plan.Ref
	deleted := "deleted"
	if d.grace != nil && *d.grace == 0 {
		deleted = "force deleted"
	}
	for _, t := range found {
		if t.Kind == "Pod" {
			if failed[t.Ref] {
				continue
			}
			station := supervise.Station{Dir: d.settings.RunDir, Ref: t.Ref}
			if err := errors.Join(station.Remove(), d.store.RemoveLock(t.Ref)); err != nil {
				errs = append(errs, settings.StateError(err))
			}
		} else if _, err := d.store.RemoveObject(t.Kind, t.Ref); err != nil {
			errs = append(errs, settings.StateError(err))
			continue
		}
		if t.Kind == kindClaim {
			unbound = append(unbound, t.Ref)
		}
		if !d.prune {
			d.tell(t.Kind, t.Name, "%s %q %s%s", strings.ToLower(t.Kind), t.Name, deleted, t.where())
		}
	}
	return errors.Join(append(errs, d.store.Bind(nil, unbound...))...)
}

// report tells which data is left, and makes what was not there an error.
func (d *deleting) report(missing []target, claims []string) error {
	for _, dir := range claims {
		if _, err := os.Stat(dir); err == nil && !d.prune {
			d.show.Note("kept: %s (--with-data removes it)", dir)
		}
	}
	var errs []error
	for _, t := range missing {
		if !d.lenient {
			errs = append(errs, t.notFound())
		}
	}
	return errors.Join(errs...)
}
