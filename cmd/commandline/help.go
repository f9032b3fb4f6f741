package commandline

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

const helpName = "help" // of the flag, and of the word that asks for it

// printHelp prints what the program is, and its commands.
func printHelp(w io.Writer, app *cli.App) error {
	commands := helpSection{title: "COMMANDS"}
	for _, c := range app.VisibleCommands() {
		commands.rows = append(commands.rows, c.Name+"\t"+c.Usage)
	}
	return printPage(w, helpPage{app.Name, app.Usage, app.Name + " [global options] command [command options]", app.Description,
		[]helpSection{commands, {"GLOBAL OPTIONS", []string{cli.HelpFlag.String()}}}})
}

// printCommandHelp prints what a command does, and its flags.
func printCommandHelp(w io.Writer, app *cli.App, c *cli.Command) error {
	options := helpSection{title: "OPTIONS"}
	for _, f := range append(c.VisibleFlags(), cli.HelpFlag) {
		options.rows = append(options.rows, f.String())
	}
	return printPage(w, helpPage{app.Name + " " + c.Name, c.Usage, c.UsageText, c.Description, []helpSection{options}})
}

// helpPage is one page of help.
type helpPage struct {
	name, usage, synopsis, description string
	sections                           []helpSection
}

// helpSection is a table: each row has what it tells of, a tab, and what there is to tell.
type helpSection struct {
	title string
	rows  []string
}

func printPage(w io.Writer, p helpPage) error {
	table := tabwriter.NewWriter(w, 1, 8, 2, ' ', 0)
	fmt.Fprintf(table, "NAME:\n   %s - %s\n\nUSAGE:\n   %s\n", p.name, p.usage, p.synopsis)
	if p.description != "" {
		fmt.Fprintf(table, "\nDESCRIPTION:\n%s\n", indented(p.description))
	}
	for _, s := range p.sections {
		fmt.Fprintf(table, "\n%s:\n", s.title)
		for _, row := range s.rows {
			fmt.Fprintf(table, "   %s\n", row)
		}
	}
	return table.Flush()
}

// indented is a text as the parts of a page stand; its empty lines stay empty.
func indented(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = "   " + l
		}
	}
	return strings.Join(lines, "\n")
}
