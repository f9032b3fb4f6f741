package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange puts the words of a command line into the order that the parser
// takes (command, flags, "--", names), so that users can write flags anywhere, as with kubectl: before the command, and
// before or after names. A single-letter flag may have its value attached (-fweb.yaml). What stands
// after "--" stays there.
func arrange(app *cli.App, args []string) ([]string, error) {
	words := args[1:]
	command, at := findCommand(app, words)
	if command == nil {
		return args, nil
	}
	words = slices.Delete(slices.Clone(words), at, at+1)
	known := flagsOf(command)
	flags, names := []string{args[0], command.Name}, []string{}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			names = append(names, words[i+1:]...)
			break
		}
		if w == "-" || !strings.HasPrefix(w, "-") {
			names = append(names, w)
			continue
		}
		name, _, hasValue := strings.Cut(strings.TrimLeft(w, "-"), "=")
		takes, ok := known[name]
		switch {
		case !ok && !strings.HasPrefix(w, "--") && known[name[:1]]:
			flags = append(flags, "-"+name[:1], w[2:])
		case !ok:
			return nil, unknownFlag(command, w, known)
		case takes && !hasValue:
			if i+1 == len(words) {
				return nil, &exitError{exitUsage, fmt.Errorf("flag %s needs a value\n  hint: see \"kubehost %s --help\"", w, command.Name)}
			}
			flags = append(flags, w, words[i+1])
			i++
		default:
			flags = append(flags, w)
		}
	}
	return append(append(flags, "--"), names...), nil
}

// findCommand returns the command that the words name, and where. Flags before it may have values.
func findCommand(app *cli.App, words []string) (*cli.Command, int) {
	values := map[string]bool{}
	for _, c := range app.Commands {
		for name, takes := range flagsOf(c) {
			values[name] = values[name] || takes
		}
	}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			return nil, 0
		}
		if strings.HasPrefix(w, "-") {
			if name := strings.TrimLeft(w, "-"); values[name] {
				i++
			}
			continue
		}
		return app.Command(w), i
	}
	return nil, 0
}

// flagsOf maps the names of a command's flags to whether they take a value.
func flagsOf(c *cli.Command) map[string]bool {
	known := map[string]bool{"help": false, "h": false}
	for _, f := range c.Flags {
		takes := true
		if d, ok := f.(cli.DocGenerationFlag); ok {
			takes = d.TakesValue()
		}
		if g, ok := f.(*cli.GenericFlag); ok {
			b, ok := g.Value.(interface{ IsBoolFlag() bool })
			takes = !ok || !b.IsBoolFlag()
		}
		for _, n := range f.Names() {
			known[n] = takes
		}
	}
	return known
}

func unknownFlag(c *cli.Command, word string, known map[string]bool) error {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	hint := fmt.Sprintf("see \"kubehost %s --help\"", c.Name)
	names := make([]string, 0, len(known))
	for n := range known {
		names = append(names, n)
	}
	if near := nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean --%s?", near)
	}
	return &exitError{exitUsage, fmt.Errorf("unknown flag %s\n  hint: %s", strings.SplitN(word, "=", 2)[0], hint)}
}

// nearest is the candidate that a mistyped word most likely means; "" when none is near.
func nearest(word string, candidates []string) string {
	best, least := "", 3 // more than two slips are another word
	candidates = slices.Sorted(slices.Values(candidates))
	for _, c := range candidates {
		if len(c) < 3 {
			continue
		}
		if len(word) >= 3 && strings.HasPrefix(c, word) {
			return c
		}
		if d := distance(word, c); d < least && d < len(c)/2+1 {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
