package translate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/manifests/parallel"
	"github.com/kubehost/kubehost/translate/plan"
)

// Translate makes the plan of all pods of the set that were given (not [manifests.Object.Stored]), and after them of those applied
// earlier that use a ConfigMap or Secret which is given now.
// Problems are those that only show here: two things that would get one name, values
// that cannot be expanded. The plan is to be used only when none of them is an error.
func Translate(set *manifests.Set, host Host) (plan.Plan, manifests.Problems) {
	t := newTranslator(set, host)
	var given []*podTranslator
	for _, o := range set.Pods {
		if !o.Stored {
			pod := t.pod(o)
			pod.take()
			given = append(given, pod)
		}
	}
	p := plan.Plan{Pods: make([]plan.Pod, len(given))}
	parallel.Do(len(given), func(i int) { p.Pods[i] = given[i].translate() })
	t.checkOrder(given, p.Pods)
	for _, pod := range given {
		t.problems = append(t.problems, pod.problems...)
	}
	p.Pods = append(p.Pods, t.affected(set)...)
	p.Networks = networks(p.Pods)
	return p, t.problems
}

// translator is what the pods of one set share while they are translated, many beside one another: none of it changes then but images.
type translator struct {
	host Host
	// configMaps and secrets are indexed, because Set's own look-up walks a list: with
	// a ConfigMap for each of 1,000 pods that walk would be most of the work.
	pods       map[plan.Ref]*v1.Pod
	configMaps map[plan.Ref]*v1.ConfigMap
	secrets    map[plan.Ref]*v1.Secret
	bindings   bindings
	images     sync.Map // names of images as they are written, to full ones
	taken      taken
	problems   manifests.Problems
}

func newTranslator(set *manifests.Set, host Host) *translator {
	t := &translator{
		host:       host,
		pods:       index(set.Pods),
		configMaps: index(set.ConfigMaps),
		secrets:    index(set.Secrets),
		bindings:   bind(set, host.Bindings),
		taken:      newTaken(),
	}
	// Pods applied earlier hold their names and ports already, wherever they stand in the
	// set: the pod that is given now is the one that must give way.
	for _, o := range set.Pods {
		if o.Stored {
			t.pod(o).take()
		}
	}
	return t
}

// index maps objects by their names; as in Set's look-up, the first of a name counts.
func index[T any](objects []manifests.Object[*T]) map[plan.Ref]*T {
	m := make(map[plan.Ref]*T, len(objects))
	for _, o := range slices.Backward(objects) {
		m[plan.Ref{Namespace: o.Origin.Namespace, Name: o.Origin.Name}] = o.Value
	}
	return m
}

// networks lists the networks that the pods join, each once, sorted.
func networks(pods []plan.Pod) []plan.Network {
	names := map[string]bool{}
	for i := range pods {
		if n := pods[i].Sandbox.Network; n != "" {
			names[n] = true
		}
	}
	var list []plan.Network
	for _, n := range slices.Sorted(maps.Keys(names)) {
		list = append(list, plan.Network{Name: n})
	}
	return list
}

// podTranslator is one pod while it is translated.
type podTranslator struct {
	*translator
	*v1.Pod
	origin  manifests.Origin
	stored  bool
	ref     plan.Ref
	id      string
	dir     string
	members []member
	// allLogins are those of the pod, for any image.
	allLogins []scopedLogin
	// planned are the pod's volumes.
	planned []plan.Volume
	// problems are those of a pod that is given, wrong is what is wrong with one that was applied earlier.
	problems manifests.Problems
	wrong    string
}

func (t *translator) pod(o manifests.Object[*v1.Pod]) *podTranslator {
	ref := plan.Ref{Namespace: o.Value.Namespace, Name: o.Value.Name}
	return &podTranslator{
		translator: t,
		Pod:        o.Value,
		origin:     o.Origin,
		stored:     o.Stored,
		ref:        ref,
		id:         ref.ID(),
		dir:        path.Join(t.host.StateDir, "pods", ref.Namespace, ref.Name),
		members:    members(&o.Value.Spec),
	}
}

func (p *podTranslator) translate() plan.Pod {
	p.allLogins = p.logins()
	pod := plan.Pod{
		Ref:           p.ref,
		ID:            p.id,
		Dir:           p.dir,
		Labels:        maps.Clone(p.Labels),
		RestartPolicy: plan.RestartPolicy(p.Spec.RestartPolicy),
		Supervised:    p.host.Supervised,
		Journal:       p.host.Journal,
		Sandbox:       p.sandbox(),
		Volumes:       p.volumes(),
		FSGroup:       p.fsGroup(),
		Relabel:       p.ownLabel(),
		Needs:         p.needs(),
		Manual:        p.Annotations[manifests.AnnotationAutoStart] == "false",
	}
	if grace := p.Spec.TerminationGracePeriodSeconds; grace != nil {
		pod.GracePeriod = *grace
	}
	pod.ActiveDeadline = copied(p.Spec.ActiveDeadlineSeconds)
	p.planned = pod.Volumes
	p.checkRoom()
	for _, m := range p.members {
		pod.Units = append(pod.Units, p.unit(m))
	}
	return pod
}

// take reserves for the pod what only one pod of a host can have.
func (p *podTranslator) take() {
	p.takeNames()
	p.takePorts()
	p.takeClaims()
}

// fail notes an error in the pod's object. A pod applied earlier was checked then, and its
// file may be gone: what is wrong with it is not for this invocation to say.
func (p *podTranslator) fail(at *field.Path, hint, format string, args ...any) {
	p.note(manifests.Error, at, hint, fmt.Sprintf(format, args...))
}

// failOnce notes what several containers of the pod would note alike.
func (p *podTranslator) failOnce(at *field.Path, hint, format string, args ...any) {
	detail, path := fmt.Sprintf(format, args...), at.String()
	if !slices.ContainsFunc(p.problems, func(q manifests.Problem) bool {
		return q.Path == path && q.Detail == detail
	}) {
		p.note(manifests.Error, at, hint, detail)
	}
}

// warn notes something that the manifest asks for and a kubelet would ignore too.
func (p *podTranslator) warn(at *field.Path, hint, format string, args ...any) {
	p.note(manifests.Warning, at, hint, fmt.Sprintf(format, args...))
}

func (p *podTranslator) note(s manifests.Severity, at *field.Path, hint, detail string) {
	if p.stored {
		if s == manifests.Error && p.wrong == "" {
			p.wrong = at.String() + ": " + detail
		}
		return
	}
	p.problems = append(p.problems, manifests.Problem{
		Origin: p.origin, Severity: s, Path: at.String(), Detail: detail, Hint: hint,
	})
}

// annotation returns the value of a kubehost.dev annotation and where it stands.
func (p *podTranslator) annotation(name string) (value string, at *field.Path, ok bool) {
	value, ok = p.Annotations[name]
	return value, field.NewPath("metadata", "annotations").Key(name), ok
}
