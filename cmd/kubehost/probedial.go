package main

import (
	"os"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/runtime/probe"
)

// probeDialCommand is run by kubehost itself, inside the network namespace of rootless podman.
func (p *program) probeDialCommand() *cli.Command {
	const serve = "serve"
	return &cli.Command{
		Name:   probe.DialCommand,
		Usage:  "make sockets in this network namespace for the process at the other end of standard input",
		Hidden: true,
		Action: func(c *cli.Context) error {
			if c.Args().First() == serve {
				return probe.ServeSockets(os.Stdin)
			}
			return probe.Detach(probe.DialCommand, serve)
		},
	}
}
