package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

const flagPrune = "prune"

// pruneFlags are those of commands that can prune. -l picks from the manifests, too.
func pruneFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "selector", Aliases: []string{"l"}, Usage: "only objects that have these `LABELS`: app=web,tier!=test"},
		&cli.BoolFlag{Name: flagPrune, Usage: "remove the pods, ConfigMaps and Secrets that were applied earlier and are not in the manifests; with -l or --all"},
		&cli.BoolFlag{Name: "all", Usage: "with --prune: whatever labels they have"},
	}
}

// checkPrune says what is wrong with these flags, in kubectl's words.
func checkPrune(c *cli.Context) error {
	switch {
	case c.Bool("all") && !c.Bool(flagPrune):
		return commandline.Usage(c, "--all says what --prune removes, and is nothing without it")
	case c.Bool("all") && c.IsSet("selector"):
		return commandline.Usage(c, "cannot set --all and --selector at the same time")
	case c.Bool(flagPrune) && !selects(c):
		return commandline.Usage(c, "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. "+
			"If you did not mean to prune all resources, specify a label selector")
	}
	return nil
}

// stale is what a command prunes: what was applied earlier in the namespaces of what is given now, has the labels, and is
// not given any more.
type stale struct {
	pods []plan.Ref
	// objects are ConfigMaps and Secrets. Claims and persistent volumes are never among them.
	objects []manifests.Origin
}

// findStale says what of the set the flags want pruned, and tells what they do not reach.
func (p *program) findStale(c *cli.Context, selector labels.Selector, set *manifests.Set) (stale, error) {
	switch {
	case !c.Bool(flagPrune):
		return stale{}, nil
	case len(set.Order) == 0: // a directory that was left empty is no word to remove everything
		return stale{}, commandline.Usage(c, "no objects passed to %s", c.Command.Name)
	}
	s, used := staleIn(set, selector)
	for _, o := range used {
		p.note("%s %q is not pruned: a pod uses it", strings.ToLower(o.Kind), o.Name)
	}
	return s, nil
}

// staleIn picks from what was applied earlier in the namespaces of what is given. used are ConfigMaps and Secrets that
// stay because a pod uses them which stays.
func staleIn(set *manifests.Set, selector labels.Selector) (s stale, used []manifests.Origin) {
	namespaces := map[string]bool{}
	for _, o := range set.Order {
		namespaces[o.Namespace] = true
	}
	delete(namespaces, "") // that of what belongs to the whole host
	others, pods := objects(set)
	goes := func(o object) bool {
		return o.stored && namespaces[o.origin.Namespace] && selector.Matches(labels.Set(o.value.GetLabels()))
	}
	for _, o := range pods {
		if goes(o) {
			s.pods = append(s.pods, ref(o.origin))
		}
	}
	for _, o := range others {
		switch {
		case o.origin.Kind != "ConfigMap" && o.origin.Kind != "Secret", !goes(o):
		case slices.ContainsFunc(set.Pods, func(p manifests.Object[*podType]) bool {
			return !slices.Contains(s.pods, ref(p.Origin)) && p.Origin.Namespace == o.origin.Namespace && translate.Uses(p.Value, o.origin.Kind, o.origin.Name)
		}):
			used = append(used, o.origin)
		default:
			s.objects = append(s.objects, o.origin)
		}
	}
	return s, used
}

func (s stale) none() bool { return len(s.pods)+len(s.objects) == 0 }

// origins are all that is pruned.
func (s stale) origins() []manifests.Origin {
	var all []manifests.Origin
	for _, r := range s.pods {
		all = append(all, manifests.Origin{Kind: "Pod", Namespace: r.Namespace, Name: r.Name})
	}
	return append(all, s.objects...)
}

// printPruned prints kubectl's line for each that is gone.
func (a *applying) printPruned(s stale) {
	a.show.Settle()
	for _, o := range s.origins() {
		a.changed = true
		a.tell(o.Kind, o.Name, "%s/%s pruned", strings.ToLower(o.Kind), o.Name)
	}
}

// printDryPruned tells of each that would go: in the script as a comment, else beside what is printed.
func (p *program) printDryPruned(s stale, format string) error {
	out := p.stderr
	if format == "" || format == "sh" {
		out = p.stdout
	}
	for _, o := range s.origins() {
		if _, err := fmt.Fprintf(out, "# %s/%s pruned (dry run)\n", strings.ToLower(o.Kind), o.Name); err != nil {
			return err
		}
	}
	return nil
}

// makeRoom removes what is stale before anything starts that may need its ports. If anything that is wanted cannot be
// prepared, all stays as it is. It returns kubectl's words of what is wanted; nil when nothing is stale.
func (a *applying) makeRoom(ctx context.Context) (words map[string]string, err error) {
	if a.stale.none() {
		return nil, nil
	}
	err = a.locked(ctx, podRefs(a.want.Pods), func(ctx context.Context) error {
		d, err := a.decide(ctx)
		for _, pt := range d.parts {
			prepare, _ := pt.steps.Split()
			if err == nil {
				err = a.carryOut(ctx, pt.engine, prepare)
			}
		}
		words = d.words
		return err
	})
	if err == nil {
		err = a.clear(ctx)
	}
	a.stale = stale{}
	return words, err
}

// clear removes what is stale, each pod with its engine as delete does: gracefully, and no data of claims. All locks are
// taken in one order, so no others may be held.
func (a *applying) clear(ctx context.Context) error {
	var errs []error
	for _, part := range engines.Shares(a.stale.pods, func(r plan.Ref) runtime.Engine { return a.engines[r] }) {
		d := deleting{acting: a.acting, engine: part.Engine, lenient: true, prune: true}
		for _, r := range part.Of {
			a.show.Note("pod %q: not in the manifests any more", r.Name)
			d.targets = append(d.targets, target{"Pod", r})
		}
		errs = append(errs, d.run(ctx))
	}
	for _, o := range a.stale.objects {
		if _, err := a.store.RemoveObject(o.Kind, ref(o)); err != nil {
			errs = append(errs, settings.StateError(err))
		}
	}
	return errors.Join(errs...)
}
