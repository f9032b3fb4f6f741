package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// acts says whether a step is for the supervisor. The others make ready what a pod needs and touch
// nothing that runs, or only the files that reach running containers.
func acts(s runtime.Step) bool {
	switch s.Op.(type) {
	case runtime.CreateSandbox, runtime.WriteEtc, runtime.RunContainer, runtime.AwaitContainer, runtime.RemoveContainers,
		runtime.RemovePod, runtime.RemoveNetwork:
		return true
	}
	return false
}

// preparing is the graph without what the supervisors do. Their steps stay in it as steps that do nothing: what
// needs a pull that failed is not handed over.
func preparing(steps runtime.Steps) runtime.Steps {
	steps = slices.Clone(steps)
	for i, s := range steps {
		if acts(s) {
			steps[i].Op = runtime.Prepared{}
		}
	}
	return steps
}

// handedOver says what the supervisors will stop, and why.
func (r *reporter) handedOver(steps runtime.Steps) {
	for _, s := range steps {
		switch s.Op.(type) {
		case runtime.RemoveContainers, runtime.RemovePod:
			if !r.failed[s.Pod] {
				r.event(runtime.Event{Step: s, Phase: runtime.Begun})
			}
		}
	}
}

// handOver tells each pod's supervisor of the plan, and starts one where none lives. Pods of which nothing remains
// to be done are left alone.
func (a *applying) handOver(pods []plan.Pod) error {
	var errs []error
	asked := time.Now()
	for _, p := range pods {
		if err := (supervise.Wanted{Asked: asked}).Write(a.store.PodDir(p.Ref)); err != nil {
			errs = append(errs, storeError(err))
			continue
		}
		errs = append(errs, a.ensureSupervisor(p))
	}
	return errors.Join(errs...)
}

// follow waits for the pods and notes those with which something is wrong.
func (a *applying) follow(ctx context.Context, pods []plan.Pod, r *reporter) error {
	wrong := a.await(ctx, pods)
	var errs []error
	for _, p := range pods {
		if err := wrong[p.Ref]; err != nil {
			r.failed[p.Ref] = true
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// ensureSupervisor pokes the pod's supervisor, or starts one.
func (a *applying) ensureSupervisor(p plan.Pod) error {
	station := a.station(p.Ref)
	alive, err := station.Poke()
	if err != nil || alive {
		return err
	}
	m, err := station.Memory()
	if err == nil && m.Over && m.Plan == p.Hash() {
		return nil // it ended for good
	}
	return a.spawn(a.settings, p.Ref)
}

func (a *applying) station(r plan.Ref) supervise.Station {
	return supervise.Station{Dir: a.settings.RunDir, Ref: r}
}

// spawn starts a supervisor that goes on when this process, and the session it belongs to, have ended.
func (p *program) spawn(s settings, r plan.Ref) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir := filepath.Join(s.RunDir, r.Namespace, r.Name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return storeError(err)
	}
	log, err := os.OpenFile(filepath.Join(dir, "supervisor.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return storeError(err)
	}
	defer log.Close()
	cmd := exec.Command(self, "supervise", "--detached", "--runtime", s.Runtime, "--state-dir", s.StateDir,
		"--volume-dir", s.VolumeBaseDir, "-n", r.Namespace, r.Name)
	cmd.Env = append(os.Environ(), "KUBEHOST_RUN_DIR="+s.RunDir)
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}

// pollStatus is how often apply reads a status file while it waits for a supervisor.
const pollStatus = 20 * time.Millisecond

// await waits until each pod is as planned, with --wait until it is ready, or until it is
// plain that something is wrong. It returns what is wrong with each pod.
func (a *applying) await(ctx context.Context, pods []plan.Pod) map[plan.Ref]error {
	wrong := map[plan.Ref]error{}
	tick := time.NewTicker(pollStatus)
	defer tick.Stop()
	for {
		pods = slices.DeleteFunc(slices.Clone(pods), func(p plan.Pod) bool {
			done, err := a.arrived(ctx, p)
			if err != nil {
				wrong[p.Ref] = err
			}
			return done || err != nil
		})
		if len(pods) == 0 {
			return wrong
		}
		select {
		case <-ctx.Done():
			for _, p := range pods {
				wrong[p.Ref] = fmt.Errorf("pod %q: %w", p.Name, context.Cause(ctx))
			}
			return wrong
		case <-tick.C:
		}
	}
}

// arrived says whether a pod is as planned, or what is wrong with it.
func (a *applying) arrived(ctx context.Context, p plan.Pod) (bool, error) {
	m, err := a.station(p.Ref).Memory()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	wanted, _ := supervise.ReadWanted(a.store.PodDir(p.Ref))
	if err != nil || m.Plan != p.Hash() || !m.Asked.Equal(wanted.Asked) && !m.Over {
		// It may have ended before it read the plan.
		if pid, err := a.station(p.Ref).Alive(); err == nil && pid == 0 {
			return false, a.lost(p)
		}
		return false, nil
	}
	if err := a.trouble(ctx, p, m); err != nil {
		return false, err
	}
	if a.wait && m.Settled {
		return m.Ready(&p) || m.Over, nil
	}
	return m.Settled, nil
}

// lost starts a supervisor that is not there. One that does not even begin tells why in its log.
func (a *applying) lost(p plan.Pod) error {
	a.spawned[p.Ref]++
	if a.spawned[p.Ref] > 250 { // five seconds without a sign of life
		log, _ := os.ReadFile(filepath.Join(a.settings.RunDir, p.Namespace, p.Name, "supervisor.log"))
		return fmt.Errorf("pod %q: its supervisor does not start\n%s", p.Name, strings.TrimSpace(string(log)))
	}
	if a.spawned[p.Ref]%50 == 0 {
		return a.ensureSupervisor(p)
	}
	return nil
}

// trouble is what keeps a pod from being started as planned: what a user wants to know at once, though
// the supervisor goes on trying.
func (a *applying) trouble(ctx context.Context, p plan.Pod, m supervise.Memory) error {
	if m.Ending != nil {
		return nil // what is wrong is about to go
	}
	if m.Problem != "" {
		return fmt.Errorf("pod %q: %s", p.Name, m.Problem)
	}
	for _, u := range p.Units {
		have := m.Units[u.Name]
		if have == nil || have.Doing != supervise.Idle || m.Settled {
			continue
		}
		switch {
		case have.ID == "" && have.State == supervise.Terminated && have.Last != nil:
			return errors.New(prefixed(p, have.Last.Message))
		case have.ID == "" && have.State == supervise.Waiting && have.Message != "":
			return errors.New(prefixed(p, have.Message))
		case u.Role == plan.Init && have.State == supervise.Terminated && have.ExitCode != 0:
			return fmt.Errorf("pod %q: init container %s exited with %d%s", p.Name, u.Name, have.ExitCode, a.lastLog(ctx, have.ID))
		}
	}
	return nil
}

// prefixed names the pod where the message does not.
func prefixed(p plan.Pod, message string) string {
	prefix := fmt.Sprintf("pod %q: ", p.Name)
	if strings.HasPrefix(message, prefix) {
		return message
	}
	return prefix + message
}

// lastLog is the end of what a container wrote, as lines below an error.
func (a *applying) lastLog(ctx context.Context, id string) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	res, err := a.engine.Runner.Run(ctx, runtime.Command{Argv: []string{a.engine.Dialect.Name(), "logs", "--tail", "8", id}})
	if err != nil {
		return ""
	}
	text := ""
	for line := range strings.Lines(strings.TrimSpace(string(res.Stdout) + string(res.Stderr))) {
		text += "\n  | " + strings.TrimRight(line, "\r\n")
	}
	return text
}

// inHand says whether the supervisor sees to a pod whose plan has not changed: a container that
// waits to be started again is no change of apply's.
func (a *applying) inHand(before, p plan.Pod) bool {
	if !p.Supervised || before.Hash() != p.Hash() {
		return false
	}
	pid, err := a.station(p.Ref).Alive()
	if err != nil || pid != 0 {
		return err == nil
	}
	m, err := a.station(p.Ref).Memory()
	return err == nil && m.Over && m.Plan == p.Hash()
}

// endSupervised ends supervised pods the way their plans say: hooks, order, grace periods. It asks the supervisor of
// each, or is the supervisor where there is none.
func (d *deleting) endSupervised(ctx context.Context, refs []plan.Ref, limit time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not stopped after %s", limit))
	defer cancel()
	errs := make([]error, len(refs))
	var all sync.WaitGroup
	for i, r := range refs {
		stored, err := d.store.Pod(r)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !stored.Plan.Supervised {
			continue
		}
		if err != nil {
			return storeError(err)
		}
		all.Go(func() {
			if err := d.endOne(ctx, r); err != nil {
				errs[i] = fmt.Errorf("pod %q: %w", r.Name, err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (d *deleting) endOne(ctx context.Context, r plan.Ref) error {
	if err := (supervise.Wanted{Stopped: true, Grace: d.grace}).Write(d.store.PodDir(r)); err != nil {
		return storeError(err)
	}
	sup := d.supervisor(d.engine, d.settings, r)
	// One that lives is told once, and holds its place until the pod has ended.
	if _, err := sup.Station.Poke(); err != nil {
		return err
	}
	tick := time.NewTicker(pollStatus)
	defer tick.Stop()
	for {
		if err := sup.Run(ctx, supervise.Signals{}); !errors.Is(err, supervise.ErrSupervised) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}
