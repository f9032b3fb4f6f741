package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
)

func (p *program) manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Hidden:    true, // for packagers: make install
		Usage:     "write the manual pages as Markdown, one a command, into a directory",
		UsageText: "kubehost man DIR",
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return commandline.Usage(c, "must name one directory")
			}
			var errs []error
			for name, page := range manPages(p.app()) {
				errs = append(errs, os.WriteFile(filepath.Join(c.Args().First(), name), []byte(page), 0o644))
			}
			return errors.Join(errs...)
		},
	}
}

// manPages are the manual pages of the program and of its commands, by their file names. They are written as the Markdown
// that go-md2man takes: make install has it make pages of them, so that the program need not carry what does.
func manPages(app *cli.App) map[string]string {
	see := []string{"kubehost(1)"}
	for _, c := range app.VisibleCommands() {
		see = append(see, "kubehost-"+c.Name+"(1)")
	}
	pages := map[string]string{"kubehost.1.md": manPage("kubehost", app.Usage, "kubehost COMMAND [flags]", app.Description, nil, see)}
	for _, c := range app.VisibleCommands() {
		name := "kubehost-" + c.Name
		pages[name+".1.md"] = manPage(name, c.Usage, c.UsageText, c.Description, c.VisibleFlags(), see)
	}
	return pages
}

// manPage is one page.
func manPage(name, usage, synopsis, description string, flags []cli.Flag, see []string) string {
	var b strings.Builder
	section := func(title, text string) { fmt.Fprintf(&b, "# %s\n\n%s\n\n", title, text) }
	text, examples, _ := strings.Cut(description, "\nExamples:\n")
	fmt.Fprintf(&b, "%% %s 1\n\n", strings.ToUpper(name))
	section("NAME", name+" - "+manText(usage))
	section("SYNOPSIS", "**"+manText(synopsis)+"**")
	section("DESCRIPTION", manText(text))
	if len(flags) > 0 {
		section("OPTIONS", manOptions(flags))
	}
	if examples != "" {
		section("EXAMPLES", manText(examples))
	}
	section("EXIT STATUS", "0 when all is done, also when there was nothing to do; 1 when something could not be done; 2 when the command line "+
		"or a manifest is wrong, and nothing was touched. exec: that of the command.")
	section("SEE ALSO", strings.Join(slices.DeleteFunc(slices.Clone(see), func(s string) bool { return s == name+"(1)" }), ", "))
	return b.String()
}

// manText is a text as Markdown takes it: nothing in it is markup, and lines that are indented stand as they are.
func manText(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "  ") {
			lines[i] = "  " + l // with the two of its own: code
		} else {
			lines[i] = markup.ReplaceAllString(l, `\$0`)
		}
	}
	return strings.Join(lines, "\n")
}

// markup are the characters that mean something to Markdown.
var markup = regexp.MustCompile("[\\\\`*_{}\\[\\]<>~|&#^]")

// manOptions are the flags, each with what the help says of it. That a flag is off by default goes without saying.
func manOptions(flags []cli.Flag) string {
	var b strings.Builder
	for _, f := range flags {
		d, ok := f.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		value := ""
		if what := placeholder.FindStringSubmatch(d.GetUsage()); what != nil {
			value = " *" + manText(what[1]) + "*"
		}
		var names []string
		for _, n := range f.Names() {
			names = append(names, "**-"+strings.Repeat("-", min(len(n)-1, 1))+n+"**")
		}
		_, help, _ := strings.Cut(f.String(), "\t")
		fmt.Fprintf(&b, "%s%s\n: %s\n\n", strings.Join(names, ", "), value, manText(strings.TrimSuffix(help, " (default: false)")))
	}
	return b.String()
}
