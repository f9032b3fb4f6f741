package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/settings"
)

func (p *program) validateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check manifests, and touch nothing",
		UsageText: "kubehost validate -f FILE [-f FILE …] [flags]",
		Description: `Prints all problems and warnings of all manifests. It needs no runtime and no root.
The exit code is 0 when apply would accept the manifests, 2 when not.

Examples:
  kubehost validate -f pod.yaml
  kubehost validate -R -f manifests/`,
		Flags: append(manifestFlags(), settings.Flags()...),
		Action: func(c *cli.Context) error {
			names, err := sources(c)
			if err != nil {
				return err
			}
			s, err := p.user().Settings(c)
			if err != nil {
				return err
			}
			w, err := p.load(c, s, names, false)
			if err != nil {
				return err
			}
			n := len(w.set.Order)
			_, err = fmt.Fprintf(p.stdout, "%d %s valid\n", n, map[bool]string{true: "object is", false: "objects are"}[n == 1])
			return err
		},
	}
}
