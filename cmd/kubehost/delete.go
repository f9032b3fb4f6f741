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
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) deleteCommand() *cli.Command {
	return &cli.Command{
		Name:      "delete",
		Usage:     "stop pods gracefully and remove them",
		UsageText: "kubehost delete -f FILE … | POD … | KIND/NAME … [flags]",
		Description: `Stops the containers (SIGTERM, the grace period, SIGKILL) and removes the pods and what
kubehost keeps for them. The directories of claims stay unless --with-data is given.

Examples:
  kubehost delete -f pod.yaml
  kubehost delete web
  kubehost delete pod/web configmap/page
  kubehost delete web --now
  kubehost delete -f pod.yaml --with-data`,
		Flags: append(append(manifestFlags(),
			&cli.Int64Flag{Name: "grace-period", Value: -1, DefaultText: "the pod's own", Usage: "`SECONDS` between SIGTERM and SIGKILL"},
			&cli.BoolFlag{Name: "now", Usage: "the same as --grace-period=1"},
			&cli.BoolFlag{Name: "with-data", Usage: "remove the directories of the claims, too"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask on the terminal before --with-data"},
			&cli.BoolFlag{Name: "ignore-not-found", Usage: "what is not there is no error"},
			&cli.DurationFlag{Name: "timeout", Value: 30 * time.Minute, Usage: "longest `TIME` for stopping one pod"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress on standard error"},
		), settingFlags()...),
		Action: p.delete,
	}
}

func (p *program) delete(c *cli.Context) error {
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	all, err := p.toDelete(c)
	if err != nil {
		return err
	}
	grace, err := gracePeriod(c)
	if err != nil {
		return err
	}
	e, err := p.engine(c.Context, s)
	if err != nil {
		return err
	}
	d := deleting{program: p, engine: e, settings: s, store: runtime.Store{Dir: s.StateDir}, targets: all, grace: grace,
		data: c.Bool("with-data"), yes: c.Bool("yes"), lenient: c.Bool("ignore-not-found"), quiet: c.Bool("quiet")}
	return d.run(c.Context, c.Duration("timeout"))
}

// toDelete are the objects that the flags and words name.
func (p *program) toDelete(c *cli.Context) ([]target, error) {
	files := c.StringSlice("filename")
	switch {
	case len(files) == 0 && c.NArg() == 0:
		return nil, usage(c, "must name pods, or manifests with -f")
	case len(files) > 0 && c.NArg() > 0:
		return nil, usage(c, "names and -f cannot be given together")
	case len(files) == 0:
		return targets(c)
	}
	origins, problems := manifests.Identify(c.Context, files, p.loadOptions(c))
	problems.Print(p.stderr)
	if problems.HasErrors() {
		return nil, &exitError{code: exitUsage}
	}
	var all []target
	for _, o := range origins {
		all = append(all, target{o.Kind, plan.Ref{Namespace: o.Namespace, Name: o.Name}})
	}
	return all, checkNames(all)
}

// gracePeriod is what the flags say of it, nil when nothing.
func gracePeriod(c *cli.Context) (*int64, error) {
	grace := c.Int64("grace-period")
	switch {
	case c.Bool("now") && c.IsSet("grace-period"):
		return nil, usage(c, "--now and --grace-period cannot be given together")
	case c.Bool("now"):
		grace = 1
	case !c.IsSet("grace-period"):
		return nil, nil
	case grace < 0:
		return nil, usage(c, "--grace-period: %d is not a number of seconds", grace)
	}
	return &grace, nil
}

// deleting is one run of delete.
type deleting struct {
	*program
	engine                    runtime.Engine
	settings                  settings
	store                     runtime.Store
	targets                   []target
	grace                     *int64
	data, yes, lenient, quiet bool
}

func (d *deleting) run(ctx context.Context, limit time.Duration) error {
	var refs []plan.Ref
	for _, t := range d.targets {
		if t.Kind == "Pod" {
			refs = append(refs, t.Ref)
		}
	}
	if err := d.endSupervised(ctx, refs, limit); err != nil {
		return err
	}
	release, err := d.store.Lock(ctx, refs, func() { d.note("waiting for another kubehost that works on these pods") })
	if err != nil {
		return storeError(err)
	}
	defer release()
	seen, err := d.engine.Observe(ctx, plan.Plan{})
	if err != nil {
		return err
	}
	found, missing, err := d.find(seen)
	if err != nil {
		return storeError(err)
	}
	claims, err := d.claims(found)
	if err != nil {
		return storeError(err)
	}
	want := runtime.Desired{}
	for _, t := range found {
		if t.Kind == "Pod" {
			// Without a plan that can be read the network goes by what the containers say.
			stored, _ := d.store.Pod(t.Ref)
			want.Remove = append(want.Remove, runtime.Removal{Ref: t.Ref, Dir: d.store.PodDir(t.Ref), Grace: d.grace,
				Network: stored.Plan.Sandbox.Network})
		}
	}
	if d.data {
		if want.RemoveData, err = d.confirmed(claims); err != nil {
			return err
		}
	}
	steps, err := runtime.Decide(want, seen, d.engine.Dialect.Infra())
	if err != nil {
		return err
	}
	r := newReporter(d.program, d.quiet)
	err = runtime.Executor{Engine: d.engine, Limit: limit, Report: r.event}.Run(ctx, steps)
	return errors.Join(err, d.forget(found, r.failed), d.report(missing, claims))
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
			there = err == nil || known(seen, t.Ref)
		} else {
			object, err := d.store.Object(t.Kind, t.Ref)
			if err != nil {
				return nil, nil, err
			}
			there = object != nil
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
	if err != nil {
		return nil, err
	}
	going := map[target]bool{}
	dirs := map[string]bool{}
	for _, t := range found {
		going[t] = true
		if t.Kind == "PersistentVolumeClaim" {
			dirs[filepath.Join(d.settings.VolumeBaseDir, t.Namespace, t.Name)] = true
		}
	}
	used := map[string]bool{}
	for _, p := range pods {
		for _, v := range p.Plan.Volumes {
			if v.Kind != plan.Claim {
				continue
			}
			claim := target{"PersistentVolumeClaim", plan.Ref{Namespace: p.Ref.Namespace, Name: v.Claim}}
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

// confirmed asks before data is removed, where there is a person to ask.
func (d *deleting) confirmed(claims []string) ([]string, error) {
	in, ok := d.stdin.(*os.File)
	if len(claims) == 0 || d.yes || !ok || !term.IsTerminal(int(in.Fd())) {
		return claims, nil
	}
	fmt.Fprintf(d.stderr, "This removes for good:\n  %s\nType yes to go on: ", strings.Join(claims, "\n  "))
	answer, _ := bufio.NewReader(in).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return nil, &exitError{exitFailed, errors.New("nothing was deleted")}
	}
	return claims, nil
}

// forget removes what the store keeps of deleted objects, and prints a line for each that is gone.
func (d *deleting) forget(found []target, failed map[plan.Ref]bool) error {
	var errs []error
	var unbound []plan.Ref
	for _, t := range found {
		if t.Kind == "Pod" {
			if failed[t.Ref] {
				continue
			}
			if err := (supervise.Station{Dir: d.settings.RunDir, Ref: t.Ref}).Remove(); err != nil {
				errs = append(errs, storeError(err))
			}
		} else if _, err := d.store.RemoveObject(t.Kind, t.Ref); err != nil {
			errs = append(errs, storeError(err))
			continue
		}
		if t.Kind == "PersistentVolumeClaim" {
			unbound = append(unbound, t.Ref)
		}
		fmt.Fprintf(d.stdout, "%s %q deleted%s\n", strings.ToLower(t.Kind), t.Name, t.where())
	}
	return errors.Join(append(errs, d.store.Bind(nil, unbound...))...)
}

// report tells which data is left, and makes what was not there an error.
func (d *deleting) report(missing []target, claims []string) error {
	for _, dir := range claims {
		if _, err := os.Stat(dir); err == nil && !d.quiet {
			d.note("kept: %s (--with-data removes it)", dir)
		}
	}
	var errs []error
	for _, t := range missing {
		if !d.lenient {
			errs = append(errs, fmt.Errorf("%ss %q not found%s", strings.ToLower(t.Kind), t.Name, strings.Replace(t.where(), "from", "in", 1)))
		}
	}
	return errors.Join(errs...)
}
