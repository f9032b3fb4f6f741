package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (p *program) getCommand() *cli.Command {
	return &cli.Command{
		Name:      "get",
		Usage:     "list pods",
		UsageText: "kubehost get pods [POD …] [flags]",
		Description: `Lists the pods of a namespace as kubectl does. With -o json or yaml each pod is a Kubernetes
Pod with its status filled in.

Examples:
  kubehost get pods
  kubehost get pods -A -o wide
  kubehost get pod web -o yaml`,
		Flags: append([]cli.Flag{
			namespaceFlag("to list (default: default)"),
			&cli.BoolFlag{Name: "all-namespaces", Aliases: []string{"A"}, Usage: "list all namespaces"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT`: wide, name, json or yaml"},
			&cli.BoolFlag{Name: "no-headers", Usage: "no line of column names"},
			&cli.BoolFlag{Name: "ignore-not-found", Usage: "what is not there is no error"},
		}, settingFlags()...),
		Action: p.get,
	}
}

func (p *program) get(c *cli.Context) error {
	if c.NArg() == 0 {
		return usage(c, "must name what to list: pods")
	}
	if err := checkNamespace(first(c.String("namespace"), v1.NamespaceDefault)); err != nil {
		return err
	}
	var names []target
	if kind, ok := kindWords[strings.ToLower(c.Args().First())]; !ok && !strings.Contains(c.Args().First(), "/") || ok && kind != "Pod" {
		return usage(c, "%q cannot be listed: only pods can", c.Args().First())
	} else if c.NArg() > 1 || !ok {
		var err error
		if names, err = targets(c); err != nil {
			return err
		}
	}
	out := c.String("output")
	if !slices.Contains([]string{"", "wide", "name", "json", "yaml"}, out) {
		return usage(c, "%q is no output format: wide, name, json or yaml", out)
	}
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	e, err := p.engine(c.Context, s)
	if err != nil {
		return err
	}
	all, err := observePods(c.Context, e, s)
	if err != nil {
		return err
	}
	pods, missing := choose(all, names, first(c.String("namespace"), v1.NamespaceDefault), c.Bool("all-namespaces"))
	if c.Bool("ignore-not-found") {
		missing = nil
	}
	if err := p.printPods(pods, printing{format: out, all: c.Bool("all-namespaces"), single: len(names) == 1 && len(missing) == 0,
		headers: !c.Bool("no-headers"), quietEmpty: len(names) > 0}, c); err != nil {
		return err
	}
	return errors.Join(missing...)
}

// choose picks the pods that are asked for, and an error for each that is not there.
func choose(all []podView, names []target, namespace string, everywhere bool) (pods []podView, missing []error) {
	if len(names) == 0 {
		for _, v := range all {
			if everywhere || v.Ref.Namespace == namespace {
				pods = append(pods, v)
			}
		}
		return pods, nil
	}
	for _, n := range names {
		i := slices.IndexFunc(all, func(v podView) bool { return v.Ref == n.Ref })
		if n.Kind != "Pod" || i < 0 {
			missing = append(missing, fmt.Errorf("%ss %q not found in %s namespace", strings.ToLower(n.Kind), n.Name, n.Namespace))
			continue
		}
		pods = append(pods, all[i])
	}
	return pods, missing
}

// printing says how pods are printed.
type printing struct {
	format                   string
	all, headers, quietEmpty bool
	// single prints one object rather than a List.
	single bool
}

func (p *program) printPods(pods []podView, o printing, c *cli.Context) error {
	switch o.format {
	case "json", "yaml":
		return p.printObjects(pods, o)
	case "name":
		for _, v := range pods {
			fmt.Fprintf(p.stdout, "pod/%s\n", v.Ref.Name)
		}
		return nil
	}
	if len(pods) == 0 {
		if !o.quietEmpty {
			where := " in " + first(c.String("namespace"), v1.NamespaceDefault) + " namespace"
			if o.all {
				where = ""
			}
			p.note("No resources found%s.", where)
		}
		return nil
	}
	return table(p.stdout, pods, o)
}

func table(w io.Writer, pods []podView, o printing) error {
	t := tabwriter.NewWriter(w, 0, 8, 3, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(t, strings.Join(cells, "\t")) }
	head := []string{"NAME", "READY", "STATUS", "RESTARTS", "AGE"}
	if o.all {
		head = append([]string{"NAMESPACE"}, head...)
	}
	if o.format == "wide" {
		head = append(head, "IP", "PORTS")
	}
	if o.headers {
		row(head...)
	}
	now := time.Now()
	for _, v := range pods {
		pod, err := v.object()
		if err != nil {
			return err
		}
		cells := append([]string{v.Ref.Name}, append(columnsOf(pod).cells(now), age(v.created(), now))...)
		if o.all {
			cells = append([]string{v.Ref.Namespace}, cells...)
		}
		if o.format == "wide" {
			cells = append(cells, orNone(v.ip()), orNone(v.ports()))
		}
		row(cells...)
	}
	return t.Flush()
}

func orNone(s string) string { return first(s, "<none>") }

func (p *program) printObjects(pods []podView, o printing) error {
	var objects []*v1.Pod
	for _, v := range pods {
		pod, err := v.object()
		if err != nil {
			return err
		}
		objects = append(objects, pod)
	}
	if o.single {
		return p.printData(objects[0], o.format)
	}
	list := struct {
		metav1.TypeMeta
		Metadata metav1.ListMeta `json:"metadata"`
		Items    []*v1.Pod       `json:"items"`
	}{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "List"}, Items: append([]*v1.Pod{}, objects...)}
	return p.printData(list, o.format)
}
