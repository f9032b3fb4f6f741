package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/translate/plan"
)

// host are the runtimes and the settings that a command works with, which looks at pods first.
func (p *program) host(c *cli.Context) (*engines.Finder, settings.Settings, error) {
	s, err := p.user().Settings(c)
	if err != nil {
		return nil, s, err
	}
	e, err := engines.New(p.user(), s)
	if err != nil {
		return nil, s, err
	}
	e.Trusting = true
	return e, s, nil
}

// podNamed is the pod that a word names: "web" or "pod/web".
func podNamed(c *cli.Context, word string) (plan.Ref, error) {
	all, err := targetsOf(c, []string{word})
	if err != nil {
		return plan.Ref{}, err
	}
	if all[0].Kind != "Pod" {
		return plan.Ref{}, commandline.Usage(c, "%s is no pod", word)
	}
	return all[0].Ref, nil
}

// chosenContainer is the container of a pod that -c names, or the one that kubectl would take, which is said unless -q is given.
func (p *program) chosenContainer(c *cli.Context, r plan.Ref) (v view.Pod, u view.Unit, err error) {
	e, _, err := p.host(c)
	if err != nil {
		return v, u, err
	}
	if v, err = view.One(c.Context, e, r); err != nil {
		return v, u, err
	}
	u, note, err := v.Container(c.String("container"))
	if err == nil && !c.Bool("quiet") {
		fmt.Fprint(p.stderr, note)
	}
	return v, u, err
}
