package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/cpuguy83/go-md2man/v2/md2man"
)

// TestManPages: each command has a page, with all its flags, and its examples stand in lines of their own.
func TestManPages(t *testing.T) {
	app := (&program{}).app()
	pages := manPages(app)
	for _, c := range app.VisibleCommands() {
		page := string(md2man.Render([]byte(pages["kubehost-"+c.Name+".1.md"])))
		for _, f := range c.VisibleFlags() {
			if !strings.Contains(page, `\-\-`+strings.ReplaceAll(f.Names()[0], "-", `\-`)) && !strings.Contains(page, "--"+f.Names()[0]) {
				t.Errorf("%s: nothing about --%s", c.Name, f.Names()[0])
			}
		}
		_, examples, found := strings.Cut(c.Description, "\nExamples:\n")
		first, _, _ := strings.Cut(strings.TrimSpace(examples), "\n")
		if plain := strings.NewReplacer(`\-`, "-", `\&`, "", `\\`, `\`).Replace(page); found && !strings.Contains(plain, "\n"+first) {
			t.Errorf("%s: the example %q is not there:\n%s", c.Name, first, page)
		}
	}
}

// TestManWords: what a page says is what the help says, word for word. Markdown would swallow <pod> and *.
func TestManWords(t *testing.T) {
	app := (&program{}).app()
	pages := manPages(app)
	for _, c := range app.VisibleCommands() {
		page := plainPage(pages["kubehost-"+c.Name+".1.md"])
		description, examples, _ := strings.Cut(c.Description, "\nExamples:\n")
		texts := []string{c.Usage, c.UsageText, description, examples}
		for _, f := range c.VisibleFlags() {
			// "--name VALUE, -n VALUE", a tab, what it means and its default
			_, help, _ := strings.Cut(f.String(), "\t")
			if help = strings.TrimSuffix(help, " (default: false)"); help == "" {
				t.Errorf("%s: --%s has no help", c.Name, f.Names()[0])
			}
			texts = append(texts, help)
		}
		for _, text := range texts {
			if words := strings.Join(strings.Fields(text), " "); !strings.Contains(page, words) {
				t.Errorf("%s: the page lacks the words %q:\n%s", c.Name, words, page)
			}
		}
	}
}

var fontChange = regexp.MustCompile(`\\f[A-Z]`)

// plainPage are the words of a page as a reader sees them.
func plainPage(markdown string) string {
	var words []string
	for line := range strings.Lines(string(md2man.Render([]byte(markdown)))) {
		if !strings.HasPrefix(line, ".") {
			words = append(words, strings.Fields(strings.NewReplacer(`\-`, "-", `\&`, "", `\\`, `\`).Replace(fontChange.ReplaceAllString(line, "")))...)
		}
	}
	return strings.Join(words, " ")
}
