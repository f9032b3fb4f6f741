package main

import (
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
