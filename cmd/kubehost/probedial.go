package main

import (
	"os"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/runtime/probe"
)

// probeDialCommand is run by kubehost itself, inside the network namespace of a user's runtime, or with the file of the
// namespace to enter: a pod's.
func (p *program) probeDialCommand() *cli.Command {
	const serve = "serve"
	return &cli.Command{
		Name:   probe.DialCommand,
		Usage:  "make sockets in a network namespace for the process at the other end of standard input",
		Hidden: true,
		Action: func(c *cli.Context) error {
			switch word := c.Args().First(); word {
			case serve:
				return probe.ServeSockets(os.Stdin)
			case "":
			default:
				if err := probe.EnterNetwork(word); err != nil {
					return err
				}
			}
			return probe.Detach(probe.DialCommand, serve)
		},
	}
}
