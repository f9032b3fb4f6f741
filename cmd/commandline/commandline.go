package commandline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// commandLine is what the words after the program's name say.
type commandLine struct {
	command *cli.Command // nil where they ask for the program's help alone
	help    bool
	flags   []givenFlag // in their order
	names   []string    // all other words; those of a command that is run in a container begin with "--"
}

// givenFlag is a flag by its first name, with its value.
type givenFlag struct{ name, value string }

// read takes flags anywhere, as kubectl does: before the command, and before or after names. Single-letter flags
// may stand together (-it), the last of them with its value attached (-fweb.yaml). What stands after "--" is no flag.
func read(app *cli.App, words []string) (commandLine, error) {
	command, at := FindCommand(app, words)
	if command == nil {
		return withoutCommand(app, words, at)
	}
	words = slices.Delete(slices.Clone(words), at, at+1)
	line := commandLine{command: command}
	known := FlagsOf(command)
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			if runsAnother(command) {
				line.names = append(line.names, w)
			}
			line.names = append(line.names, words[i+1:]...)
			break
		}
		if w == "-" || !strings.HasPrefix(w, "-") {
			line.names = append(line.names, w)
			continue
		}
		flags, open := splitFlag(w, known)
		if flags == nil {
			return line, unknownFlag(command, w, known)
		}
		if open {
			if i++; i == len(words) {
				return line, Mistake("flag %s needs a value\n  hint: see \"kubehost %s --help\"", w, command.Name)
			}
			flags[len(flags)-1].value = words[i]
		}
		line.flags = append(line.flags, flags...)
	}
	line.help = slices.ContainsFunc(line.flags, func(f givenFlag) bool { return f.name == helpName })
	return line, nil
}

// withoutCommand reads words that name no command, or, at a place that is not negative, none that there is. The help of a
// command is asked for in the words of git and kubectl, too, and the version in those of docker.
func withoutCommand(app *cli.App, words []string, at int) (commandLine, error) {
	switch {
	case at >= 0 && words[at] == helpName:
		return read(app, append(slices.Delete(slices.Clone(words), at, at+1), "--"+helpName))
	case at >= 0:
		return commandLine{}, unknownCommand(app, words[at])
	}
	for _, w := range words {
		switch w {
		case "--version":
			return commandLine{command: app.Command("version")}, nil
		case "--" + helpName, "-h", "--":
		default:
			return commandLine{}, Mistake("unknown flag %s\n  hint: see \"kubehost --help\"", strings.SplitN(w, "=", 2)[0])
		}
	}
	return commandLine{help: true}, nil
}

// runsAnother says whether a command takes the words of another one after "--".
func runsAnother(c *cli.Command) bool { return strings.Contains(c.UsageText, " -- ") }

// splitFlag reads the flags that a word gives: "-it" is "-i" and "-t", "-fweb.yaml" is "-f" with a value. open says that the next
// word is the value of the last one. There are none when a flag is not known.
func splitFlag(word string, known map[string]Flag) (flags []givenFlag, open bool) {
	name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
	if f, ok := known[name]; ok {
		if !hasValue && !f.TakesValue {
			value = "true"
		}
		return []givenFlag{{f.name, value}}, f.TakesValue && !hasValue
	}
	if strings.HasPrefix(word, "--") {
		return nil, false
	}
	for rest := word[1:]; rest != ""; rest = rest[1:] {
		f, ok := known[rest[:1]]
		switch {
		case !ok:
			return nil, false
		case f.TakesValue && len(rest) > 1, strings.HasPrefix(rest[1:], "="):
			return append(flags, givenFlag{f.name, strings.TrimPrefix(rest[1:], "=")}), false
		case f.TakesValue:
			return append(flags, givenFlag{name: f.name}), true
		}
		flags = append(flags, givenFlag{f.name, "true"})
	}
	return flags, false
}

// FindCommand returns the command that the words name, and where: nil when there is none of that name, with -1 when
// none is named. Flags before it may have values.
func FindCommand(app *cli.App, words []string) (*cli.Command, int) {
	values := map[string]bool{}
	for _, c := range app.Commands {
		for name, f := range FlagsOf(c) {
			values[name] = values[name] || f.TakesValue
		}
	}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			return nil, -1
		}
		if strings.HasPrefix(w, "-") {
			if name := strings.TrimLeft(w, "-"); values[name] {
				i++
			}
			continue
		}
		return app.Command(w), i
	}
	return nil, -1
}

// Flag is a flag that a command has.
type Flag struct {
	name string // the first of its names
	// TakesValue says that the flag needs a value: the next word, where none stands after =.
	TakesValue bool
}

// FlagsOf maps all names of a command's flags, --help among them, to the flags.
func FlagsOf(c *cli.Command) map[string]Flag {
	known := map[string]Flag{}
	for _, f := range append([]cli.Flag{cli.HelpFlag}, c.Flags...) {
		takes := true
		if d, ok := f.(cli.DocGenerationFlag); ok {
			takes = d.TakesValue()
		}
		if g, ok := f.(*cli.GenericFlag); ok {
			b, ok := g.Value.(interface{ IsBoolFlag() bool })
			takes = !ok || !b.IsBoolFlag()
		}
		for _, n := range f.Names() {
			known[n] = Flag{f.Names()[0], takes}
		}
	}
	return known
}

func unknownCommand(app *cli.App, word string) error {
	if ours := OthersWords()[word]; ours != "" {
		return Mistake("unknown command %q\n  hint: here it is \"kubehost %s\"", word, ours)
	}
	names := []string{}
	for _, command := range app.VisibleCommands() {
		names = append(names, command.Names()...)
	}
	hint := `see "kubehost --help"`
	if near := Nearest(word, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return Mistake("unknown command %q\n  hint: %s", word, hint)
}

// OthersWords returns the commands of kubectl, compose, docker and podman that have another name here, each with what to write instead.
func OthersWords() map[string]string {
	return map[string]string{
		"attach": "logs -f POD", "config": "validate -f FILE", "create": "apply -f FILE", "down": "delete -f FILE", "explain": "fields pod.spec",
		"images": "get pods -o custom-columns=NAME:.metadata.name,IMAGES:.spec.containers[*].image", "info": "doctor",
		"inspect": "get pod POD -o yaml", "kill": "stop POD --now", "list": "get pods -A", "ls": "get pods -A", "play": "apply -f FILE",
		"pods": "get pods", "ps": "get pods", "replace": "apply -f FILE", "rm": "delete POD", "rollout": "restart POD", "run": "apply -f FILE",
		"up": "apply -f FILE",
	}
}

// othersFlags are flags of kubectl that are not here, each with what does the same.
var othersFlags = map[string]string{
	"k": "kustomize build DIR | kubehost COMMAND -f -", "kustomize": "kustomize build DIR | kubehost COMMAND -f -",
	"field-selector": "-o jsonpath with a filter: {.items[?(@.status.phase==\"Running\")].metadata.name}",
}

func unknownFlag(c *cli.Command, word string, known map[string]Flag) error {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	hint := fmt.Sprintf("see \"kubehost %s --help\"", c.Name)
	names := make([]string, 0, len(known))
	for n := range known {
		names = append(names, n)
	}
	if near := Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean --%s?", near)
	}
	if ours := othersFlags[name]; ours != "" {
		hint = "instead: " + ours
	}
	return Mistake("unknown flag %s\n  hint: %s", strings.SplitN(word, "=", 2)[0], hint)
}
