package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubehost/kubehost/manifests"
)

// writeFieldsText prints two columns, and below each row its notes: a third column would be left with no room beside
// the paths.
func writeFieldsText(w io.Writer, rows []manifests.Field, width int) error {
	first := len("FIELD")
	for _, f := range rows {
		// A few long paths do not push the other rows' status to the right margin.
		if n := len(f.Path); n <= width-20 {
			first = max(first, n)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s  STATUS\n", first, "FIELD")
	for _, f := range rows {
		fmt.Fprintf(&b, "%-*s  %s\n", first, f.Path, f.Status)
		for _, note := range fieldNotes(f) {
			for i, line := range wrap(note, width-6) {
				indent := "    "
				if i > 0 {
					indent = "      "
				}
				b.WriteString(indent + line + "\n")
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap breaks a text into lines at its blanks.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

const fieldsPage = `# Fields

What kubehost does with each field of a manifest, from the table by which it checks manifests itself:
this page is the output of ` + "`kubehost fields -o md`" + `. A row stands for all fields below its path.
A key that is no field is an error here, where a cluster may ignore it: nothing is dropped in silence.

- **supported**: means what it means to a kubelet, on docker and on podman.
- **no effect**: one host has no use for it; a warning, unless a cluster writes it into every object.
- **refused**: without it the pod would mean something else; an error that says what to do instead.
`

// writeFieldsPage prints the table as a page, with a section for each kind.
func writeFieldsPage(w io.Writer, rows []manifests.Field) error {
	var b strings.Builder
	b.WriteString(fieldsPage)
	kind := ""
	for _, f := range rows {
		if k, _, _ := strings.Cut(f.Path, "."); k != kind {
			kind = k
			fmt.Fprintf(&b, "\n## %s\n\n| field | status | notes |\n| --- | --- | --- |\n", kind)
		}
		var notes []string
		for _, n := range fieldNotes(f) {
			notes = append(notes, cell(n))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimPrefix(f.Path, kind+"."), f.Status, strings.Join(notes, "<br>"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell keeps what would be markup in a cell of a table from being so.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", ">", "&gt;", "_", `\_`).Replace(text)
}

func quotedList(texts []string) string {
	var quoted []string
	for _, t := range texts {
		if t == "" {
			t = `""`
		}
		quoted = append(quoted, t)
	}
	return strings.Join(quoted, ", ")
}
