package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/manifests"
)

func (p *program) fieldsCommand() *cli.Command {
	return &cli.Command{
		Name:      "fields",
		Usage:     "print what each field of a manifest means here",
		UsageText: "kubehost fields [PATH]",
		Description: `Prints the support table: each field of each kind, and whether it is supported, has no effect on
one host, or is refused; with the reason and what to do instead. A row stands for all fields below its path.

Examples:
  kubehost fields
  kubehost fields pod.spec.containers.ports`,
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usage(c, "unexpected %q: one path at a time", c.Args().Get(1))
			}
			rows := manifests.Fields(c.Args().First())
			if len(rows) == 0 {
				return usage(c, "%q is no field of a kind that kubehost knows", c.Args().First())
			}
			t := tabwriter.NewWriter(p.stdout, 0, 8, 2, ' ', 0)
			fmt.Fprintln(t, "FIELD\tSTATUS\tNOTE")
			for _, f := range rows {
				note := strings.Join(strings.Fields(f.Reason+" "+f.Hint), " ")
				fmt.Fprintln(t, strings.TrimRight(f.Path+"\t"+f.Status.String()+"\t"+note, "\t"))
			}
			return t.Flush()
		},
	}
}
