package systemd

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/kubehost/kubehost/runtime"
)

// The units that prune at certain times. The service has a name that no pod's has: those all begin with "kubehost-".
const (
	pruneService = "kubehost_prune.service"
	pruneTimer   = "kubehost-prune.timer"
)

const (
	// pruneDelay spreads what many hosts, or the timers of one, are told to do at the same time; in seconds.
	pruneDelay = 600
	// pruneLimit is the longest that a prune may take, in seconds.
	pruneLimit = 3600
)

// Prune are the service that prunes and the timer that starts it: whenever the text says, as OnCalendar= takes it.
// They belong to a configuration file, and are nobody else's to change.
func Prune(config, when string, h Host) (service, timer File, err error) {
	hint := "remove it, or take autoPrune out of " + config
	service, timer = File{Name: pruneService, hint: hint}, File{Name: pruneTimer, hint: hint}
	start, err := command(h.Self, "prune", "--scheduled", "--yes", "--quiet", "--runtime", h.Runtime, "--state-dir", h.StateDir, "--config", "/dev/null")
	if err != nil {
		return service, timer, err
	}
	service.set("Unit", "Description", "Remove images and leftovers that no pod needs")
	service.set("Unit", "Documentation", "https://github.com/kubehost/kubehost")
	service.afterRuntime(h)
	if !h.User {
		service.set("Unit", "RequiresMountsFor", paths(h.StateDir))
	}
	service.set("Service", "Type", "oneshot")
	if err := service.environment(h); err != nil {
		return service, timer, err
	}
	service.set("Service", "ExecStart", start)
	service.set("Service", "TimeoutStartSec", seconds(pruneLimit))
	timer.set("Unit", "Description", "Prune what no pod needs, now and then")
	timer.set("Unit", "Documentation", "https://github.com/kubehost/kubehost")
	timer.set("Timer", "Unit", value(pruneService))
	timer.set("Timer", "OnCalendar", text(when))
	timer.set("Timer", "Persistent", "true") // what was missed while the host was off is made up for
	timer.set("Timer", "RandomizedDelaySec", seconds(pruneDelay))
	timer.set("Install", "WantedBy", "timers.target")
	for _, f := range []*File{&service, &timer} {
		f.set(ownSection, "Config", value(word(config)))
	}
	return service, timer, nil
}

// CheckCalendar says what is wrong with a text for OnCalendar=; nil where there is nobody to ask.
func CheckCalendar(ctx context.Context, r runtime.Runner, when string) error {
	if strings.TrimSpace(when) == "" || strings.ContainsFunc(when, func(c rune) bool { return !printable(c) }) {
		return fmt.Errorf("%q is no time of systemd's calendar", when)
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, fmt.Errorf("systemd-analyze did not answer for %s", answerLimit))
	defer cancel()
	res, err := r.Run(ctx, runtime.Command{Argv: []string{"systemd-analyze", "calendar", "--", when}})
	if err != nil {
		return err
	}
	if res.Code != 0 {
		return fmt.Errorf("%q is no time of systemd's calendar", when)
	}
	return nil
}

// InstallPrune makes the manager do what the units say.
func (m Manager) InstallPrune(ctx context.Context, service, timer File) error {
	changed := false
	for _, f := range []File{service, timer} {
		change, err := m.Write(f)
		if err != nil {
			return err
		}
		changed = changed || change.File
	}
	states, err := m.States(ctx, []string{timer.Name, service.Name})
	if err != nil {
		return err
	}
	now := states[timer.Name]
	changed = changed || now.Stale || states[service.Name].Stale
	if now.Enabled != "enabled" {
		if err := m.Enable(ctx, []string{timer.Name}); err != nil {
			return err
		}
		changed = true
	}
	if changed {
		if err := m.Reload(ctx); err != nil {
			return err
		}
		return m.each(ctx, []string{"restart"}, []string{timer.Name})
	}
	if now.Active != "active" {
		return m.Start(ctx, []string{timer.Name})
	}
	return nil
}

// RemovePrune removes the units, if they are those of the configuration file. A prune that runs comes to its end: it may
// be the one that calls this.
func (m Manager) RemovePrune(ctx context.Context, config string) error {
	var names []string
	for _, name := range []string{pruneTimer, pruneService} {
		ours, err := m.made(name, "Config="+word(config)+"\n")
		if err != nil {
			return err
		}
		if ours {
			names = append(names, name)
		}
	}
	if slices.Contains(names, pruneTimer) {
		if err := m.each(ctx, []string{"stop"}, []string{pruneTimer}); err != nil {
			return err
		}
	}
	return m.forget(ctx, names)
}

// Scheduled says whether there is a timer with the same times: then they need not be checked again.
func (m Manager) Scheduled(timer File) (bool, error) {
	return m.made(timer.Name, timer.line("OnCalendar"))
}
