package commandline

import (
	"context"
	"flag"
	"slices"

	"github.com/urfave/cli/v2"
)

// Run does what the words after the program's name say. Help goes to the app's Writer.
//
// It stands in for [cli.App.Run]. That prints help with text/template, which calls methods by names that are known only then,
// so the linker would have to keep every method of every type: 5 MB, most of them code of k8s.io/api for protobuf.
func Run(ctx context.Context, app *cli.App, words []string) error {
	line, err := read(app, words)
	switch {
	case err != nil:
		return err
	case line.command == nil:
		return printHelp(app.Writer, app)
	case line.help:
		return printCommandHelp(app.Writer, app, line.command)
	}
	c, err := line.context(ctx, app)
	if err != nil {
		return err
	}
	for _, f := range line.command.Flags {
		if checked, ok := f.(cli.ActionableFlag); ok && c.IsSet(f.Names()[0]) {
			if err := checked.RunAction(c); err != nil {
				return err
			}
		}
	}
	return line.command.Action(c)
}

// context is what a command's action gets: the flags, each by its first name, and the names. A list of which cli would cut
// the values at commas is set as a whole: a file name may hold a comma.
func (l *commandLine) context(ctx context.Context, app *cli.App) (*cli.Context, error) {
	set := flag.NewFlagSet(l.command.Name, flag.ContinueOnError)
	lists := map[string][]string{}
	for _, f := range l.command.Flags {
		if err := f.Apply(set); err != nil {
			return nil, err
		}
		if _, ok := f.(*cli.StringSliceFlag); ok {
			lists[f.Names()[0]] = nil
		}
	}
	c := cli.NewContext(app, set, nil)
	c.Context, c.Command = ctx, l.command
	for _, f := range l.flags {
		value := f.value
		if list, ok := lists[f.name]; ok {
			lists[f.name] = append(list, value)
			value = cli.NewStringSlice(lists[f.name]...).Serialize()
		}
		if set.Set(f.name, value) != nil {
			return nil, l.untaken(c, f)
		}
	}
	return c, set.Parse(append([]string{"--"}, l.names...))
}

// untaken says what a flag takes instead of a value that it does not.
func (l *commandLine) untaken(c *cli.Context, f givenFlag) error {
	for _, known := range l.command.Flags {
		if _, ok := known.(*cli.DurationFlag); ok && slices.Contains(known.Names(), f.name) {
			return Mistake("--%s does not take %q\n  hint: a time with its unit: 30s, 5m, 1h30m", f.name, f.value)
		}
	}
	return Usage(c, "--%s does not take %q", f.name, f.value)
}
