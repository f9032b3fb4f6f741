package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) applyCommand() *cli.Command {
	dry := new(dryRun)
	return &cli.Command{
		Name:      "apply",
		Usage:     "make this host run what the manifests say",
		UsageText: "kubehost apply -f FILE [-f FILE …] [flags]",
		Description: `Reads all manifests, checks all of them, and only then changes what differs: an unchanged
pod runs on, a changed container is replaced alone, a change of what the containers
share (ports, network, host name) replaces the pod.

--prune removes what an earlier apply has made in the namespaces of these manifests and is not in them any more: with -l
what has these labels, with --all everything. That is pods, ended gracefully once all that is given could be prepared, and
ConfigMaps and Secrets that no pod uses. Claims and their data stay.

--publish stands for the hostPort and hostIP of a port, which is named by its number or its name; without HOST it is
the same number, without IP 127.0.0.1. It is kept with the pod: the next apply without it publishes again what the
manifest says.

Where systemd runs, each pod is a service, kubehost-<pod>.service: systemctl knows how
it is, and it starts at boot unless kubehost.dev/auto-start is "false".

Standard error shows what goes on, live on a terminal; standard output has the results alone.

Examples:
  kubehost apply -f pod.yaml
  kubehost apply -R -f manifests/
  kustomize build . | kubehost apply -f -
  kubehost apply -f pod.yaml --publish 8888:80    on 127.0.0.1, until it is applied without
  kubehost apply -f pod.yaml --wait --progress=plain
  kubehost apply -R -f manifests/ --prune -l app=shop
  kubehost apply -f pod.yaml --dry-run            the commands, as a script
  kubehost apply -f pod.yaml --dry-run -o plan    what the host must look like
  kubehost apply -f pod.yaml --dry-run -o units   the services of systemd, one for each pod`,
		Flags: append(append(manifestFlags(),
			&cli.GenericFlag{Name: "dry-run", Value: dry, DefaultText: "false", Usage: "print what would be done on an empty host, and do nothing; needs no runtime and no root"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT` of a dry run: sh, plan, json, yaml or units; otherwise name"},
			&cli.BoolFlag{Name: "show-secrets", Usage: "print the values of Secrets in a dry run, so that the script runs as it stands"},
			timeoutFlag("one step: a pull, an init container, a stop"),
			supervisorFlag(),
			publishFlag(),
			&cli.BoolFlag{Name: flagEnableLinger, Usage: "let this user's pods start at boot and go on after logout: loginctl enable-linger"},
			&cli.BoolFlag{Name: "wait", Usage: "wait until all pods are ready, or have done their work"},
			&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit with 2 when anything was changed, with 0 when nothing was"},
			&cli.BoolFlag{Name: "server-side", Usage: "of kubectl; taken, and ignored with a warning"},
			&cli.StringFlag{Name: "field-manager", Usage: "of kubectl, `NAME`; taken, and ignored with a warning"},
		), append(pruneFlags(), settings.ChangeFlags()...)...),
		Action: func(c *cli.Context) error { return p.apply(c, bool(*dry)) },
	}
}

func supervisorFlag() cli.Flag {
	return &cli.StringFlag{Name: "supervisor", Usage: "`KIND` of supervisor: systemd makes each pod a service, detached starts a process, none leaves restarts to the runtime (KUBEHOST_SUPERVISOR)"}
}

func (p *program) apply(c *cli.Context, dry bool) error {
	names, err := sources(c)
	if err != nil {
		return err
	}
	if err := checkPrune(c); err != nil {
		return err
	}
	out := c.String("output")
	if err := checkOutput(c, out, dry); err != nil {
		return err
	}
	s, err := p.user().Settings(c)
	if err != nil {
		return err
	}
	for _, name := range []string{"server-side", "field-manager"} {
		if c.IsSet(name) {
			p.warn(fmt.Errorf("--%s means nothing on one host: kubehost alone changes its pods", name))
			break
		}
	}
	show := p.reporting(c, s)
	defer show.Close()
	if out == "units" {
		s.Supervisor = settings.SupervisorSystemd
	} else if err := p.chooseSupervisor(c.Context, &s); err != nil && !dry {
		return err
	}
	if dry {
		w, err := p.load(c, s, names, false)
		if err != nil {
			return err
		}
		if err := p.printDryRun(c.Context, s, w.want, out, c.Bool("show-secrets")); err != nil {
			return err
		}
		return p.printDryPruned(w.stale, out)
	}
	a, e, err := p.planned(c, p.newActing(c, s, show), names)
	if err != nil {
		return err
	}
	if err := p.checkRootless(c, a.settings.Supervisor, a.parts(a.want.Pods)); err != nil {
		return err
	}
	sync, err := p.autoPrune(c.Context, e)
	if err != nil {
		return err
	}
	given, _ := a.givenPods()
	for _, note := range e.Staying(given) {
		p.note("%s", note)
	}
	for _, note := range a.newClaims() {
		p.note("%s", note)
	}
	if err := errors.Join(a.run(c.Context), sync(c.Context)); err != nil || !c.Bool("detailed-exitcode") || !a.changed {
		return err
	}
	return &commandline.ExitError{Code: exitChanged}
}

// exitChanged is the exit code of apply --detailed-exitcode when something was changed.
const exitChanged = 2

// newClaims tells of claims that nobody has applied, and that have no data yet: a name that is mistyped would be an empty directory.
func (a *applying) newClaims() []string {
	var notes []string
	for _, p := range a.want.Pods {
		for _, v := range p.Volumes {
			if v.Kind != plan.Claim || v.Mark != "" || slices.ContainsFunc(a.set.Claims, func(o manifests.Object[*v1.PersistentVolumeClaim]) bool {
				return ref(o.Origin) == plan.Ref{Namespace: p.Namespace, Name: v.Claim}
			}) {
				continue
			}
			if _, err := os.Stat(v.Path); errors.Is(err, fs.ErrNotExist) {
				notes = append(notes, fmt.Sprintf("pod %q: warning: the claim %q was not applied: its directory is made, and empty: %s", p.Name, v.Claim, v.Path))
			}
		}
	}
	return notes
}

// planned is what the manifests make of this host, with the engines of all pods.
func (p *program) planned(c *cli.Context, act acting, names []string) (applying, *engines.Finder, error) {
	a := newApplying(act, c.Bool("wait"))
	var err error
	if a.wanted, err = p.load(c, a.settings, names, true); err != nil {
		return a, nil, err
	}
	e, err := engines.New(p.user(), a.settings)
	if err != nil {
		return a, nil, err
	}
	e.Trusting = true
	given, others := a.givenPods()
	a.engines, err = e.Pods(c.Context, given, append(others, a.stale.pods...))
	return a, e, err
}
