package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// applying is one run of apply.
type applying struct {
	acting
	wanted
	// engines are those of the pods.
	engines map[plan.Ref]runtime.Engine
	wait    bool
	// wishes are what is to be wanted of pods; without one a pod was applied now.
	wishes map[plan.Ref]supervise.Wanted
	// spawned counts, for each pod, the looks at it without a supervisor since the last one told something; told is what
	// that was.
	spawned map[plan.Ref]int
	told    map[plan.Ref]supervise.Memory
	// begun are the supervisors that were started, each closed once it has ended.
	begun map[plan.Ref]<-chan struct{}
	// roused are supervisors that were started and wait until their pods are handed over to them.
	roused map[plan.Ref]startedSupervisor
	// read is the state of the status that was read last, of pods whose supervisors live.
	read map[plan.Ref]string
	// calm are pods of which all is as their supervisors were told: there is nothing to tell them.
	calm map[plan.Ref]bool
	// changed says that an object was created, changed or pruned.
	changed bool
	// fresh are pods of which the runtime had nothing.
	fresh map[plan.Ref]bool
	// holders are the sandboxes of other pods that had ports of a pod.
	holders map[plan.Ref][]runtime.Container
}

// newApplying is a run of apply, or of a command that goes on from what was applied.
func newApplying(a acting, wait bool) applying {
	return applying{acting: a, wanted: wanted{set: &manifests.Set{}}, wait: wait, engines: map[plan.Ref]runtime.Engine{},
		wishes: map[plan.Ref]supervise.Wanted{}, spawned: map[plan.Ref]int{}, told: map[plan.Ref]supervise.Memory{},
		begun: map[plan.Ref]<-chan struct{}{}, roused: map[plan.Ref]startedSupervisor{}, read: map[plan.Ref]string{}, calm: map[plan.Ref]bool{}, fresh: map[plan.Ref]bool{},
		holders: map[plan.Ref][]runtime.Container{}}
}

// run does what differs and prints a line for each object.
func (a *applying) run(ctx context.Context) error {
	pruned := a.stale
	words, err := a.makeRoom(ctx)
	if err != nil {
		return err
	}
	defer a.printPruned(pruned) // they are gone, whatever comes of the rest
	var d decided
	var left []plan.Pod
	err = a.locked(ctx, podRefs(a.want.Pods), func(ctx context.Context) error {
		var err error
		if d, err = a.decide(ctx); err != nil {
			return err
		}
		if a.settings.Supervisor == settings.SupervisorNone {
			return a.unsupervised(ctx, d)
		}
		left, err = a.prepareAndHandOver(ctx, d)
		return err
	})
	if d.words == nil {
		return err
	}
	if a.settings.Supervisor != settings.SupervisorNone { // the supervisors need the locks
		err = errors.Join(err, a.follow(ctx, left))
		for _, pt := range d.parts {
			a.show.Published(pt.steps)
		}
		if err == nil {
			err = a.leaveNetworks(ctx, d.parts)
		}
	}
	if words == nil {
		words = d.words
	}
	a.print(words)
	return err
}

// decided is what is to be done: the pods that should run, the steps, and kubectl's word for each object.
type decided struct {
	pods  []plan.Pod
	parts []part
	words map[string]string
}

// decide looks at the host, and keeps what is wanted before anything is done.
func (a *applying) decide(ctx context.Context) (d decided, err error) {
	kept := a.beforeAll()
	if err := a.others(kept); err != nil {
		return d, err
	}
	if a.settings.Supervisor == settings.SupervisorNone {
		refs := podRefs(a.want.Pods)
		if err := errors.Join(a.retire(ctx, refs), a.dismiss(ctx, refs)); err != nil {
			return d, err
		}
	}
	// From the look to the saved plans, no prune may take away what was seen.
	use, err := a.store.LockUse(ctx, a.waiting)
	if err != nil {
		return d, settings.StateError(err)
	}
	defer use.Release()
	if d.parts, err = a.look(ctx); err != nil {
		return d, err
	}
	words, err := a.save(d.parts, kept)
	if err != nil {
		return d, settings.StateError(err)
	}
	if d.pods, err = a.rest(d.parts); err != nil {
		return d, settings.StateError(err)
	}
	d.words = words
	return d, nil
}

// unsupervised does all steps, and leaves the pods to their runtimes.
func (a *applying) unsupervised(ctx context.Context, d decided) error {
	if err := a.unask(d.pods); err != nil {
		return settings.StateError(err)
	}
	var errs []error
	for _, pt := range d.parts {
		errs = append(errs, a.carryOut(ctx, pt.engine, pt.steps))
	}
	a.show.Started(d.pods)
	return errors.Join(errs...)
}

// others makes sure that the pods are with the runtimes that were chosen, and that those which are looked at again, because
// they use what is given, are still what was read: before the lock another kubehost could change or delete them.
func (a *applying) others(kept map[plan.Ref]earlier) error {
	for _, o := range a.set.Pods {
		engine, ok := a.engines[ref(o.Origin)]
		if !ok {
			continue
		}
		now := kept[ref(o.Origin)]
		if now.err != nil && runtime.DamagedIn(now.err) == nil {
			return settings.StateError(now.err)
		}
		if now.Runtime != "" && now.Runtime != engine.Dialect.Name() || o.Stored && string(now.Manifest) != string(o.Source) {
			return fmt.Errorf("pod %q was changed at the same time\n  hint: apply again", o.Origin.Name)
		}
	}
	return nil
}

// givenPods are the pods that are given, and the others that are wanted: they use what is given.
func (a *applying) givenPods() (given, others []plan.Ref) {
	stored := map[plan.Ref]bool{}
	for _, o := range a.set.Pods {
		stored[ref(o.Origin)] = o.Stored
	}
	for _, p := range a.want.Pods {
		if stored[p.Ref] {
			others = append(others, p.Ref)
		} else {
			given = append(given, p.Ref)
		}
	}
	return given, others
}

func ref(o manifests.Origin) plan.Ref { return plan.Ref{Namespace: o.Namespace, Name: o.Name} }

// save keeps the manifests and plans before anything is done, so that an interrupted apply is known, and
// returns kubectl's word for each object.
func (a *applying) save(parts []part, kept map[plan.Ref]earlier) (map[string]string, error) {
	words := map[string]string{}
	saves, err := a.savesOfObjects(words)
	if err != nil {
		return nil, err
	}
	pods, err := a.savesOfPods(parts, kept, words)
	if err != nil {
		return nil, err
	}
	saves = append(saves, pods...)
	errs := make([]error, len(saves))
	runtime.AtOnce(len(saves), func(i int) { errs[i] = saves[i]() })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return words, a.store.Bind(a.want.Pods)
}

// savesOfObjects are what keeps those objects other than pods that have changed. It notes the words for all of them.
func (a *applying) savesOfObjects(words map[string]string) (saves []func() error, err error) {
	all, _ := objects(a.set)
	before, errs := make([][]byte, len(all)), make([]error, len(all))
	runtime.AtOnce(len(all), func(i int) {
		if !all[i].stored {
			before[i], errs[i] = a.store.Object(all[i].origin.Kind, ref(all[i].origin))
		}
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for i, o := range all {
		if o.stored {
			continue
		}
		there := before[i] != nil
		same := there && string(before[i]) == string(o.source)
		words[key(o.origin)] = word(there, !same)
		if same {
			continue
		}
		aside, err := a.store.SetAside(o.origin.Kind, ref(o.origin))
		if err != nil {
			return nil, err
		}
		if aside != "" {
			a.note("the damaged %s %q is kept: %s", strings.ToLower(o.origin.Kind), o.origin.Name, aside)
		}
		saves = append(saves, func() error { return a.store.SaveObject(o.origin.Kind, ref(o.origin), o.source) })
	}
	return saves, nil
}

// savesOfPods are what keeps the pods; of those that are kept as they are nothing is written. It notes the words for all of them.
func (a *applying) savesOfPods(parts []part, kept map[plan.Ref]earlier, words map[string]string) (saves []func() error, err error) {
	manifest := map[plan.Ref]manifests.Object[*podType]{}
	for _, o := range a.set.Pods {
		manifest[ref(o.Origin)] = o
	}
	for _, pt := range parts {
		for _, p := range pt.want.Pods {
			o := manifest[p.Ref]
			before := kept[p.Ref]
			if err := a.warnDamaged(before.err); err != nil {
				return nil, err
			}
			there := before.there || engines.Has(pt.seen, p.Ref)
			changed := touches(pt.steps, p.Ref) && !a.inHand(before.Plan, p)
			words[key(o.Origin)] = word(there, changed || string(before.Manifest) != string(o.Source))
			saves = append(saves, func() error {
				now := runtime.StoredPod{Ref: p.Ref, Runtime: pt.engine.Dialect.Name(), Created: before.Created, Manifest: o.Source, Plan: p}
				if !there {
					now.Created = time.Now().UTC().Truncate(time.Second)
				}
				if now.Kept(before.StoredPod) {
					return nil
				}
				return a.store.SavePod(now)
			})
		}
	}
	return saves, nil
}

// before is what was applied of a pod last. The error is runtime.Damaged when that is its manifest alone; then, too, the
// pod can be applied: what runs tells by its labels what it is.
func (a *applying) before(r plan.Ref) (p runtime.StoredPod, there bool, err error) {
	p, err = a.store.Pod(r)
	if errors.Is(err, fs.ErrNotExist) {
		return p, false, nil
	}
	return p, true, err
}

// earlier is what before tells of a pod.
type earlier struct {
	runtime.StoredPod
	there bool
	err   error
}

// beforeAll is that of all pods of the manifests. Under their locks it stays so until something is saved.
func (a *applying) beforeAll() map[plan.Ref]earlier {
	all := make([]earlier, len(a.set.Pods))
	runtime.AtOnce(len(all), func(i int) { all[i].StoredPod, all[i].there, all[i].err = a.before(ref(a.set.Pods[i].Origin)) })
	of := map[plan.Ref]earlier{}
	for i, o := range a.set.Pods {
		of[ref(o.Origin)] = all[i]
	}
	return of
}

func word(there, changed bool) string {
	switch {
	case !there:
		return "created"
	case changed:
		return "configured"
	}
	return "unchanged"
}

func touches(steps runtime.Steps, r plan.Ref) bool {
	for _, s := range steps {
		if s.Pod == r {
			return true
		}
	}
	return false
}

// key identifies an object in one invocation.
func key(o manifests.Origin) string { return o.Kind + "/" + o.Namespace + "/" + o.Name }

// print writes a line for each object that is as it should be, in the order given, and then for each pod applied earlier
// that changed with them.
func (a *applying) print(words map[string]string) {
	a.show.Settle()
	for _, o := range a.set.Order {
		if o.Kind == "Pod" && a.show.Failed[ref(o)] {
			continue
		}
		a.changed = a.changed || words[key(o)] != "unchanged"
		a.tell(o.Kind, o.Name, "%s/%s %s", strings.ToLower(o.Kind), o.Name, words[key(o)])
	}
	for _, o := range a.set.Pods {
		if o.Stored && words[key(o.Origin)] == "configured" && !a.show.Failed[ref(o.Origin)] {
			a.changed = true
			a.tell("Pod", o.Origin.Name, "pod/%s configured", o.Origin.Name)
		}
	}
}
