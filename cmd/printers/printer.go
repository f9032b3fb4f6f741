package printers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/util/jsonpath"

	"github.com/kubehost/kubehost/cmd/view"
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

// Formats are what -o takes, as a sentence lists them.
const Formats = "wide, name, json, yaml, jsonpath=, jsonpath-as-json=, jsonpath-file=, custom-columns= or custom-columns-file="

// Printer prints pods in the format of -o, once or again and again.
type Printer struct {
	out    io.Writer
	format string
	// template is the text of path.
	template string
	path     *jsonpath.JSONPath
	columns  []customColumn
	// sortText is the text of sortPath, which is nil when pods keep their order.
	sortText string
	sortPath *jsonpath.JSONPath
	// Namespaces, showLabels and labelColumns add columns to the table: the last one for each label of these keys.
	Namespaces   bool
	ShowLabels   bool
	LabelColumns []string
	// Headers says that the names of the columns are still to be printed.
	Headers bool
	grid    grid
}

// New prints to w in a format, which is what -o says. It begins with the names of the columns.
func New(w io.Writer, format string) (*Printer, error) {
	p := &Printer{out: w, Headers: true, grid: grid{w: w}}
	return p, p.read(format)
}

// SortBy has the pods sorted by what is at a path, as --sort-by says it.
func (p *Printer) SortBy(path string) (err error) {
	p.sortText = path
	p.sortPath, err = ParseField(path)
	return err
}

// Sorts says whether pods are sorted.
func (p *Printer) Sorts() bool { return p.sortPath != nil }

// read reads a format, with what it is told of paths.
func (p *Printer) read(text string) (err error) {
	var argument string
	p.format, argument, _ = strings.Cut(text, "=")
	switch p.format {
	case formatTable, formatWide, formatName, formatJSON, formatYAML:
		if p.format == text {
			return nil
		}
		return fmt.Errorf("%q is no output format: %s", text, Formats)
	case formatPath, formatPathJSON, formatPathFile, formatColumns, formatColsFile:
	default:
		return fmt.Errorf("%q is no output format: %s", text, Formats)
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

// Human says whether the format is for people, who want to be told that there is nothing.
func (p *Printer) Human() bool { return p.format == formatTable || p.format == formatWide }

// Sort sorts pods as [Printer.SortBy] says; without that they keep their order.
func (p *Printer) Sort(pods []view.Pod) error {
	if p.sortPath == nil {
		return nil
	}
	return sortPods(pods, p.sortPath, p.sortText)
}

// Print prints pods: one as an object of its own, when single, or all as a List. A table is continued.
func (p *Printer) Print(pods []view.Pod, single bool) error {
	var objects []*v1.Pod
	for _, v := range pods {
		pod, err := v.Object()
		if err != nil {
			return err
		}
		objects = append(objects, pod)
	}
	switch {
	case p.Human():
		return p.table(pods, objects)
	case p.format == formatName:
		for _, o := range objects {
			fmt.Fprintf(p.out, "pod/%s\n", o.Name)
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

// PrintEach prints pods that a watch tells of, each as an object of its own.
func (p *Printer) PrintEach(pods []view.Pod) error {
	if p.Human() || p.columns != nil {
		if len(pods) == 0 {
			return nil
		}
		return p.Print(pods, false)
	}
	for _, v := range pods {
		if err := begin(p.out, p.format); err != nil {
			return err
		}
		if err := p.Print([]view.Pod{v}, true); err != nil {
			return err
		}
	}
	return nil
}

// Text is what there is to print of a pod, but for what time alone changes.
func (p *Printer) Text(v view.Pod) (string, error) {
	pod, err := v.Object()
	if err != nil {
		return "", err
	}
	if p.Human() {
		return strings.Join(p.row(v, pod, time.Time{}), "\t"), nil
	}
	b, err := json.Marshal(pod)
	return string(b), err
}

// data prints a value as JSON or YAML, or what a template picks from it.
func (p *Printer) data(value any) error {
	if p.path == nil {
		return Data(p.out, value, p.format)
	}
	object, err := Generic(value)
	if err != nil {
		return err
	}
	if err := p.path.Execute(p.out, object); err != nil {
		return fmt.Errorf("error executing jsonpath %q: %w", p.template, err)
	}
	return nil
}

// table prints kubectl's table of pods.
func (p *Printer) table(pods []view.Pod, objects []*v1.Pod) error {
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
func (p *Printer) rows(head []string, rows [][]string) error {
	if p.Headers {
		p.Headers, rows = false, slices.Insert(rows, 0, head)
	}
	return p.grid.print(rows...)
}

func (p *Printer) head() []string {
	head := []string{"NAME", "READY", "STATUS", "RESTARTS", "AGE"}
	if p.Namespaces {
		head = slices.Insert(head, 0, "NAMESPACE")
	}
	if p.format == formatWide {
		head = append(head, "IP", "PORTS")
	}
	for _, key := range p.LabelColumns {
		head = append(head, strings.ToUpper(key[strings.LastIndex(key, "/")+1:]))
	}
	if p.ShowLabels {
		head = append(head, "LABELS")
	}
	return head
}

func (p *Printer) row(v view.Pod, pod *v1.Pod, now time.Time) []string {
	columns := view.Summarize(pod)
	if v.Ending() {
		columns.Reason = view.ReasonTerminating
	}
	row := append([]string{pod.Name}, append(cells(columns, now), Age(v.Created(), now))...)
	if p.Namespaces {
		row = slices.Insert(row, 0, pod.Namespace)
	}
	if p.format == formatWide {
		row = append(row, orNone(v.IP()), orNone(v.Ports()))
	}
	for _, key := range p.LabelColumns {
		value, ok := pod.Labels[key]
		if !ok {
			value = orNone("")
		}
		row = append(row, value)
	}
	if p.ShowLabels {
		row = append(row, labels.FormatLabels(pod.Labels))
	}
	return row
}

func orNone(s string) string { return cmp.Or(s, "<none>") }

// customTable prints the table of -o custom-columns.
func (p *Printer) customTable(objects []*v1.Pod) error {
	var head []string
	for _, c := range p.columns {
		head = append(head, c.header)
	}
	var rows [][]string
	for _, o := range objects {
		object, err := Generic(o)
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
