package main

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
)

func (p *program) getCommand() *cli.Command {
	return &cli.Command{
		Name:      "get",
		Usage:     "list pods, and what they use",
		UsageText: "kubehost get pods [POD …] | KIND [NAME …] | -f FILE … [flags]",
		Description: `Lists the pods of a namespace as kubectl does, or what was applied for them: configmaps,
secrets, persistentvolumeclaims (pvc) with their directories, persistentvolumes (pv). With -o json or yaml
each pod is a Kubernetes Pod with its status filled in, and the other formats pick from that:

  -o jsonpath=TEMPLATE         text with paths in braces, {range} and {end}; jsonpath-as-json= prints JSON
  -o custom-columns=COLUMNS    a table of HEADER:PATH,HEADER:PATH
  -o jsonpath-file=FILE, custom-columns-file=FILE    the same, from a file

With --watch a pod is printed again with every change, and once more when it was deleted. Supervisors tell of their
pods. As long as there are pods without one, the runtime is asked for them every 2 seconds.

Examples:
  kubehost get pods
  kubehost get pods -A -o wide --sort-by .metadata.creationTimestamp
  kubehost get pods -l app=shop --show-labels
  kubehost get pods --watch
  kubehost get pod web -o yaml
  kubehost get -f pod.yaml
  kubehost get pod web -o jsonpath='{.status.podIP}'
  kubehost get pvc -o wide
  kubehost get pods -o custom-columns=NAME:.metadata.name,IMAGES:.spec.containers[*].image`,
		Flags: append(append(append(selectionFlags("to list (default: default)"), fileFlags()...),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT`: " + printers.Formats},
			&cli.StringFlag{Name: "sort-by", Usage: "sort by what is at this `PATH`: .status.startTime"},
			&cli.BoolFlag{Name: "watch", Aliases: []string{"w"}, Usage: "after the list, go on with each change of a pod"},
			&cli.BoolFlag{Name: "watch-only", Usage: "go on with each change of a pod, without the list"},
			&cli.BoolFlag{Name: "no-headers", Usage: "no line of column names"},
			&cli.BoolFlag{Name: "show-labels", Usage: "all labels, as the last column"},
			&cli.StringSliceFlag{Name: "label-columns", Aliases: []string{"L"}, Usage: "a column for each of the labels with these `KEYS`: app,tier"},
			&cli.BoolFlag{Name: "ignore-not-found", Usage: "what is not there is no error"},
		), settings.Flags()...),
		Action: p.get,
	}
}

// notListed says what to write instead of a first word that names no pods.
func notListed(word string) error {
	ours := "get pod " + runtime.Quote(word)
	kinds := slices.Collect(maps.Keys(kindWords))
	switch lower := strings.ToLower(word); {
	case strings.Contains(lower, ","):
		for first := range strings.SplitSeq(lower, ",") {
			if kindWords[first] != "" {
				ours = "get " + first
				break
			}
		}
	case lower == "all":
		ours = "get pods"
	case commandline.Nearest(lower, append(kinds, "events")) == "events":
		ours = "events"
	case commandline.Nearest(lower, kinds) != "":
		ours = "get " + commandline.Nearest(lower, kinds)
	}
	return commandline.Mistake("%q cannot be listed: only pods, configmaps, secrets, persistentvolumeclaims and persistentvolumes can, one kind at a time\n  hint: did you mean \"kubehost %s\"?", word, ours)
}

// kindToGet is the kind that the first word names: "pods", "pod/web"; pods without one.
func kindToGet(word string) (kind string, ok bool) {
	if word == "" {
		return "Pod", true
	}
	word, _, name := strings.Cut(word, "/")
	if kind = kindWords[strings.ToLower(word)]; kind == "" && name {
		return "Pod", true // whoever reads the names says what is wrong with it
	}
	return kind, kind != ""
}

func (p *program) get(c *cli.Context) error {
	if c.NArg() == 0 && !c.IsSet("filename") {
		return commandline.Usage(c, "must name what to list: pods, configmaps, secrets, persistentvolumeclaims or persistentvolumes")
	}
	switch kind, ok := kindToGet(c.Args().First()); {
	case !ok:
		return notListed(c.Args().First())
	case kind != "Pod":
		return p.getObjects(c, kind)
	}
	sel, err := p.choose(c)
	if err == nil {
		err = sel.only(c, "Pod")
	}
	if err != nil {
		return err
	}
	printer, err := p.printer(c, sel)
	if err != nil {
		return err
	}
	if c.Bool("watch") || c.Bool("watch-only") {
		return p.watchPods(c, sel, printer)
	}
	e, _, err := p.host(c)
	if err != nil {
		return err
	}
	if err := e.Check(refsOf(sel.names)...); err != nil {
		return err
	}
	all, unseen := view.All(c.Context, e)
	if unseen != nil && len(all) == 0 {
		return unseen
	}
	pods, missing := sel.of(all)
	if c.Bool("ignore-not-found") {
		missing = nil
	}
	if err := printer.Sort(pods); err != nil {
		return err
	}
	// Of names there is something to say of each that is there; else, of all together.
	if len(sel.names) == 0 || len(pods) > 0 {
		err = printer.Print(pods, len(sel.names) == 1)
	}
	if len(pods)+len(sel.names) == 0 && printer.Human() {
		p.note("%s", sel.none())
	}
	return errors.Join(append(append(missing, damages(pods)...), err, unseen)...)
}

// printer prints as the flags say.
func (p *program) printer(c *cli.Context, sel selection) (*printers.Printer, error) {
	pp, err := printers.New(p.stdout, c.String("output"))
	if err != nil {
		return nil, commandline.Usage(c, "-o: %v", err)
	}
	pp.Namespaces, pp.ShowLabels, pp.Headers = sel.namespace == "", c.Bool("show-labels"), !c.Bool("no-headers")
	for _, keys := range c.StringSlice("label-columns") {
		pp.LabelColumns = append(pp.LabelColumns, strings.Split(keys, ",")...)
	}
	if path := c.String("sort-by"); path != "" {
		if err := pp.SortBy(path); err != nil {
			return nil, commandline.Usage(c, "--sort-by: %v", err)
		}
	}
	return pp, nil
}
