package main

import (
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/manifests"
)

func (p *program) fieldsCommand() *cli.Command {
	return &cli.Command{
		Name:      "fields",
		Usage:     "print what each field of a manifest means here",
		UsageText: "kubehost fields [PATH] [-o text|json|yaml|md]",
		Description: `Prints the support table: each field of each kind, and whether it is supported, has no effect on
one host, or is refused; with the reason and what to do instead. A row stands for all fields below its path.
A key that is no field is an error.

Examples:
  kubehost fields
  kubehost fields pod.spec.containers.ports
  kubehost fields pod.metadata.annotations`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "text", Usage: "`FORMAT`: text, json, yaml or md"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return commandline.Usage(c, "unexpected %q: one path at a time", c.Args().Get(1))
			}
			rows := manifests.Fields(c.Args().First())
			if len(rows) == 0 {
				return noField(c, c.Args().First())
			}
			switch out := c.String("output"); out {
			case "json", "yaml":
				return printers.Data(p.stdout, fieldData(rows), out)
			case "md":
				return writeFieldsPage(p.stdout, rows)
			case "text":
				return writeFieldsText(p.stdout, rows, width(p.stdout))
			default:
				return commandline.Usage(c, "%q is no output format: text, json, yaml or md", out)
			}
		},
	}
}

// fieldPaths are the paths of all fields, without brackets, the objects that hold them among them.
func fieldPaths() []string {
	var paths []string
	for _, f := range manifests.Fields("") {
		at := strings.ReplaceAll(f.Path, "[]", "")
		for !strings.Contains(at, "[") && !slices.Contains(paths, at) {
			paths = append(paths, at)
			if i := strings.LastIndex(at, "."); i > 0 {
				at = at[:i]
			}
		}
	}
	return paths
}

// noField names the field that a path most likely means: its own, or that of the last part that there is.
func noField(c *cli.Context, path string) error {
	paths := fieldPaths()
	plain := strings.ReplaceAll(path, "[]", "")
	i := slices.IndexFunc(paths, func(p string) bool { return strings.EqualFold(p, plain) || strings.EqualFold(p, "pod."+plain) })
	near := commandline.Nearest(plain, paths)
	if i >= 0 {
		near = paths[i]
	}
	if near == "" {
		return commandline.Usage(c, "%q is no field of a kind that kubehost knows", path)
	}
	return commandline.Mistake("%q is no field of a kind that kubehost knows\n  hint: did you mean %s?", path, near)
}

// fieldRow is a row of the table as JSON has it.
type fieldRow struct {
	Path    string   `json:"path"`
	Status  string   `json:"status"`
	Reason  string   `json:"reason,omitempty"`
	Hint    string   `json:"hint,omitempty"`
	Accepts []string `json:"accepts,omitempty"`
	Docker  string   `json:"docker,omitempty"`
	Podman  string   `json:"podman,omitempty"`
}

func fieldData(rows []manifests.Field) []fieldRow {
	var data []fieldRow
	for _, f := range rows {
		data = append(data, fieldRow{f.Path, f.Status.String(), f.Reason, f.Hint, f.Accepts, f.Docker, f.Podman})
	}
	return data
}

// fieldNotes are what there is to say of a field beside its status, a sentence each.
func fieldNotes(f manifests.Field) []string {
	var notes []string
	add := func(before, text string) {
		if text != "" {
			notes = append(notes, before+text)
		}
	}
	all := manifests.Annotations()
	if i := slices.IndexFunc(all, func(a manifests.Annotation) bool { return f.Path == "pod.metadata.annotations["+a.Key+"]" }); i >= 0 {
		add("", all[i].Meaning)
		add("value: ", all[i].Value)
	}
	add("", f.Reason)
	add("instead: ", f.Hint)
	add("accepted: ", quotedList(f.Accepts))
	if f.Docker == f.Podman {
		add("", f.Docker)
	} else {
		add("docker: ", f.Docker)
		add("podman: ", f.Podman)
	}
	return notes
}

// width is that of the terminal; what goes elsewhere is wrapped for one of 100 columns.
func width(out any) int {
	if f, ok := out.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return max(60, min(columns, 120))
		}
	}
	return 100
}
