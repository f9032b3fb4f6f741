package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

// follow waits for the pods and notes those with which something is wrong.
func (a *applying) follow(ctx context.Context, pods []plan.Pod) error {
	ctx, cancel := context.WithTimeoutCause(ctx, a.limit, fmt.Errorf("not done after %s", a.limit))
	defer cancel()
	wrong := a.await(ctx, pods)
	var errs []error
	for _, p := range pods {
		if err := wrong[p.Ref]; err != nil {
			a.show.Fail(p.Ref, err)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// pollStatus is how often a status file is looked at while a supervisor is waited for. Only every so many looks one is read that
// is the same as before, and every second apply makes sure that there is something to wait for, every five that
// the runtimes live.
const (
	pollStatus  = 10 * time.Millisecond
	readAnyway  = 20
	lookAround  = 5 * readAnyway
	askRuntimes = 5 * lookAround
)

// await waits until each pod is as planned, with --wait until it is ready, or until it is
// plain that something is wrong. It returns what is wrong with each pod.
func (a *applying) await(ctx context.Context, pods []plan.Pod) map[plan.Ref]error {
	wrong := map[plan.Ref]error{}
	begun := time.Now()
	tick := time.NewTicker(pollStatus)
	defer tick.Stop()
	for looks := 1; ; looks++ {
		var dead map[string]error
		if looks%askRuntimes == 0 {
			dead = a.dead(ctx, pods)
		}
		pods = slices.DeleteFunc(slices.Clone(pods), func(p plan.Pod) bool {
			if looks%readAnyway != 0 && a.station(p.Ref).Still(a.read[p.Ref]) {
				return false
			}
			a.read[p.Ref] = ""
			done, err := a.arrived(ctx, p, time.Since(begun))
			if !done && err == nil && looks%lookAround == 0 {
				err = a.inVain(p, dead)
			}
			if err != nil {
				wrong[p.Ref] = err
			}
			return done || err != nil
		})
		if len(pods) == 0 {
			return wrong
		}
		a.pause(ctx, tick.C, pods)
		if ctx.Err() != nil {
			for _, p := range pods {
				wrong[p.Ref] = fmt.Errorf("pod %q: %w%s", p.Name, context.Cause(ctx), a.standing(p))
			}
			return wrong
		}
	}
}

// With no more than fewPods a status that has changed is seen after peek: when they have arrived, nothing else is waited for.
const (
	fewPods = 8
	peek    = time.Millisecond
)

// pause waits for the next look at the pods.
func (a *applying) pause(ctx context.Context, next <-chan time.Time, pods []plan.Pod) {
	var peeks <-chan time.Time
	if len(pods) <= fewPods {
		tick := time.NewTicker(peek)
		defer tick.Stop()
		peeks = tick.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-next:
			return
		case <-peeks:
			if slices.ContainsFunc(pods, func(p plan.Pod) bool { return a.read[p.Ref] != "" && !a.station(p.Ref).Still(a.read[p.Ref]) }) {
				return
			}
		}
	}
}

// inVain is why a pod is waited for in vain; nil when it may come true. dead are the runtimes that have died.
func (a *applying) inVain(p plan.Pod, dead map[string]error) error {
	if err := dead[a.engines[p.Ref].Dialect.Name()]; err != nil {
		return fmt.Errorf("pod %q: %w", p.Name, err)
	}
	return cmp.Or(a.overtaken(p), a.mute(p))
}

// answerLimit is how long a runtime may take to say that it lives.
const answerLimit = 20 * time.Second

// dead is why runtimes of the pods cannot be used any more, by their names. One that is only slow is not dead.
func (a *applying) dead(ctx context.Context, pods []plan.Pod) map[string]error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	dead := map[string]error{}
	for _, p := range pods {
		name := a.engines[p.Ref].Dialect.Name()
		if _, asked := dead[name]; asked {
			continue
		}
		_, dead[name] = engines.Find(ctx, a.user(), name)
		if ctx.Err() != nil {
			return nil
		}
	}
	return dead
}

// overtaken says whether somebody else has changed, stopped or deleted the pod since: then it will never be as this one
// wants it.
func (a *applying) overtaken(p plan.Pod) error {
	now, err := a.store.Pod(p.Ref)
	wanted, _ := supervise.ReadWanted(a.store.PodDir(p.Ref))
	what := "changed"
	switch {
	case errors.Is(err, fs.ErrNotExist), wanted.Removed:
		what = "deleted"
	case wanted.Stopped:
		what = "stopped"
	case err != nil || now.Plan.Hash() == p.Hash():
		return nil
	}
	return fmt.Errorf("pod %q was %s at the same time by another kubehost\n  hint: run the same command again if this is to hold", p.Name, what)
}

// mute is why the pod's supervisor cannot tell how it is; nil when it can.
func (a *applying) mute(p plan.Pod) error {
	if err := a.station(p.Ref).Writable(); err != nil {
		return fmt.Errorf("pod %q: its supervisor cannot tell how it is: %w", p.Name, settings.StateError(err))
	}
	return nil
}

// standing is how a pod stands that did not arrive in time, as the end of an error.
func (a *applying) standing(p plan.Pod) string {
	m, err := a.station(p.Ref).Memory()
	if err != nil {
		return "" // its supervisor has not begun, and arrived has said why where it knows
	}
	return ": " + m.Line(&p)
}

// arrived says whether a pod is as planned, or what is wrong with it, and shows how it stands.
func (a *applying) arrived(ctx context.Context, p plan.Pod, waited time.Duration) (bool, error) {
	written := a.station(p.Ref).Written()
	m, err := a.station(p.Ref).Memory()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	wanted, unread := supervise.ReadWanted(a.store.PodDir(p.Ref))
	if unread != nil {
		return false, unread
	}
	if err == nil && m.Plan == p.Hash() && (m.Follows(wanted) || m.Over && m.StartedAnew(wanted)) {
		if err := a.trouble(ctx, p, m); err != nil {
			return false, err
		}
		if m.Settled && (!a.wait || m.Over || m.Ready(&p)) {
			if a.wait && m.Failed() {
				return false, a.failure(ctx, p, m)
			}
			a.show.Arrived(&p, m, waited)
			return true, nil
		}
	}
	a.show.Watched(&p, m, waited)
	// It may have been killed, or have ended before it read the plan.
	if pid, err := a.station(p.Ref).Alive(); err == nil && pid == 0 {
		return false, a.lost(ctx, p, m)
	}
	a.read[p.Ref] = written
	return false, nil
}

// lost starts a supervisor that is not there. One that does not even begin tells why in its log.
func (a *applying) lost(ctx context.Context, p plan.Pod, m supervise.Memory) error {
	if !reflect.DeepEqual(m, a.told[p.Ref]) { // the one before has begun
		a.told[p.Ref], a.spawned[p.Ref] = m, 0
	}
	if begun := a.begun[p.Ref]; begun != nil {
		select {
		case <-begun:
		default:
			return nil // it lives, and is about to begin
		}
	}
	a.spawned[p.Ref]++
	n := a.spawned[p.Ref]
	if n > 500 { // five seconds without a sign of life
		return a.lifeless(p)
	}
	if n%100 != 20 { // one that was just started has not begun yet
		return nil
	}
	if a.settings.Supervisor == settings.SupervisorSystemd {
		waiting, err := a.lostService(ctx, p)
		if waiting {
			a.spawned[p.Ref] = 0
		}
		return err
	}
	return a.ensureSupervisor(ctx, p)
}

func (a *applying) lifeless(p plan.Pod) error {
	if a.settings.Supervisor == settings.SupervisorSystemd {
		scope := ""
		if a.euid != 0 {
			scope = "--user "
		}
		return fmt.Errorf("pod %q: its service does not start\n  hint: systemctl %sstatus %s tells why", p.Name, scope, systemd.Name(p.Ref))
	}
	log, _ := os.ReadFile(filepath.Join(a.settings.RunDir, p.Namespace, p.Name, "supervisor.log"))
	return fmt.Errorf("pod %q: its supervisor does not start%s\n  hint: %s runs it here, where it tells more", p.Name, below(string(log)), engines.PodCommand("supervise", p.Ref))
}

// below is a text of another program, as lines below an error.
func below(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text)) {
		b.WriteString("\n  | " + strings.TrimRight(line, "\r\n"))
	}
	return b.String()
}

// trouble is what keeps a pod from being started as planned: what a user wants to know at once, though
// the supervisor goes on trying. While a container is being started it may not be all yet.
func (a *applying) trouble(ctx context.Context, p plan.Pod, m supervise.Memory) error {
	// What is wrong is about to go; but of a sandbox that could not be made only the remains go.
	if m.Ending != nil && (m.Ending.Why != supervise.Restart || m.Problem == "") {
		return nil
	}
	if m.Problem != "" {
		return errors.New(prefixed(p, m.Problem))
	}
	var errs []error
	for _, u := range p.Units {
		have := m.Units[u.Name]
		if have == nil || m.Settled {
			continue
		}
		switch {
		case have.Doing == supervise.Starting:
			return nil
		case have.Doing != supervise.Idle:
		case have.ID == "" && have.State == supervise.Terminated && have.Last != nil:
			errs = append(errs, errors.New(prefixed(p, have.Last.Message)))
		case have.ID == "" && have.State == supervise.Waiting && have.Message != "":
			errs = append(errs, errors.New(prefixed(p, have.Message)))
		case u.Role == plan.Init && have.State == supervise.Terminated && have.ExitCode != 0:
			errs = append(errs, fmt.Errorf("pod %q: init container %s exited with %d%s", p.Name, u.Name, have.ExitCode, a.lastLog(ctx, p.Ref, have.ID)))
		case u.Role == plan.Sidecar && have.State == supervise.Terminated && !have.Passed:
			// What comes after it waits for it, perhaps for ever.
			errs = append(errs, fmt.Errorf("pod %q: sidecar %s ended with %d before it had started%s", p.Name, u.Name, have.ExitCode, a.lastLog(ctx, p.Ref, have.ID)))
		}
	}
	return errors.Join(errs...)
}

// failure tells of a pod that has failed for good, with what its containers wrote last.
func (a *applying) failure(ctx context.Context, p plan.Pod, m supervise.Memory) error {
	text := m.Verdict(p.Name)
	for _, u := range p.Units {
		have := m.Units[u.Name]
		if have != nil && u.Role != plan.Sidecar && have.State == supervise.Terminated && have.ExitCode != 0 {
			text += fmt.Sprintf("\ncontainer %s exited with %d%s", u.Name, have.ExitCode, a.lastLog(ctx, p.Ref, have.ID))
		}
	}
	return errors.New(text)
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
func (a *applying) lastLog(ctx context.Context, r plan.Ref, id string) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	engine := a.engines[r]
	lines := int64(8)
	res, err := engine.Runner.Run(ctx, engine.Logs(id, runtime.LogQuery{Tail: &lines}))
	if err != nil {
		return ""
	}
	return below(string(res.Stdout) + string(res.Stderr))
}
