package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/rootless"
)

const flagEnableLinger = "enable-linger"

// checkRootless says what this host keeps from the pods of a user. Warnings are printed; anything else is the error, and
// nothing has been changed. That pods end at logout is mended when the flag asks for it.
func (p *program) checkRootless(c *cli.Context, supervisor string, parts []part) error {
	enable := c.Bool(flagEnableLinger)
	if enable && p.euid == 0 {
		return commandline.Usage(c, "--%s is for users: the pods of root start at boot, and no logout ends them", flagEnableLinger)
	}
	h := engines.UserHost(p.user())
	h.Linger = h.Linger || enable
	var errs []error
	for _, problem := range userProblems(h, supervisor, parts) {
		if problem.Warning {
			p.note("%s", problem)
		} else {
			errs = append(errs, errors.New(problem.String()))
		}
	}
	if err := errors.Join(errs...); err != nil || !enable {
		return err
	}
	return p.enableLinger(c.Context)
}

// userProblems are what a host keeps from the pods of a user. Of those that root's docker runs, the services are the user's.
func userProblems(h rootless.Host, supervisor string, parts []part) []rootless.Problem {
	var all []rootless.Problem
	for _, pt := range parts {
		f := pt.engine.Dialect.Features()
		switch {
		case f.Rootless:
			h.Runtime, h.NoHostNetwork = pt.engine.Dialect.Name(), f.NoHostNetwork
			all = append(all, h.Check(pt.want)...)
		case h.UID != 0 && supervisor == settings.SupervisorSystemd && len(pt.want.Pods) > 0:
			if lack := h.CheckLinger(); lack != nil {
				all = append(all, *lack)
			}
		}
	}
	told := map[rootless.Problem]bool{} // two runtimes have the same of some
	return slices.DeleteFunc(all, func(problem rootless.Problem) bool {
		before := told[problem]
		told[problem] = true
		return before
	})
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
func (d *diagnosis) userFindings(findings ...rootless.Finding) {
	for _, f := range findings {
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
