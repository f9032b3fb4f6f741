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

// Printer prints pods and other objects in the format of -o, once or again and again.
type Printer struct {
	out    io.Writer
	format string
	// template is the text of path.
	template string
	path     *jsonpath.JSONPath
	columns  []customColumn
	// sortText is the text of sortPath, which is nil when all keep their order.
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

// SortBy has what is printed sorted by what is at a path, as --sort-by says it.
func (p *Printer) SortBy(path string) (err error) {
	p.sortText = path
	p.sortPath, err = ParseField(path)
	return err
}

// Sorts says whether it is sorted.
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
	var values []any
	for _, v := range pods {
		pod, err := v.Object()
		if err != nil {
			return err
		}
		values = append(values, pod)
	}
	order, err := p.order(values)
	before := slices.Clone(pods)
	for to, from := range order {
		pods[to] = before[from]
	}
	return err
}

// SortItems is Sort for other objects.
func (p *Printer) SortItems(items []*Item) error {
	if p.sortPath == nil {
		return nil
	}
	var values []any
	for _, i := range items {
		values = append(values, i.Value)
	}
	order, err := p.order(values)
	before := slices.Clone(items)
	for to, from := range order {
		items[to] = before[from]
	}
	return err
}

// Item is one object, as it is listed.
type Item struct {
	Kind, Namespace, Name string
	Labels                map[string]string
	// Cells stand in the table below the names of its Columns, Wide below those that -o wide adds.
	Cells, Wide []string
	// Value is the Kubernetes object, for the other formats.
	Value any
}

// Columns are the names of the columns that the table of a kind has after NAME, and of those that -o wide adds.
type Columns struct{ Cells, Wide []string }

// Print prints pods: one as an object of its own, when single, or all as a List. A table is continued.
func (p *Printer) Print(pods []view.Pod, single bool) error {
	now := time.Now()
	var items []*Item
	for _, v := range pods {
		pod, err := v.Object()
		if err != nil {
			return err
		}
		items = append(items, podItem(v, pod, now))
	}
	return p.PrintItems(podColumns, items, single)
}

// PrintItems is Print for other objects, all of one kind.
func (p *Printer) PrintItems(columns Columns, items []*Item, single bool) error {
	switch {
	case p.Human():
		return p.table(columns, items)
	case p.format == formatName:
		for _, i := range items {
			fmt.Fprintf(p.out, "%s/%s\n", strings.ToLower(i.Kind), i.Name)
		}
		return nil
	case p.columns != nil:
		return p.customTable(items)
	case single:
		return p.data(items[0].Value)
	}
	values := []any{}
	for _, i := range items {
		values = append(values, i.Value)
	}
	return p.data(struct {
		metav1.TypeMeta
		Metadata metav1.ListMeta `json:"metadata"`
		Items    []any           `json:"items"`
	}{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "List"}, Items: values})
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
		return strings.Join(p.row(podItem(v, pod, time.Time{})), "\t"), nil
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

// table prints kubectl's table.
func (p *Printer) table(columns Columns, items []*Item) error {
	if len(items) == 0 {
		return nil
	}
	var rows [][]string
	for _, i := range items {
		rows = append(rows, p.row(i))
	}
	return p.rows(p.head(columns), rows)
}

// rows prints rows, and the names of the columns above the first.
func (p *Printer) rows(head []string, rows [][]string) error {
	if p.Headers {
		p.Headers, rows = false, slices.Insert(rows, 0, head)
	}
	return p.grid.print(rows...)
}

func (p *Printer) head(columns Columns) []string {
	head := append([]string{"NAME"}, columns.Cells...)
	if p.Namespaces {
		head = slices.Insert(head, 0, "NAMESPACE")
	}
	if p.format == formatWide {
		head = append(head, columns.Wide...)
	}
	for _, key := range p.LabelColumns {
		head = append(head, strings.ToUpper(key[strings.LastIndex(key, "/")+1:]))
	}
	if p.ShowLabels {
		head = append(head, "LABELS")
	}
	return head
}

func (p *Printer) row(i *Item) []string {
	row := append([]string{i.Name}, i.Cells...)
	if p.Namespaces {
		row = slices.Insert(row, 0, i.Namespace)
	}
	if p.format == formatWide {
		row = append(row, i.Wide...)
	}
	for _, key := range p.LabelColumns {
		value, ok := i.Labels[key]
		if !ok {
			value = orNone("")
		}
		row = append(row, value)
	}
	if p.ShowLabels {
		row = append(row, labels.FormatLabels(i.Labels))
	}
	return row
}

func orNone(s string) string { return cmp.Or(s, "<none>") }

// customTable prints the table of -o custom-columns.
func (p *Printer) customTable(items []*Item) error {
	var head []string
	for _, c := range p.columns {
		head = append(head, c.header)
	}
	var rows [][]string
	for _, i := range items {
		object, err := Generic(i.Value)
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
