package main

import (
	"fmt"
	goruntime "runtime"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/printers"
)

// version is set by the linker.
var version = "unknown"

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "print the version",
		UsageText: "kubehost version [-o json|yaml]",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT`: json or yaml"}},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return commandline.Usage(c, "unexpected %q", c.Args().First())
			}
			v := struct {
				Version   string `json:"version"`
				GoVersion string `json:"goVersion"`
				Platform  string `json:"platform"`
			}{version, goruntime.Version(), goruntime.GOOS + "/" + goruntime.GOARCH}
			switch o := c.String("output"); o {
			case "":
				_, err := fmt.Fprintf(p.stdout, "kubehost %s (%s, %s)\n", v.Version, v.GoVersion, v.Platform)
				return err
			case "json", "yaml":
				return printers.Data(p.stdout, v, o)
			default:
				return commandline.Usage(c, "%q is no output format: json or yaml", o)
			}
		},
	}
}
