package main

import (
	"context"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/systemd"
)

// pruneUnits are the units that prune as the configuration file says, none when it does not.
func (p *program) pruneUnits(s settings.Settings, runtime string) ([]systemd.File, error) {
	if !s.Prunes() {
		return nil, nil
	}
	h, err := p.unitHost(s, runtime)
	if err != nil {
		return nil, err
	}
	service, timer, err := systemd.Prune(s.Config, s.AutoPrune, h)
	return []systemd.File{service, timer}, err
}

// autoPrune checks what the configuration file says of pruning, before anything is done, and returns what makes the timer
// be as it says. With another state directory than that file's the timer is left alone: it is not for that.
func (p *program) autoPrune(ctx context.Context, e *engines.Finder) (sync func(context.Context) error, err error) {
	nothing := func(context.Context) error { return nil }
	m, s := p.manager(), e.Settings
	switch {
	case s.OtherState:
		return nothing, nil
	case !s.Prunes():
		return func(ctx context.Context) error { return m.RemovePrune(ctx, s.Config) }, nil
	}
	engine, err := e.Chosen(ctx)
	if err != nil {
		return nil, err
	}
	units, err := p.pruneUnits(s, engine.Dialect.Name())
	if err != nil {
		return nil, err
	}
	if err := m.Answers(ctx); err != nil {
		p.note("warning: autoPrune in %s has no effect: %v", s.Config, err)
		return nothing, nil
	}
	service, timer := units[0], units[1]
	known, err := m.Scheduled(timer)
	if err != nil {
		return nil, err
	}
	if !known {
		if err := systemd.CheckCalendar(ctx, runtime.Exec{}, s.AutoPrune); err != nil {
			return nil, commandline.Mistake(
				"%s: autoPrune: %w\n  hint: daily, weekly, never, or a time such as \"Sun 03:00\"; \"systemd-analyze calendar\" explains them", s.Config, err)
		}
	}
	return func(ctx context.Context) error { return settings.StateError(m.InstallPrune(ctx, service, timer)) }, nil
}
