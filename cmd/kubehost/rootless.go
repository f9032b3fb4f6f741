package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/rootless"
)

const flagEnableLinger = "enable-linger"

// checkRootless says what this host keeps from the pods of a user. Warnings are printed; anything else is the error, and
// nothing has been changed. That pods end at logout is mended when the flag asks for it.
func (p *program) checkRootless(c *cli.Context, parts []part) error {
	enable := c.Bool(flagEnableLinger)
	if enable && p.euid == 0 {
		return commandline.Usage(c, "--%s is for users: the pods of root start at boot, and no logout ends them", flagEnableLinger)
	}
	h := engines.UserHost(p.user())
	h.Linger = h.Linger || enable
	var errs []error
	for _, pt := range parts {
		f := pt.engine.Dialect.Features()
		if !f.Rootless {
			continue
		}
		h.Runtime, h.NoHostNetwork = pt.engine.Dialect.Name(), f.NoHostNetwork
		for _, problem := range h.Check(pt.want) {
			if problem.Warning {
				p.note("%s", problem)
			} else {
				errs = append(errs, errors.New(problem.String()))
			}
		}
	}
	if err := errors.Join(errs...); err != nil || !enable {
		return err
	}
	return p.enableLinger(c.Context)
}

// enableLinger lets the user's pods run from boot on and go on after logout.
func (p *program) enableLinger(ctx context.Context) error {
	h := engines.UserHost(p.user())
	if h.CheckLinger() == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	res, err := runtime.Exec{}.Run(ctx, runtime.Command{Argv: []string{"loginctl", "enable-linger", h.User}})
	if err == nil && res.Code != 0 {
		err = errors.New(strings.TrimSpace(string(res.Stderr)))
	}
	if err != nil {
		return fmt.Errorf("loginctl enable-linger %s: %w\n  hint: as root: loginctl enable-linger %s", h.User, err, h.User)
	}
	return nil
}

// userFindings are what matters to the pods of a user.
func (d *diagnosis) userFindings(h rootless.Host) {
	for _, f := range h.Findings() {
		switch problem := f.Problem; {
		case problem == nil:
			d.add(good, f.What, f.Text, "")
		case problem.Warning:
			d.add(note, f.What, problem.Text, problem.Hint)
		default:
			d.add(bad, f.What, problem.Text, problem.Hint)
		}
	}
}
