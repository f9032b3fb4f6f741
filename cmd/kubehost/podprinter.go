package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/util/jsonpath"

	"github.com/kubehost/kubehost/cmd/commandline"
)

// The formats of -o.
const (
	formatTable    = ""
	formatWide     = "wide"
	formatName     = "name"
	formatJSON     = "json"
	formatYAML     = "yaml"
	formatPath     = "jsonpath"
	formatPathJSON = "jsonpath-as-json"
	formatPathFile = "jsonpath-file"
	formatColumns  = "custom-columns"
	formatColsFile = "custom-columns-file"
)

const formatNames = "wide, name, json, yaml, jsonpath=, jsonpath-as-json=, jsonpath-file=, custom-columns= or custom-columns-file="

// podPrinter prints pods in the format of -o, once or again and again.
type podPrinter struct {
	*program
	format string
	// template is the text of path.
	template string
	path     *jsonpath.JSONPath
	columns  []customColumn
	// sortBy is the text of sortPath, which is nil when pods keep their order.
	sortBy   string
	sortPath *jsonpath.JSONPath
	// namespaces, showLabels and labelColumns add columns to the table.
	namespaces   bool
	showLabels   bool
	labelColumns []string
	headers      bool // still to be printed
	grid         grid
}

// podPrinter reads what the flags say.
func (p *program) podPrinter(c *cli.Context, sel selection) (*podPrinter, error) {
	pp := &podPrinter{program: p, namespaces: sel.namespace == "", showLabels: c.Bool("show-labels"), headers: !c.Bool("no-headers"), grid: grid{w: p.stdout}}
	for _, keys := range c.StringSlice("label-columns") {
		pp.labelColumns = append(pp.labelColumns, strings.Split(keys, ",")...)
	}
	if err := pp.read(c.String("output")); err != nil {
		return nil, commandline.Usage(c, "-o: %v", err)
	}
	if pp.sortBy = c.String("sort-by"); pp.sortBy != "" {
		var err error
		if pp.sortPath, err = parseField(pp.sortBy); err != nil {
			return nil, commandline.Usage(c, "--sort-by: %v", err)
		}
	}
	return pp, nil
}

// read reads a format, with what it is told of paths.
func (p *podPrinter) read(text string) (err error) {
	var argument string
	p.format, argument, _ = strings.Cut(text, "=")
	switch p.format {
	case formatTable, formatWide, formatName, formatJSON, formatYAML:
		if p.format == text {
			return nil
		}
		return fmt.Errorf("%q is no output format: %s", text, formatNames)
	case formatPath, formatPathJSON, formatPathFile, formatColumns, formatColsFile:
	default:
		return fmt.Errorf("%q is no output format: %s", text, formatNames)
	}
	if argument == "" {
		return fmt.Errorf("%s needs a template after =", p.format)
	}
	if p.format == formatPathFile || p.format == formatColsFile {
		b, err := os.ReadFile(argument)
		if err != nil {
			return err
		}
		argument = string(b)
	}
	switch p.format {
	case formatColumns:
		p.columns, err = parseColumns(argument)
	case formatColsFile:
		p.columns, err = parseColumnsFile(argument)
	default:
		p.template = argument
		if p.path, err = parsePath(argument); err == nil {
			p.path.EnableJSONOutput(p.format == formatPathJSON)
		}
	}
	return err
}

// human says whether the format is for people, who want to be told that there is nothing.
func (p *podPrinter) human() bool { return p.format == formatTable || p.format == formatWide }

func (p *podPrinter) sort(pods []podView) error {
	if p.sortPath == nil {
		return nil
	}
	return sortPods(pods, p.sortPath, p.sortBy)
}

// print prints pods: one as an object of its own, when single, or all as a List. A table is continued.
func (p *podPrinter) print(pods []podView, single bool) error {
	var objects []*v1.Pod
	for _, v := range pods {
		pod, err := v.object()
		if err != nil {
			return err
		}
		objects = append(objects, pod)
	}
	switch {
	case p.human():
		return p.table(pods, objects)
	case p.format == formatName:
		for _, o := range objects {
			fmt.Fprintf(p.stdout, "pod/%s\n", o.Name)
		}
		return nil
	case p.columns != nil:
		return p.customTable(objects)
	case single:
		return p.data(objects[0])
	}
	return p.data(struct {
		metav1.TypeMeta
		Metadata metav1.ListMeta `json:"metadata"`
		Items    []*v1.Pod       `json:"items"`
	}{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "List"}, Items: append([]*v1.Pod{}, objects...)})
}

// printEach prints pods that a watch tells of, each as an object of its own.
func (p *podPrinter) printEach(pods []podView) error {
	if p.human() || p.columns != nil {
		if len(pods) == 0 {
			return nil
		}
		return p.print(pods, false)
	}
	for _, v := range pods {
		if err := p.print([]podView{v}, true); err != nil {
			return err
		}
	}
	return nil
}

// text is what there is to print of a pod, but for what time alone changes.
func (p *podPrinter) text(v podView) (string, error) {
	pod, err := v.object()
	if err != nil {
		return "", err
	}
	if p.human() {
		return strings.Join(p.row(v, pod, time.Time{}), "\t"), nil
	}
	b, err := json.Marshal(pod)
	return string(b), err
}

// data prints a value as JSON or YAML, or what a template picks from it.
func (p *podPrinter) data(value any) error {
	if p.path == nil {
		return p.printData(value, p.format)
	}
	object, err := generic(value)
	if err != nil {
		return err
	}
	if err := p.path.Execute(p.stdout, object); err != nil {
		return fmt.Errorf("error executing jsonpath %q: %w", p.template, err)
	}
	return nil
}

// table prints kubectl's table of pods.
func (p *podPrinter) table(pods []podView, objects []*v1.Pod) error {
	var rows [][]string
	now := time.Now()
	for i, v := range pods {
		rows = append(rows, p.row(v, objects[i], now))
	}
	if len(rows) == 0 {
		return nil
	}
	return p.rows(p.head(), rows)
}

// rows prints rows, and the names of the columns above the first.
func (p *podPrinter) rows(head []string, rows [][]string) error {
	if p.headers {
		p.headers, rows = false, slices.Insert(rows, 0, head)
	}
	return p.grid.print(rows...)
}

func (p *podPrinter) head() []string {
	head := []string{"NAME", "READY", "STATUS", "RESTARTS", "AGE"}
	if p.namespaces {
		head = slices.Insert(head, 0, "NAMESPACE")
	}
	if p.format == formatWide {
		head = append(head, "IP", "PORTS")
	}
	for _, key := range p.labelColumns {
		head = append(head, strings.ToUpper(key[strings.LastIndex(key, "/")+1:]))
	}
	if p.showLabels {
		head = append(head, "LABELS")
	}
	return head
}

func (p *podPrinter) row(v podView, pod *v1.Pod, now time.Time) []string {
	columns := columnsOf(pod)
	if v.ending() {
		columns.reason = reasonTerminating
	}
	cells := append([]string{pod.Name}, append(columns.cells(now), age(v.created(), now))...)
	if p.namespaces {
		cells = slices.Insert(cells, 0, pod.Namespace)
	}
	if p.format == formatWide {
		cells = append(cells, orNone(v.ip()), orNone(v.ports()))
	}
	for _, key := range p.labelColumns {
		value, ok := pod.Labels[key]
		if !ok {
			value = orNone("")
		}
		cells = append(cells, value)
	}
	if p.showLabels {
		cells = append(cells, labels.FormatLabels(pod.Labels))
	}
	return cells
}

func orNone(s string) string { return cmp.Or(s, "<none>") }

// customTable prints the table of -o custom-columns.
func (p *podPrinter) customTable(objects []*v1.Pod) error {
	var head []string
	for _, c := range p.columns {
		head = append(head, c.header)
	}
	var rows [][]string
	for _, o := range objects {
		object, err := generic(o)
		if err != nil {
			return err
		}
		var cells []string
		for _, c := range p.columns {
			text, err := c.cell(object)
			if err != nil {
				return err
			}
			cells = append(cells, text)
		}
		rows = append(rows, cells)
	}
	return p.rows(head, rows)
}
