package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// deletion is what a command line says is to be deleted: the objects that are named or, with kinds, those of the kinds that
// are selected.
type deletion struct {
	named    []target
	kinds    []string
	selected selection
}

// toDelete reads the flags and words.
func (p *program) toDelete(c *cli.Context) (d deletion, err error) {
	files := c.StringSlice("filename")
	switch {
	case len(files) > 0:
		d.named, err = p.inFiles(c, files, c.Args().Slice())
		return d, err
	case selects(c):
		if d.selected, err = selectionOf(c, nil); err != nil {
			return d, err
		}
		d.kinds, err = kindsOf(c)
		return d, err
	case c.NArg() == 0:
		return d, commandline.Usage(c, "must name pods, or manifests with -f")
	}
	s, err := selectionOf(c, c.Args().Slice())
	if err == nil && len(s.names) == 0 {
		err = commandline.Usage(c, "must name pods, or select them with -l or --all")
	}
	d.named = s.names
	return d, err
}

// kindsOf are the kinds that a single word names: "pods", "pods,configmaps"; pods without one.
func kindsOf(c *cli.Context) ([]string, error) {
	if c.NArg() == 0 {
		return []string{"Pod"}, nil
	}
	var kinds []string
	for word := range strings.SplitSeq(c.Args().First(), ",") {
		kind, ok := kindWords[strings.ToLower(word)]
		if !ok || c.NArg() > 1 {
			return nil, commandline.Usage(c, "name cannot be provided when a selector is specified")
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

// inFiles are the objects of manifests, where nothing else says which are meant.
func (p *program) inFiles(c *cli.Context, files, words []string) ([]target, error) {
	switch {
	case len(words) > 0:
		return nil, commandline.Usage(c, "names and -f cannot be given together")
	case c.Bool("all") || c.Bool("all-namespaces"):
		return nil, commandline.Usage(c, "--all and --all-namespaces cannot be given together with -f")
	}
	return p.identify(c, files)
}

// identify are the objects of manifests.
func (p *program) identify(c *cli.Context, files []string) ([]target, error) {
	o, err := p.loadOptions(c)
	if err != nil {
		return nil, err
	}
	origins, problems := manifests.Identify(c.Context, files, o)
	problems.Print(p.stderr)
	if problems.HasErrors() {
		return nil, &commandline.ExitError{Code: commandline.ExitUsage}
	}
	var all []target
	for _, o := range origins {
		all = append(all, target{o.Kind, plan.Ref{Namespace: o.Namespace, Name: o.Name}})
	}
	return all, checkNames(all)
}

// objectsToDelete are the objects to delete: pods first, as they use the others. A damaged pod is not among them unless it is named,
// as nobody knows its labels; there is an error for each.
func (p *program) objectsToDelete(ctx context.Context, e *engines.Finder, what deletion) (all []target, damaged []error, err error) {
	all = what.named
	if slices.Contains(what.kinds, "Pod") {
		views, err := view.All(ctx, e)
		if err != nil {
			return nil, nil, err
		}
		pods, _ := what.selected.of(views)
		damaged = damages(pods)
		for _, v := range pods {
			if v.Damaged != nil {
				continue
			}
			all = append(all, target{"Pod", v.Ref})
			e.Place(v.Ref, v.Engine.Dialect.Name()) // one that was not applied is where it was seen
		}
	}
	if len(what.kinds) == 0 {
		return all, damaged, nil
	}
	objects, err := runtime.Store{Dir: e.Settings.StateDir}.Objects()
	if err := p.warnDamaged(err); err != nil {
		return nil, nil, settings.StateError(err)
	}
	for _, raw := range objects {
		var o metav1.PartialObjectMetadata
		if err := json.Unmarshal(raw, &o); err != nil {
			return nil, nil, err
		}
		t := targetOf(o.Kind, o.Namespace, o.Name)
		if slices.Contains(what.kinds, o.Kind) && what.selected.has(t.Ref, o.Labels) {
			all = append(all, t)
		}
	}
	return all, damaged, nil
}

// sharesOf divides what is named by the engines of the pods. What is no pod goes with the last of them: until then pods
// may use it.
func sharesOf(ctx context.Context, e *engines.Finder, all []target) ([]engines.Share[target], error) {
	of, err := e.Pods(ctx, refsOf(all), nil)
	if err != nil {
		return nil, err
	}
	pods, others := []target{}, []target{}
	for _, t := range all {
		if t.Kind == "Pod" {
			pods = append(pods, t)
		} else {
			others = append(others, t)
		}
	}
	switch parts := engines.Shares(pods, func(t target) runtime.Engine { return of[t.Ref] }); len(parts) {
	case 0:
		engine, err := e.Chosen(ctx)
		return []engines.Share[target]{{Engine: engine, Of: all}}, err
	case 1:
		return []engines.Share[target]{{Engine: parts[0].Engine, Of: all}}, nil // in the order in which they are named
	default:
		last := &parts[len(parts)-1]
		last.Of = append(last.Of, others...)
		return parts, nil
	}
}
