package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

// manager is the service manager of this user.
func (p *program) manager() systemd.Manager {
	return systemd.Manager{User: p.euid != 0, Dir: p.unitDir(), Runner: runtime.Exec{}}
}

// chooseSupervisor chooses a kind of supervisor where no setting does.
func (p *program) chooseSupervisor(ctx context.Context, s *settings.Settings) error {
	if s.Supervisor != "" && s.Supervisor != settings.SupervisorSystemd {
		return nil
	}
	err := p.manager().Answers(ctx)
	switch {
	case err == nil:
		s.Supervisor = settings.SupervisorSystemd
	case s.Supervisor == "":
		s.Supervisor = settings.SupervisorDetached
	default:
		return fmt.Errorf("%w\n  hint: %s", err, withoutManager(p.euid != 0))
	}
	return nil
}

// withoutManager says what to do where no service manager answers.
func withoutManager(user bool) string {
	if user {
		return "log in as this user rather than by su or sudo, or choose --supervisor=detached"
	}
	return "choose --supervisor=detached"
}

// serve makes each pod's service, and tells its supervisor of the plan, or starts it. A supervisor that runs
// elsewhere leaves its containers to it. It returns the pods that are served.
func (a *applying) serve(ctx context.Context, pods []plan.Pod) ([]plan.Pod, error) {
	a.warnSecret()
	m := a.manager()
	var errs []error
	var made []plan.Pod
	changes := map[plan.Ref]systemd.Change{}
	for _, p := range pods {
		f, err := a.service(&p)
		if err == nil {
			changes[p.Ref], err = m.Write(f)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("pod %q: %w", p.Name, settings.StateError(err)))
			continue
		}
		made = append(made, p)
	}
	states, err := m.States(ctx, serviceNames(made))
	if err == nil {
		err = a.enable(ctx, made, states, changes)
	}
	if err == nil {
		err = a.take(ctx, made, states, changes)
	}
	if err != nil {
		made = nil
	}
	return made, errors.Join(append(errs, err)...)
}

// service is the service of a pod, with its runtime.
func (a *applying) service(p *plan.Pod) (systemd.File, error) {
	h, err := a.unitHost(a.settings, a.engines[p.Ref].Dialect.Name())
	if err != nil {
		return systemd.File{}, err
	}
	return systemd.Service(p, h)
}

func serviceNames(pods []plan.Pod) []string {
	var names []string
	for _, p := range pods {
		names = append(names, systemd.Name(p.Ref))
	}
	return names
}

// enable makes the manager know the services as they are written, with one reload for all.
func (a *applying) enable(ctx context.Context, pods []plan.Pod, states map[string]systemd.State, changes map[plan.Ref]systemd.Change) error {
	m := a.manager()
	var on, off []string
	reload := false
	for _, p := range pods {
		name := systemd.Name(p.Ref)
		ordered, err := m.OrderScopes(a.engines[p.Ref].Dialect.Name())
		if err != nil {
			return err
		}
		enabled := states[name].Enabled == "enabled"
		switch {
		case !p.Manual && !enabled:
			on = append(on, name)
		case p.Manual && enabled:
			off = append(off, name)
		}
		reload = reload || ordered || changes[p.Ref].File || states[name].Stale
	}
	if err := errors.Join(m.Enable(ctx, on), m.Disable(ctx, off)); err != nil {
		return err
	}
	if reload || on != nil || off != nil {
		return m.Reload(ctx)
	}
	return nil
}

// take hands the pods to the supervisors in their services.
func (a *applying) take(ctx context.Context, pods []plan.Pod, states map[string]systemd.State, changes map[plan.Ref]systemd.Change) error {
	var start []string
	for _, p := range pods {
		name, station := systemd.Name(p.Ref), a.station(p.Ref)
		pid, err := station.Alive()
		if err != nil {
			return err
		}
		if pid != 0 && (pid != states[name].MainPID || changes[p.Ref].Command) {
			if err := station.Dismiss(ctx); err != nil {
				return fmt.Errorf("pod %q: its supervisor does not end: %w", p.Name, err)
			}
		}
		if a.calm[p.Ref] && pid == states[name].MainPID && !changes[p.Ref].Command {
			continue
		}
		alive, err := station.Poke()
		if err != nil {
			return err
		}
		if !alive && !a.ended(p) {
			start = append(start, name)
		}
	}
	return a.manager().Start(ctx, start)
}

// ended says whether the pod, as it is planned, has ended for good.
func (a *applying) ended(p plan.Pod) bool {
	m, err := a.station(p.Ref).Memory()
	wanted, unread := supervise.ReadWanted(a.store.PodDir(p.Ref))
	return err == nil && unread == nil && m.Over && m.Plan == p.Hash() && m.StartedAnew(wanted)
}

// lostService looks after a service that has no supervisor: it may wait for its turn. It says whether it does.
func (a *applying) lostService(ctx context.Context, p plan.Pod) (waiting bool, err error) {
	m, name := a.manager(), systemd.Name(p.Ref)
	states, err := m.States(ctx, []string{name})
	if err != nil || states[name].Queued {
		return true, err
	}
	return false, m.Start(ctx, []string{name})
}

// retire removes the services of pods that another kind of supervisor, or none, is to look after. Their containers run on.
func (a *applying) retire(ctx context.Context, refs []plan.Ref) error {
	names, served, err := a.services(a.store, refs)
	if err != nil {
		return err
	}
	if err := a.dismiss(ctx, served); err != nil {
		return err
	}
	return a.manager().Remove(ctx, names)
}

// services are the pods that have a service, and the names of these.
func (p *program) services(store runtime.Store, refs []plan.Ref) (names []string, served []plan.Ref, err error) {
	for _, r := range refs {
		has, err := p.manager().Has(systemd.Name(r), store.PodDir(r))
		if err != nil {
			return nil, nil, err
		}
		if has {
			names, served = append(names, systemd.Name(r)), append(served, r)
		}
	}
	return names, served, nil
}
