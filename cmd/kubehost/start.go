package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) startCommand() *cli.Command {
	return &cli.Command{
		Name:      "start",
		Usage:     "start pods that were stopped, or have ended",
		UsageText: "kubehost start POD … | -l SELECTOR [flags]",
		Description: `Starts the pods as they were applied last: with new containers, init containers first.

Examples:
  kubehost start web
  kubehost start web --wait`,
		Flags:  append(startFlags(), settings.ChangeFlags()...),
		Action: func(c *cli.Context) error { return p.startPods(c, false) },
	}
}

func (p *program) restartCommand() *cli.Command {
	return &cli.Command{
		Name:      "restart",
		Usage:     "start pods, or one container, anew",
		UsageText: "kubehost restart POD … | -l SELECTOR [-c CONTAINER] [flags]",
		Description: `Ends the containers gracefully (preStop, SIGTERM, the grace period, SIGKILL) and starts the pods anew, with new
containers, init containers first. With -c it is one container, and the others run on; that is not counted as a restart.

Examples:
  kubehost restart web
  kubehost restart web -c db
  kubehost restart -l app=shop --wait`,
		Flags: append(append(startFlags(),
			&cli.StringFlag{Name: "container", Aliases: []string{"c"}, Usage: "restart this `CONTAINER` alone"}), settings.ChangeFlags()...),
		Action: func(c *cli.Context) error { return p.startPods(c, true) },
	}
}

func startFlags() []cli.Flag {
	return []cli.Flag{
		namespaceFlag("of the pods (default: default)"),
		selectorFlag(),
		&cli.BoolFlag{Name: "wait", Usage: "wait until the pods are ready, or have done their work"},
		timeoutFlag("one step: a pull, an init container, a stop"),
	}
}

// startPods starts pods: those that run, too, when they are to be restarted.
func (p *program) startPods(c *cli.Context, again bool) error {
	a, e, err := p.begin(c)
	if err != nil {
		return err
	}
	defer a.show.Close()
	if err := p.chooseSupervisor(c.Context, &a.settings); err != nil {
		return err
	}
	pods, err := p.chosenPods(c, e, a.settings)
	if err != nil {
		return err
	}
	st := starting{applying: newApplying(a, c.Bool("wait")), again: again, unit: c.String("container"), at: time.Now()}
	var errs []error
	for _, v := range pods {
		st.engines[v.Ref] = v.Engine
		if st.unit != "" {
			if err := restartable(v, st.unit); err != nil {
				errs = append(errs, err)
			}
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return st.run(c.Context, pods)
}

// restartable is why a container of the pod cannot be restarted alone; nil when it can.
func restartable(v view.Pod, name string) error {
	u, _, err := v.Container(name)
	switch {
	case err != nil:
		return err
	case u.Role == plan.Init:
		return fmt.Errorf("container %q of pod %q is an init container: it runs before the others\n  hint: %q starts the whole pod anew", name, v.Ref.Name, engines.PodCommand("restart", v.Ref))
	case v.Over() || v.Stopped() || u.Container == nil && v.Memory == nil:
		return notRunning(v)
	case !v.AsPlanned():
		return fmt.Errorf("pod %q does not run as it was applied last: that could not be carried out, or is not yet\n  hint: apply it again, as it should be", v.Ref.Name)
	}
	return nil
}

// starting is one run of start or restart.
type starting struct {
	applying
	again bool
	// unit is the one container to be restarted; empty for the pods.
	unit string
	at   time.Time
}

func (st *starting) run(ctx context.Context, pods []view.Pod) error {
	words := map[plan.Ref]string{}
	var errs []error
	var handed []plan.Pod
	for _, v := range pods {
		p := v.Stored.Plan
		words[v.Ref] = st.word()
		switch {
		case !st.again && st.runs(v):
			words[v.Ref] = "already running"
		case p.Supervised:
			handed = append(handed, p)
			st.wishes[v.Ref] = st.wish(v)
		default:
			if err := st.unsupervised(ctx, p); err != nil {
				st.show.Fail(v.Ref, err)
				errs = append(errs, err)
			}
			st.show.Started([]plan.Pod{p})
		}
	}
	errs = append(errs, st.supervised(ctx, handed))
	st.show.Settle()
	for _, v := range pods {
		if !st.show.Failed[v.Ref] {
			fmt.Fprintf(st.stdout, "pod/%s %s\n", v.Ref.Name, words[v.Ref])
		}
	}
	return errors.Join(errs...)
}

// word is what is said of a pod that was started.
func (st *starting) word() string {
	switch {
	case st.unit != "":
		return "container " + st.unit + " restarted"
	case st.again:
		return "restarted"
	}
	return "started"
}

// runs says whether a pod needs no start.
func (st *starting) runs(v view.Pod) bool {
	if v.Wanted.Stopped || v.Over() {
		return false
	}
	if !v.Stored.Plan.Supervised {
		return v.Up()
	}
	pid, err := st.station(v.Ref).Alive()
	return err == nil && pid != 0
}

// ranOut says whether the pod was ended by its deadline before the host was booted: no supervisor has told that yet.
func (st *starting) ranOut(v view.Pod) bool {
	sup := supervise.Supervisor{Store: st.store, Station: st.station(v.Ref)}
	return v.Memory == nil && !v.Wanted.Stopped && sup.Rested()
}

// wish is what is to be wanted of a supervised pod. Only what is not running has its images pulled here.
func (st *starting) wish(v view.Pod) supervise.Wanted {
	w := supervise.Ask(st.at)
	if st.unit != "" || v.Over() || st.ranOut(v) || st.again && !v.Stopped() {
		w = supervise.Wanted{Asked: v.Wanted.Asked, Boot: v.Wanted.Boot, Anew: map[string]time.Time{st.unit: st.at}}
	}
	for name, t := range v.Wanted.Anew {
		if st.unit != "" && name != st.unit {
			w.Anew[name] = t // it may not have been heard yet
		}
	}
	return w
}

// supervised tells the supervisors what is wanted, and waits until it has come true.
func (st *starting) supervised(ctx context.Context, pods []plan.Pod) error {
	var fresh []plan.Pod
	for _, p := range pods {
		if len(st.wishes[p.Ref].Anew) == 0 {
			fresh = append(fresh, p)
		}
	}
	err := st.prepare(ctx, fresh)
	given, failure := st.handOver(ctx, st.unfailed(pods))
	return errors.Join(err, failure, st.follow(ctx, given))
}

// prepare does what pods that do not run need first: ports that are free, volumes, images.
func (st *starting) prepare(ctx context.Context, pods []plan.Pod) error {
	if len(pods) == 0 {
		return nil
	}
	return st.locked(ctx, podRefs(pods), func(ctx context.Context) error {
		var errs []error
		for _, pt := range st.parts(pods) {
			if err := pt.decide(ctx); err != nil {
				for _, p := range pt.want.Pods {
					st.show.Fail(p.Ref, err)
				}
				errs = append(errs, err)
				continue
			}
			errs = append(errs, st.carryOut(ctx, pt.engine, preparing(pt.steps)))
		}
		return errors.Join(errs...)
	})
}

// unsupervised starts a pod that the runtime looks after, or restarts a container of it.
func (st *starting) unsupervised(ctx context.Context, p plan.Pod) error {
	return st.locked(ctx, []plan.Ref{p.Ref}, func(ctx context.Context) error {
		e := st.engines[p.Ref]
		if st.unit != "" {
			u := p.Unit(st.unit)
			return st.carryOut(ctx, e, runtime.Steps{{ID: u.ID, Pod: p.Ref, Op: runtime.RestartContainer{ID: u.ID, Grace: p.GracePeriod}}})
		}
		pt := part{program: st.program, engine: e, want: plan.Plan{Pods: []plan.Pod{p}}}
		all, err := e.Containers(ctx)
		if err != nil {
			return err
		}
		if err := st.carryOut(ctx, e, runtime.RemovePodSteps(&p, all, "")); err != nil {
			return err
		}
		if err := (supervise.Wanted{}).Write(st.store.PodDir(p.Ref)); err != nil {
			return settings.StateError(err)
		}
		if err := pt.decide(ctx); err != nil {
			return err
		}
		return st.carryOut(ctx, e, pt.steps)
	})
}

func notRunning(v view.Pod) error {
	return fmt.Errorf("pod %q does not run\n  hint: %q starts it", v.Ref.Name, engines.PodCommand("start", v.Ref))
}
