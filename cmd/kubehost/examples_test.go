package main

import (
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
)

// commands are the simple commands of a line for a shell, without what redirects their output.
func commands(line string) [][]string {
	var all [][]string
	var words []string
	var word *strings.Builder
	endWord := func() {
		if word != nil {
			words, word = append(words, word.String()), nil
		}
	}
	end := func() { endWord(); all, words = append(all, words), nil }
	put := func(r rune) {
		if word == nil {
			word = &strings.Builder{}
		}
		word.WriteRune(r)
	}
	quote := rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			put(r)
		case r == '\'' || r == '"':
			quote = r
			if word == nil {
				word = &strings.Builder{}
			}
		case r == '#' && word == nil:
			end()
			return all
		case strings.ContainsRune("|;&>", r):
			end()
		case r == ' ' || r == '\n':
			endWord()
		default:
			put(r)
		}
	}
	end()
	return all
}

// kubehosts are the command lines of kubehost in a line of a page.
func kubehosts(line string) [][]string {
	var all [][]string
	for _, words := range commands(strings.TrimPrefix(line, "$ ")) {
		for len(words) > 0 && (words[0] == "sudo" || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		if len(words) > 1 && path.Base(words[0]) == "kubehost" {
			all = append(all, append([]string{"kubehost"}, words[1:]...))
		}
	}
	return all
}

var inline = regexp.MustCompile("`(kubehost [a-z][^`]*)`")

// examples are all command lines of kubehost that pages and help texts show, with the place where each stands.
func examples(t *testing.T) map[string][][]string {
	t.Helper()
	all := map[string][][]string{}
	for name, text := range pages(t) {
		for _, b := range blocks(text) {
			for line := range strings.Lines(b.text) {
				all[name] = append(all[name], kubehosts(line)...)
			}
		}
		for _, m := range inline.FindAllStringSubmatch(text, -1) {
			all[name] = append(all[name], kubehosts(m[1])...)
		}
	}
	app := (&program{}).app()
	for _, c := range append(app.Commands, &cli.Command{Description: app.Description}) {
		_, text, ok := strings.Cut(c.Description, "Examples:\n")
		if !ok && !c.Hidden && c.Name != "version" {
			t.Errorf("kubehost %s --help has no examples", c.Name)
		}
		for line := range strings.Lines(text) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), "   ") // what follows is a comment
			all["help of "+c.Name] = append(all["help of "+c.Name], kubehosts(line)...)
		}
	}
	return all
}

// TestExamplesParse: the commands and flags of every example are there. Those that need no runtime are run.
func TestExamplesParse(t *testing.T) {
	all, n := examples(t), 0
	t.Chdir(exampleDir(t))
	for where, lines := range all {
		for _, words := range lines {
			n++
			if err := parse(words); err != nil {
				t.Errorf("%s: %s: %v", where, strings.Join(words, " "), err)
				continue
			}
			if !runsAnywhere(words) {
				continue
			}
			var stdout, stderr bytes.Buffer
			p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: os.Getenv, euid: 0}
			if code := p.main(words); code != 0 && !slices.Contains(words, "-") {
				t.Errorf("%s: %s: exit status %d\n%s", where, strings.Join(words, " "), code, stderr.String())
			}
		}
	}
	if n < 40 {
		t.Errorf("found %d examples only", n)
	}
}

// runsAnywhere says of a command line that it needs no runtime, and names all that it works with. A mention as "kubehost
// validate" does not.
func runsAnywhere(words []string) bool {
	switch words[1] {
	case "fields", "version":
		return true
	case "validate":
		return slices.Contains(words, "-f")
	}
	return slices.Contains(words, "-f") && slices.Contains(words, "--dry-run")
}

// parse reads a command line as the program does, and runs nothing.
func parse(words []string) error {
	p := &program{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, getenv: func(string) string { return "" }}
	app := p.app()
	for _, c := range app.Commands {
		c.Action = func(*cli.Context) error { return nil }
	}
	return commandline.Run(context.Background(), app, words[1:])
}

// exampleDir is a directory with the files that examples name: all of them the example of the README.
func exampleDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	web, err := os.ReadFile("../../manifests/examples/web.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pod.yaml", "web.yaml", "manifests/examples/web.yaml"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, web, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
