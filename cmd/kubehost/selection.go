package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// selection says which pods a command is about: those that are named or, without a name, those of one namespace or of
// all that have the labels.
type selection struct {
	names     []target
	namespace string // empty for all
	labels    labels.Selector
}

func selectorFlag() cli.Flag {
	return &cli.StringFlag{Name: "selector", Aliases: []string{"l"}, Usage: "those that have these `LABELS`: app=web,tier!=test"}
}

// selectionFlags are those by which pods are selected. usage ends the sentence of --namespace.
func selectionFlags(usage string) []cli.Flag {
	return []cli.Flag{
		namespaceFlag(usage),
		allNamespacesFlag(),
		selectorFlag(),
	}
}

func allNamespacesFlag() cli.Flag {
	return &cli.BoolFlag{Name: "all-namespaces", Aliases: []string{"A"}, Usage: "those of all namespaces"}
}

// allFlag is that of commands which do not take the pods of a namespace without being told so.
func allFlag() cli.Flag { return &cli.BoolFlag{Name: "all", Usage: "all pods of the namespace"} }

// selects says whether flags select the pods, so that none needs to be named.
func selects(c *cli.Context) bool { return c.IsSet("selector") || c.Bool("all") }

// selectorOf reads -l; without it everything is selected.
func selectorOf(c *cli.Context) (labels.Selector, error) {
	selector, err := labels.Parse(c.String("selector"))
	if err != nil {
		return nil, commandline.Usage(c, "--selector: %v", err)
	}
	return selector, nil
}

// selectionOf reads the flags, and the words that name pods; "pods" alone names none.
func selectionOf(c *cli.Context, words []string) (s selection, err error) {
	s.namespace = cmp.Or(c.String("namespace"), v1.NamespaceDefault)
	if err := checkNamespace(s.namespace); err != nil {
		return s, err
	}
	if s.labels, err = selectorOf(c); err != nil {
		return s, err
	}
	if s.names, err = targetsOf(c, withoutKind("Pod", words)); err != nil {
		return s, err
	}
	switch named := len(s.names) > 0; {
	case named && c.IsSet("selector"):
		return s, commandline.Usage(c, "name cannot be provided when a selector is specified")
	case named && c.Bool("all"):
		return s, commandline.Usage(c, "names and --all cannot be given together")
	case named && c.Bool("all-namespaces"):
		return s, commandline.Usage(c, "a resource cannot be retrieved by name across all namespaces")
	case c.Bool("all") && c.IsSet("selector"):
		return s, commandline.Usage(c, "cannot set --all and --selector at the same time")
	}
	if c.Bool("all-namespaces") {
		s.namespace = ""
	}
	return s, nil
}

// withoutKind are words that name objects of a kind: "pods" alone names none.
func withoutKind(kind string, words []string) []string {
	if len(words) == 1 && kindWords[strings.ToLower(words[0])] == kind {
		return nil
	}
	return words
}

// choose is selectionOf for commands that take manifests, too: then it is the pods in them.
func (p *program) choose(c *cli.Context) (s selection, err error) {
	files := c.StringSlice("filename")
	if len(files) == 0 {
		return selectionOf(c, c.Args().Slice())
	}
	all, err := p.inFiles(c, files, withoutKind("Pod", c.Args().Slice()))
	for _, t := range all {
		if t.Kind == "Pod" && !slices.Contains(s.names, t) {
			s.names = append(s.names, t)
		}
	}
	if err == nil && len(s.names) == 0 {
		err = fmt.Errorf("%s: no pods", strings.Join(files, ", "))
	}
	if err != nil {
		return s, err
	}
	// A table tells the namespaces when there are several.
	s.namespace = s.names[0].Namespace
	if slices.ContainsFunc(s.names, func(t target) bool { return t.Namespace != s.namespace }) {
		s.namespace = ""
	}
	return s, nil
}

// has says whether a pod, or another object without a name of it, is selected.
func (s selection) has(r plan.Ref, of map[string]string) bool {
	return s.may(r) && (len(s.names) > 0 || s.labels.Matches(labels.Set(of)))
}

// may says whether it is selected if it has the labels: of damaged pods nobody knows them.
func (s selection) may(r plan.Ref) bool {
	if len(s.names) > 0 {
		return slices.Contains(s.names, target{"Pod", r})
	}
	// What belongs to the whole host has no namespace.
	return s.namespace == "" || r.Namespace == "" || r.Namespace == s.namespace
}

// of are the pods that are selected, those that are named in the order of their names, and an error for each name that is
// not there.
func (s selection) of(all []view.Pod) (pods []view.Pod, missing []error) {
	if len(s.names) == 0 {
		return slices.DeleteFunc(slices.Clone(all), func(v view.Pod) bool {
			return !s.has(v.Ref, v.Labels()) && (v.Damaged == nil || !s.may(v.Ref))
		}), nil
	}
	for _, n := range s.names {
		i := slices.IndexFunc(all, func(v view.Pod) bool { return v.Ref == n.Ref })
		if n.Kind != "Pod" {
			missing = append(missing, fmt.Errorf("%s/%s is no pod\n  hint: \"kubehost get %[1]s %[2]s -o yaml\" prints it", strings.ToLower(n.Kind), n.Name))
			continue
		}
		if i < 0 {
			missing = append(missing, n.notFound())
			continue
		}
		pods = append(pods, all[i])
	}
	return pods, missing
}

// damages are the errors of the pods whose plans are damaged.
func damages(pods []view.Pod) []error {
	var errs []error
	for _, v := range pods {
		if v.Damaged != nil {
			errs = append(errs, v.Damaged)
		}
	}
	return errs
}

// stored are the applied pods that are selected, and what is damaged of others that may be.
func (s selection) stored(store runtime.Store) (pods []runtime.StoredPod, damaged runtime.Damaged, err error) {
	all, err := store.Pods()
	if damaged = runtime.DamagedIn(err); err != nil && damaged == nil {
		return nil, nil, settings.StateError(err)
	}
	damaged = slices.DeleteFunc(damaged, func(f runtime.DamagedFile) bool { return !s.may(f.Pod) })
	return slices.DeleteFunc(all, func(p runtime.StoredPod) bool { return !s.has(p.Ref, p.Plan.Labels) }), damaged, nil
}

// targets are the names or, without one, the applied pods that are selected.
func (s selection) targets(store runtime.Store) ([]target, error) {
	if len(s.names) > 0 {
		return s.names, nil
	}
	pods, damaged, err := s.stored(store)
	if err == nil && len(damaged) > 0 {
		err = damaged
	}
	var all []target
	for _, p := range pods {
		all = append(all, target{"Pod", p.Ref})
	}
	return all, err
}

// none is kubectl's sentence for a selection without any pod.
func (s selection) none() string {
	if s.namespace == "" {
		return "No resources found"
	}
	return fmt.Sprintf("No resources found in %s namespace.", s.namespace)
}

// selected are the pods that are selected by what the flags say.
func (p *program) selected(c *cli.Context, e *engines.Finder, s settings.Settings, words []string) ([]view.Pod, error) {
	sel, err := selectionOf(c, words)
	if err != nil {
		return nil, err
	}
	all, err := view.All(c.Context, e)
	if err != nil {
		return nil, err
	}
	pods, _ := sel.of(all)
	if len(pods) == 0 {
		p.note("%s", sel.none())
	}
	return pods, nil
}

// chosenPods are the pods that are named, or selected by their labels. All of them were applied.
func (p *program) chosenPods(c *cli.Context, e *engines.Finder, s settings.Settings) ([]view.Pod, error) {
	switch {
	case c.NArg() == 0 && !c.IsSet("selector"):
		return nil, commandline.Usage(c, "must name pods, or select them by their labels with -l")
	case c.IsSet("selector"):
		pods, err := p.selected(c, e, s, c.Args().Slice())
		err = errors.Join(append(damages(pods), err)...)
		return slices.DeleteFunc(pods, func(v view.Pod) bool { return v.Stored == nil }), err
	}
	names, err := targets(c)
	if err != nil {
		return nil, err
	}
	var pods []view.Pod
	var errs []error
	for _, n := range names {
		if n.Kind != "Pod" {
			return nil, commandline.Usage(c, "%s/%s is no pod", strings.ToLower(n.Kind), n.Name)
		}
		if slices.ContainsFunc(pods, func(v view.Pod) bool { return v.Ref == n.Ref }) {
			continue
		}
		v, err := view.One(c.Context, e, n.Ref)
		if err == nil && v.Stored == nil {
			err = fmt.Errorf("pod %q was not made by apply\n  hint: \"kubehost apply\" makes pods that can be started and stopped", n.Name)
		}
		pods, errs = append(pods, v), append(errs, err)
	}
	return pods, errors.Join(errs...)
}
