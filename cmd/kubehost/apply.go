package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"sigs.k8s.io/yaml"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// dryRun is the value of --dry-run: alone it is "client", as kubectl once had it.
type dryRun bool

func (d *dryRun) Set(v string) error {
	switch v {
	case "true", "client":
		*d = true
	case "false", "none":
		*d = false
	default:
		return fmt.Errorf("%q is not client or none", v)
	}
	return nil
}
func (d *dryRun) String() string { return map[bool]string{true: "client", false: "none"}[bool(*d)] }

// IsBoolFlag lets the flag stand without a value.
func (d *dryRun) IsBoolFlag() bool { return true }

func (p *program) applyCommand() *cli.Command {
	dry := new(dryRun)
	return &cli.Command{
		Name:      "apply",
		Usage:     "make this host run what the manifests say",
		UsageText: "kubehost apply -f FILE [-f FILE …] [flags]",
		Description: `Reads all manifests, checks all of them, and only then changes what differs: an unchanged
pod runs on, a changed container is replaced alone, a change of what the containers
share (ports, network, host name) replaces the pod.

Examples:
  kubehost apply -f pod.yaml
  kubehost apply -R -f manifests/
  kustomize build . | kubehost apply -f -
  kubehost apply -f pod.yaml --dry-run            the commands, as a script
  kubehost apply -f pod.yaml --dry-run -o plan    what the host must look like`,
		Flags: append(append(manifestFlags(),
			&cli.GenericFlag{Name: "dry-run", Value: dry, DefaultText: "false", Usage: "print what would be done on an empty host, and do nothing; needs no runtime and no root"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT` of a dry run: sh, plan, json or yaml; otherwise name"},
			&cli.BoolFlag{Name: "show-secrets", Usage: "print the values of Secrets in a dry run, so that the script runs as it stands"},
			&cli.DurationFlag{Name: "timeout", Value: 30 * time.Minute, Usage: "longest `TIME` for one step: a pull, an init container, a stop"},
			&cli.StringFlag{Name: "supervisor", Usage: "`KIND` of supervisor: detached, or none, which leaves restarts to the runtime (KUBEHOST_SUPERVISOR)"},
			&cli.BoolFlag{Name: "wait", Usage: "wait until all pods are ready, or have done their work"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress on standard error"},
		), settingFlags()...),
		Action: func(c *cli.Context) error { return p.apply(c, bool(*dry)) },
	}
}

func (p *program) apply(c *cli.Context, dry bool) error {
	names, err := sources(c)
	if err != nil {
		return err
	}
	if c.NArg() > 0 {
		return usage(c, "unexpected %q: manifests are named with -f", c.Args().First())
	}
	out := c.String("output")
	if err := checkOutput(c, out, dry); err != nil {
		return err
	}
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	set, want, err := p.load(c, s, names, !dry)
	if err != nil {
		return err
	}
	if dry {
		return p.printDryRun(s, want, out, c.Bool("show-secrets"))
	}
	e, err := p.engine(c.Context, s)
	if err != nil {
		return err
	}
	a := applying{program: p, engine: e, store: runtime.Store{Dir: s.StateDir}, set: set, want: want, settings: s,
		wait: c.Bool("wait"), quiet: c.Bool("quiet"), spawned: map[plan.Ref]int{}}
	return a.run(c.Context, c.Duration("timeout"))
}

func checkOutput(c *cli.Context, out string, dry bool) error {
	switch {
	case out == "", dry && (out == "sh" || out == "plan" || out == "json" || out == "yaml"), !dry && out == "name":
		return nil
	case dry:
		return usage(c, "%q is no output format of a dry run: sh, plan, json or yaml", out)
	}
	return usage(c, "%q is no output format: name, or with --dry-run one of sh, plan, json, yaml", out)
}

// printDryRun prints what apply would do on a host that has nothing yet. No executor is built.
func (p *program) printDryRun(s settings, want plan.Plan, out string, secrets bool) error {
	if !secrets {
		// Masked before anything is derived from it: not even a hash of a secret is printed.
		want = want.Masked()
	}
	switch out {
	case "plan":
		_, err := fmt.Fprint(p.stdout, want.Text(plan.TextOptions{}))
		return err
	case "json", "yaml":
		return p.printData(want, out)
	}
	name := s.Runtime
	if name == "auto" {
		name = installed()
	}
	e, err := p.dialect(name)
	if err != nil {
		return err
	}
	steps, err := runtime.Decide(runtime.Desired{Plan: want}, runtime.Observed{}, e.Dialect.Infra())
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "#!/bin/sh\n# What kubehost apply does on a host that has none of this yet, with %s.\n", name)
	if !secrets && want.HasSecrets() {
		fmt.Fprintln(p.stdout, "# Values of Secrets are masked (***); with --show-secrets the script runs as it stands.")
	}
	return e.WriteScript(p.stdout, steps)
}

// lateWord is how JSON writes a place in a plan that is filled once the pod's sandbox runs.
var lateWord = regexp.MustCompile(`\\u0000([a-zA-Z]+)\\u0000`)

// printData prints a value as JSON or YAML.
func (p *program) printData(v any, format string) error {
	b, err := json.MarshalIndent(v, "", "    ")
	b = lateWord.ReplaceAll(b, []byte("<$1>"))
	if err == nil && format == "yaml" {
		b, err = yaml.JSONToYAML(b)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n", strings.TrimSuffix(string(b), "\n"))
	return err
}

// applying is one run of apply.
type applying struct {
	*program
	engine   runtime.Engine
	settings settings
	store    runtime.Store
	set      *manifests.Set
	want     plan.Plan
	wait     bool
	quiet    bool
	// spawned counts, for each pod, the looks at it without a supervisor.
	spawned map[plan.Ref]int
}

// stepLimit is the longest that a supervisor waits for one step.
const stepLimit = 30 * time.Minute

// run does what differs and prints a line for each object.
func (a *applying) run(ctx context.Context, limit time.Duration) error {
	var refs []plan.Ref
	for _, p := range a.want.Pods {
		refs = append(refs, p.Ref)
	}
	release, err := a.store.Lock(ctx, refs, func() { a.note("waiting for another kubehost that works on these pods") })
	if err != nil {
		return storeError(err)
	}
	defer release()
	if err := a.others(); err != nil {
		return err
	}
	seen, err := a.engine.Observe(ctx, a.want)
	if err != nil {
		return err
	}
	steps, err := runtime.Decide(runtime.Desired{Plan: a.want}, seen, a.engine.Dialect.Infra())
	if err != nil {
		return err
	}
	words, err := a.save(steps, seen)
	if err != nil {
		return storeError(err)
	}
	r := newReporter(a.program, a.quiet)
	if a.settings.Supervisor == supervisorNone {
		err = runtime.Executor{Engine: a.engine, Limit: limit, Report: r.event}.Run(ctx, steps)
		a.print(words, r.failed)
		return err
	}
	err = runtime.Executor{Engine: a.engine, Limit: limit, Report: r.event}.Run(ctx, preparing(steps))
	r.handedOver(steps)
	pods := slices.DeleteFunc(slices.Clone(a.want.Pods), func(p plan.Pod) bool { return r.failed[p.Ref] })
	err = errors.Join(err, a.handOver(pods))
	release() // the supervisors need the locks
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done after %s", limit))
	defer cancel()
	err = errors.Join(err, a.follow(ctx, pods, r))
	a.print(words, r.failed)
	return err
}

// others makes sure that the pods which are looked at again, because they use what is given, are still those that were
// read: before the lock another kubehost could change or delete them.
func (a *applying) others() error {
	for _, o := range a.set.Pods {
		if !o.Stored || !slices.ContainsFunc(a.want.Pods, func(p plan.Pod) bool { return p.Ref == ref(o.Origin) }) {
			continue
		}
		now, err := a.store.Pod(ref(o.Origin))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return storeError(err)
		}
		if string(now.Manifest) != string(o.Source) {
			return fmt.Errorf("pod %q was changed at the same time\n  hint: apply again", o.Origin.Name)
		}
	}
	return nil
}

func ref(o manifests.Origin) plan.Ref { return plan.Ref{Namespace: o.Namespace, Name: o.Name} }

// save keeps the manifests and plans before anything is done, so that an interrupted apply is known, and
// returns kubectl's word for each object.
func (a *applying) save(steps runtime.Steps, seen runtime.Observed) (map[string]string, error) {
	words := map[string]string{}
	for _, o := range objects(a.set) {
		before, err := a.store.Object(o.origin.Kind, ref(o.origin))
		if err != nil {
			return nil, err
		}
		words[key(o.origin)] = word(before != nil, string(before) != string(o.source))
		if err := a.store.SaveObject(o.origin.Kind, ref(o.origin), o.source); err != nil {
			return nil, err
		}
	}
	manifest := map[plan.Ref]manifests.Object[*podType]{}
	for _, o := range a.set.Pods {
		manifest[ref(o.Origin)] = o
	}
	for _, p := range a.want.Pods {
		o := manifest[p.Ref]
		before, err := a.store.Pod(p.Ref)
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		there := err == nil || known(seen, p.Ref)
		changed := touches(steps, p.Ref) && !a.inHand(before.Plan, p)
		words[key(o.Origin)] = word(there, changed || string(before.Manifest) != string(o.Source))
		if err := a.store.SavePod(o.Source, p); err != nil {
			return nil, err
		}
	}
	return words, a.store.Bind(a.want.Pods)
}

func word(there, changed bool) string {
	switch {
	case !there:
		return "created"
	case changed:
		return "configured"
	}
	return "unchanged"
}

func known(o runtime.Observed, r plan.Ref) bool {
	for _, c := range o.Containers {
		if c.Ref == r {
			return true
		}
	}
	return false
}

func touches(steps runtime.Steps, r plan.Ref) bool {
	for _, s := range steps {
		if s.Pod == r {
			return true
		}
	}
	return false
}

// key identifies an object in one invocation.
func key(o manifests.Origin) string { return o.Kind + "/" + o.Namespace + "/" + o.Name }

// print writes a line for each object that is as it should be, in the order given, and then for each pod applied earlier
// that changed with them.
func (a *applying) print(words map[string]string, failed map[plan.Ref]bool) {
	for _, o := range a.set.Order {
		if o.Kind == "Pod" && failed[ref(o)] {
			continue
		}
		fmt.Fprintf(a.stdout, "%s/%s %s\n", strings.ToLower(o.Kind), o.Name, words[key(o)])
	}
	for _, o := range a.set.Pods {
		if o.Stored && words[key(o.Origin)] == "configured" && !failed[ref(o.Origin)] {
			fmt.Fprintf(a.stdout, "pod/%s configured\n", o.Origin.Name)
		}
	}
}

// storeError adds the remedy to what went wrong with the state directory.
func storeError(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w\n  hint: run kubehost as root, or give it a directory of your own with --state-dir", err)
	}
	return err
}
