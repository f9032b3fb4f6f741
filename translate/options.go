package translate

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// options are the additional options of a container's run command, by the runtime that they are for.
func (p *podTranslator) options(m member) plan.Options {
	return plan.Options{
		Both:   append(manifests.PodmanOptions(p.Annotations, m.Name), p.extra(manifests.AnnotationOptions+m.Name)...),
		Docker: p.extra(manifests.AnnotationDockerOptions + m.Name),
		Podman: p.extra(manifests.AnnotationPodmanOptions + m.Name),
	}
}

func (p *podTranslator) extra(annotation string) []string {
	value, at, _ := p.annotation(annotation)
	options, err := manifests.ParseOptions(value)
	if err != nil {
		p.fail(at, "", "%v", err)
	}
	return options
}

// needs are the pods and containers that the pod is started after.
func (p *podTranslator) needs() []plan.Need {
	value, at, ok := p.annotation(manifests.AnnotationDependsOn)
	if !ok {
		return nil
	}
	parsed, err := manifests.ParseNeeds(value)
	if err != nil {
		p.fail(at, "", "%v", err)
	}
	var needs []plan.Need
	for _, n := range parsed {
		need := plan.Need{Pod: plan.Ref{Namespace: p.ref.Namespace, Name: n.Pod}, Container: n.Container}
		if !slices.Contains(needs, need) {
			needs = append(needs, need)
			p.checkNeed(at, need)
		}
	}
	return needs
}

// checkNeed holds a need against the pods that are given. One applied earlier, or later, is only known at the
// runtime.
func (p *podTranslator) checkNeed(at *field.Path, need plan.Need) {
	if need.Pod == p.ref {
		p.fail(at, "containers of one pod are ordered by initContainers", "the pod would wait for itself")
		return
	}
	other, ok := p.pods[need.Pod]
	if !ok {
		p.warn(at, "give both with -f to have them started in order", "no pod %q of namespace %q is among these manifests: apply does not wait for it",
			need.Pod.Name, need.Pod.Namespace)
		return
	}
	var names []string
	for _, m := range members(&other.Spec) {
		names = append(names, m.Name)
	}
	if need.Container != "" && !slices.Contains(names, need.Container) {
		p.fail(at, "", "pod %q has no container %q", need.Pod.Name, need.Container)
	}
}
