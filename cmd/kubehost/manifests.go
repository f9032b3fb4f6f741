package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/host"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

// manifestFlags name the manifests of a command.
func manifestFlags() []cli.Flag {
	return append(fileFlags(), namespaceFlag("of objects that name none"))
}

func fileFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "filename", Aliases: []string{"f"}, Usage: "`FILE`, directory, URL or - for standard input; may be repeated"},
		&cli.BoolFlag{Name: "recursive", Aliases: []string{"R"}, Usage: "read directories with all that is below them"},
	}
}

func namespaceFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "namespace", Aliases: []string{"n"}, Usage: "`NAMESPACE` " + usage}
}

// loadOptions are what the flags say of reading manifests.
func (p *program) loadOptions(c *cli.Context) (manifests.Options, error) {
	selector, err := selectorOf(c)
	return manifests.Options{Recursive: c.Bool("recursive"), Stdin: p.stdin, Namespace: c.String("namespace"), Selector: selector}, err
}

// sources are the -f flags; a command without any is a mistake.
func sources(c *cli.Context) ([]string, error) {
	f := c.StringSlice("filename")
	if len(f) == 0 && c.NArg() > 0 {
		return nil, commandline.Mistake("unexpected %q: manifests are named with -f\n  hint: did you mean -f %s?", c.Args().First(), runtime.Quote(c.Args().First()))
	}
	if len(f) == 0 {
		return nil, commandline.Usage(c, "must specify -f: a manifest file, a directory, a URL, or - for standard input")
	}
	if c.NArg() > 0 {
		return nil, commandline.Usage(c, "unexpected %q: manifests are named with -f", c.Args().First())
	}
	return f, nil
}

// wanted is what manifests say.
type wanted struct {
	set   *manifests.Set
	want  plan.Plan
	stale stale
}

// load reads and checks the manifests, and translates them. Problems are printed; an error
// among them ends the program with nothing touched. With others the pods applied earlier are looked at, too.
func (p *program) load(c *cli.Context, s settings.Settings, names []string, others bool) (w wanted, err error) {
	o, err := p.loadOptions(c)
	if err != nil {
		return w, err
	}
	store := runtime.Store{Dir: s.StateDir}
	// Without the right to read what was applied earlier, references are resolved in what was given alone.
	o.Stored, err = store.Objects()
	if err := p.warnDamaged(err); err != nil && !os.IsPermission(err) {
		return w, err
	}
	if others || c.Bool(flagPrune) {
		pods, err := store.Manifests()
		if c.Bool(flagPrune) && runtime.DamagedIn(err) != nil {
			return w, fmt.Errorf("nothing is pruned while a pod may use it: %w", err)
		}
		if err := p.warnDamaged(err); err != nil && !os.IsPermission(err) {
			return w, err
		}
		o.Stored = append(o.Stored, pods...)
	}
	bound, err := store.Bindings()
	if err != nil && !os.IsPermission(err) {
		return w, err
	}
	set, problems := manifests.Load(c.Context, names, o)
	w.set = set
	if !problems.HasErrors() {
		if err := p.publish(c, set); err != nil {
			return w, err
		}
		var more manifests.Problems
		if w.stale, err = p.findStale(c, o.Selector, set); err != nil {
			return w, err
		}
		set.Pods = slices.DeleteFunc(set.Pods, func(pod manifests.Object[*podType]) bool {
			return pod.Stored && (!others || slices.Contains(w.stale.pods, ref(pod.Origin)))
		})
		h := host.Look(s)
		h.Journal = host.HasJournal(p.user(), s)
		h.EnvFiles, h.Elsewhere = host.EnvFiles(set), !others
		h.Bindings = bound
		w.want, more = translate.Translate(set, h)
		problems = append(problems, more...)
	}
	problems.Print(p.stderr)
	if problems.HasErrors() {
		return w, &commandline.ExitError{Code: commandline.ExitUsage}
	}
	for _, line := range unkept(w.want) {
		p.note("%s", line)
	}
	return w, nil
}

const flagPublish = "publish"

// publishFlag publishes ports that the manifests do not.
func publishFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: flagPublish, Usage: "publish a `PORT` otherwise than the manifest says: " + manifests.PublicationForm + "; may be repeated"}
}

// publish does what the flags say, where the command has them.
func (p *program) publish(c *cli.Context, set *manifests.Set) error {
	var list []manifests.Publication
	for _, text := range c.StringSlice(flagPublish) {
		one, err := manifests.ParsePublication(text)
		if err != nil {
			return commandline.Usage(c, "--%s: %v", flagPublish, err)
		}
		list = append(list, one)
	}
	if err := set.Publish(list); err != nil {
		return commandline.Usage(c, "--%s: %v", flagPublish, err)
	}
	return nil
}
