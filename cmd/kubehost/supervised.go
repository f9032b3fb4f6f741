package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// preparing is the graph without what the supervisors do. Their steps stay in it as steps that do nothing: what
// needs a pull that failed is not handed over.
func preparing(steps runtime.Steps) runtime.Steps {
	steps = slices.Clone(steps)
	for i, s := range steps {
		if s.Acts() {
			steps[i].Op = runtime.Prepared{}
		}
	}
	return steps
}

// prepareAndHandOver does what supervisors leave to others, and hands the pods to them. It returns those that they have
// got.
func (a *applying) prepareAndHandOver(ctx context.Context, d decided) ([]plan.Pod, error) {
	defer a.letGo()
	a.rouse(d.pods)
	var errs []error
	for _, pt := range d.parts {
		errs = append(errs, a.carryOut(ctx, pt.engine, preparing(pt.steps)))
		a.show.HandedOver(pt.steps)
		for _, p := range pt.want.Pods {
			a.fresh[p.Ref] = !engines.Has(pt.seen, p.Ref)
			if a.calm[p.Ref] = !touches(pt.steps, p.Ref) && a.settled(p); !a.calm[p.Ref] {
				a.holders[p.Ref] = pt.seen.PortHolders(&p)
			}
		}
	}
	given, err := a.handOver(ctx, a.unfailed(d.pods))
	return given, errors.Join(append(errs, err)...)
}

// unfailed are the pods with which nothing went wrong yet.
func (a *applying) unfailed(pods []plan.Pod) []plan.Pod {
	return slices.DeleteFunc(slices.Clone(pods), func(p plan.Pod) bool { return a.show.Failed[p.Ref] })
}

// handOver tells each pod's supervisor of the plan, and starts one where none lives. Those of calm pods are left alone. It returns
// those that are in hands now; the others have failed.
func (a *applying) handOver(ctx context.Context, pods []plan.Pod) ([]plan.Pod, error) {
	for i := range pods {
		if m, err := a.station(pods[i].Ref).Memory(); err == nil {
			a.show.Remember(&pods[i], m)
		}
	}
	given, err := a.give(ctx, pods)
	for _, p := range pods {
		if !slices.ContainsFunc(given, func(g plan.Pod) bool { return g.Ref == p.Ref }) {
			a.show.Fail(p.Ref, err)
		}
	}
	return given, err
}

func (a *applying) give(ctx context.Context, pods []plan.Pod) (given []plan.Pod, err error) {
	var errs []error
	var asked []plan.Pod
	now := time.Now()
	for _, p := range pods {
		if a.calm[p.Ref] {
			asked = append(asked, p)
			continue
		}
		wanted, ok := a.wishes[p.Ref]
		if !ok {
			wanted = supervise.Ask(now)
			wanted.Fresh = a.fresh[p.Ref]
		}
		wanted.After = supervise.Holders(a.holders[p.Ref])
		if err := wanted.Write(a.store.PodDir(p.Ref)); err != nil {
			errs = append(errs, settings.StateError(err))
			continue
		}
		asked = append(asked, p)
	}
	if a.settings.Supervisor == settings.SupervisorSystemd {
		given, err := a.serve(ctx, asked)
		return given, errors.Join(append(errs, err)...)
	}
	errs = append(errs, a.retire(ctx, podRefs(asked)))
	for _, p := range asked {
		if !a.calm[p.Ref] {
			if err := a.ensureSupervisor(ctx, p); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		given = append(given, p)
	}
	return given, errors.Join(errs...)
}

// settled says whether the pod's supervisor lives and has made all of the pod as it is planned.
func (a *applying) settled(p plan.Pod) bool {
	station := a.station(p.Ref)
	pid, err := station.Alive()
	if err != nil || pid == 0 || !sameProgram(pid) {
		return false
	}
	m, err := station.Memory()
	wanted, unread := supervise.ReadWanted(a.store.PodDir(p.Ref))
	return err == nil && unread == nil && !wanted.Stopped && m.Plan == p.Hash() && m.Settled && !m.Over && m.Follows(wanted)
}

// leaveNetworks removes the networks that the supervisors' pods were the last to leave.
func (a *applying) leaveNetworks(ctx context.Context, parts []part) error {
	var errs []error
	for _, pt := range parts {
		steps := slices.DeleteFunc(slices.Clone(pt.steps), func(s runtime.Step) bool {
			_, leaves := s.Op.(runtime.RemoveNetwork)
			return !leaves
		})
		if len(steps) == 0 {
			continue
		}
		errs = append(errs, a.locked(ctx, podRefs(a.want.Pods), func(ctx context.Context) error { return a.carryOut(ctx, pt.engine, steps) }))
	}
	return errors.Join(errs...)
}

// ensureSupervisor pokes the pod's supervisor, or starts one. One that runs another program than this, as after an
// upgrade, makes room; the containers run on.
func (a *applying) ensureSupervisor(ctx context.Context, p plan.Pod) error {
	station := a.station(p.Ref)
	pid, err := station.Alive()
	if err != nil {
		return err
	}
	if pid != 0 && !sameProgram(pid) {
		if err := station.Dismiss(ctx); err != nil {
			return err
		}
	}
	alive, err := station.Poke()
	if err != nil || alive || a.ended(p) {
		return err
	}
	s, roused := a.roused[p.Ref]
	delete(a.roused, p.Ref)
	if !roused {
		if s, err = a.spawn(p); err != nil {
			return err
		}
	}
	a.begun[p.Ref] = s.ended
	s.begin()
	return nil
}

// rouse starts the supervisors of a few pods that have none while their images are looked for, for a process takes some time to start. They
// begin when the pods are handed over to them. With many pods the processors have enough to do.
func (a *applying) rouse(pods []plan.Pod) {
	if a.settings.Supervisor != settings.SupervisorDetached || len(pods) > fewPods {
		return
	}
	for _, p := range pods {
		pid, err := a.station(p.Ref).Alive()
		if err != nil || pid != 0 || a.ended(p) {
			continue
		}
		if s, err := a.spawn(p); err == nil { // what is wrong shows when it is needed
			a.roused[p.Ref] = s
		}
	}
}

// letGo ends the supervisors that were roused for pods which were not handed over.
func (a *applying) letGo() {
	for _, s := range a.roused {
		s.leave()
	}
	clear(a.roused)
}

// sameProgram says whether a process runs the same file as this one.
func sameProgram(pid int) bool {
	theirs, err1 := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	ours, err2 := os.Stat("/proc/self/exe")
	return err1 == nil && err2 == nil && os.SameFile(theirs, ours)
}

// dismiss ends the supervisors of pods that are to be without. Their containers run on.
func (a *applying) dismiss(ctx context.Context, refs []plan.Ref) error {
	for _, r := range refs {
		if err := a.station(r).Dismiss(ctx); err != nil {
			return fmt.Errorf("pod %q: its supervisor does not end: %w", r.Name, err)
		}
	}
	return nil
}

// startedSupervisor is the process of a supervisor that has not begun.
type startedSupervisor struct {
	// hold is closed to end it.
	hold io.WriteCloser
	// log has what it has to say, after as many bytes of the one before.
	log    *os.File
	before int64
	// ended is closed once it has ended.
	ended <-chan struct{}
}

// begin lets it supervise its pod. What the one before had to say goes, unless this one has said something already: why it cannot.
func (s startedSupervisor) begin() {
	if now, err := s.log.Stat(); err == nil && now.Size() == s.before {
		_ = s.log.Truncate(0)
	}
	_, _ = s.hold.Write([]byte{'\n'}) // one that has ended says why in its log
	s.leave()
}

// leave leaves it to itself: one that was not told to begin ends.
func (s startedSupervisor) leave() {
	s.hold.Close()
	s.log.Close()
}

// spawn starts a supervisor that goes on when this process, and the session it belongs to, have ended.
func (a *applying) spawn(p plan.Pod) (startedSupervisor, error) {
	self, err := selfPath()
	if err != nil {
		return startedSupervisor{}, err
	}
	s, r := a.settings, p.Ref
	dir := filepath.Join(s.RunDir, r.Namespace, r.Name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return startedSupervisor{}, settings.StateError(err)
	}
	log, err := os.OpenFile(filepath.Join(dir, "supervisor.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return startedSupervisor{}, settings.StateError(err)
	}
	cmd := exec.Command(self, "supervise", "--detached", "--held", "--runtime", a.engines[r].Dialect.Name(), "--state-dir", s.StateDir,
		"--volume-dir", s.VolumeBaseDir, "-n", r.Namespace, r.Name)
	cmd.Env = append(os.Environ(), "KUBEHOST_RUN_DIR="+s.RunDir)
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	said, err1 := log.Stat()
	hold, err2 := cmd.StdinPipe()
	if err = errors.Join(err1, err2); err == nil {
		err = cmd.Start()
	}
	if err != nil {
		log.Close()
		return startedSupervisor{}, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it has to say stands in its log
		close(ended)
	}()
	return startedSupervisor{hold, log, said.Size(), ended}, nil
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
	return a.ended(p)
}
