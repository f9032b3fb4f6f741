package main

import (
	_ "embed"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
)

// The scripts ask the program itself for what may stand at a place: see [program.complete].
var (
	//go:embed completion/kubehost.bash
	bashCompletion string
	//go:embed completion/kubehost.zsh
	zshCompletion string
	//go:embed completion/kubehost.fish
	fishCompletion string
)

func (p *program) completionCommand() *cli.Command {
	scripts := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a script that completes commands, flags and names in a shell",
		UsageText: "kubehost completion bash|zsh|fish",
		Description: `Prints the script for one shell. Names of pods, containers and namespaces are those of this host.

Examples:
  source <(kubehost completion bash)
  kubehost completion zsh > "${fpath[1]}/_kubehost"
  kubehost completion fish > ~/.config/fish/completions/kubehost.fish`,
		Action: func(c *cli.Context) error {
			script, known := scripts[c.Args().First()]
			if c.NArg() != 1 || !known {
				return commandline.Usage(c, "must name one shell: bash, zsh or fish")
			}
			_, err := fmt.Fprint(p.stdout, script)
			return err
		},
	}
}
