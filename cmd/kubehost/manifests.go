package main

import (
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

// manifestFlags name the manifests of a command.
func manifestFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "filename", Aliases: []string{"f"}, Usage: "`FILE`, directory, URL or - for standard input; may be repeated"},
		&cli.BoolFlag{Name: "recursive", Aliases: []string{"R"}, Usage: "read directories with all that is below them"},
		namespaceFlag("of objects that name none"),
	}
}

func namespaceFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "namespace", Aliases: []string{"n"}, Usage: "`NAMESPACE` " + usage}
}

// loadOptions are what the flags say of reading manifests.
func (p *program) loadOptions(c *cli.Context) manifests.Options {
	return manifests.Options{Recursive: c.Bool("recursive"), Stdin: p.stdin, Namespace: c.String("namespace")}
}

// sources are the -f flags; a command without any is a mistake.
func sources(c *cli.Context) ([]string, error) {
	f := c.StringSlice("filename")
	if len(f) == 0 && c.NArg() > 0 {
		return nil, &exitError{exitUsage, fmt.Errorf("unexpected %q: manifests are named with -f\n  hint: did you mean -f %s?", c.Args().First(), runtime.Quote(c.Args().First()))}
	}
	if len(f) == 0 {
		return nil, usage(c, "must specify -f: a manifest file, a directory, a URL, or - for standard input")
	}
	return f, nil
}

// load reads and checks the manifests, and translates them. Problems are printed; an error
// among them ends the program with nothing touched. With others the pods applied earlier are looked at, too.
func (p *program) load(c *cli.Context, s settings, names []string, others bool) (*manifests.Set, plan.Plan, error) {
	o := p.loadOptions(c)
	var err error
	store := runtime.Store{Dir: s.StateDir}
	// Without the right to read what was applied earlier, references are resolved in what was given alone.
	if o.Stored, err = store.Objects(); err != nil && !os.IsPermission(err) {
		return nil, plan.Plan{}, err
	}
	if others {
		pods, err := store.Manifests()
		if err != nil && !os.IsPermission(err) {
			return nil, plan.Plan{}, err
		}
		o.Stored = append(o.Stored, pods...)
	}
	bound, err := store.Bindings()
	if err != nil && !os.IsPermission(err) {
		return nil, plan.Plan{}, err
	}
	set, problems := manifests.Load(c.Context, names, o)
	var translated plan.Plan
	if !problems.HasErrors() {
		var more manifests.Problems
		host := thisHost(s)
		host.EnvFiles, host.Elsewhere = readEnvFiles(set), !others
		host.Bindings = bound
		translated, more = translate.Translate(set, host)
		problems = append(problems, more...)
	}
	problems.Print(p.stderr)
	if problems.HasErrors() {
		return nil, plan.Plan{}, &exitError{code: exitUsage}
	}
	for _, line := range unkept(translated) {
		p.note("%s", line)
	}
	return set, translated, nil
}
