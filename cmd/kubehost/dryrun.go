package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/settings"
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

// dryFormats are what a dry run can print.
var dryFormats = []string{"sh", "plan", "json", "yaml", "units"}

func checkOutput(c *cli.Context, out string, dry bool) error {
	switch {
	case out == "", dry && slices.Contains(dryFormats, out), !dry && out == outputName:
		return nil
	case dry:
		return commandline.Usage(c, "%q is no output format of a dry run: %s", out, strings.Join(dryFormats, ", "))
	}
	return commandline.Usage(c, "%q is no output format: name, or with --dry-run one of %s", out, strings.Join(dryFormats, ", "))
}

// printDryRun prints what apply would do on a host that has nothing yet. No executor is built.
func (p *program) printDryRun(ctx context.Context, s settings.Settings, want plan.Plan, out string, secrets bool) error {
	if !secrets {
		// Masked before anything is derived from it: not even a hash of a secret is printed.
		want = want.Masked()
	}
	switch out {
	case "plan":
		_, err := fmt.Fprint(p.stdout, want.Text(plan.TextOptions{}))
		return err
	case "json", "yaml":
		return printers.Data(p.stdout, want, out)
	}
	e, err := engines.New(p.user(), s)
	if err != nil {
		return err
	}
	name := e.Preferred()
	if name == settings.Auto {
		name = engines.Installed()
	}
	if out == "units" {
		return p.printUnits(s, want.Pods, name)
	}
	engine, err := engines.Expected(ctx, p.user(), name)
	if err != nil { // perhaps there is no docker here
		engine, err = engines.Named(p.user(), name)
	}
	if err != nil {
		return err
	}
	steps, err := runtime.Decide(runtime.Desired{Plan: want}, runtime.Observed{}, engine.Dialect.Infra())
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "#!/bin/sh\n# What kubehost apply does on a host that has none of this yet, with %s.\n", name)
	if !secrets && want.HasSecrets() {
		fmt.Fprintln(p.stdout, "# Values of Secrets are masked (***); with --show-secrets the script runs as it stands.")
	}
	return engine.WriteScript(p.stdout, steps)
}
