package view

import (
	"fmt"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/translate/plan"
)

// The annotation that names the container which commands take when none is named.
const defaultContainer = "kubectl.kubernetes.io/default-container"

// Container is the one of that name or, without a name, the one that kubectl would take. note tells which was
// taken when there is a choice.
func (v Pod) Container(name string) (u Unit, note string, err error) {
	units := v.Units()
	named := func(name string) int { return slices.IndexFunc(units, func(u Unit) bool { return u.Name == name }) }
	if name != "" {
		if i := named(name); i >= 0 {
			return units[i], "", nil
		}
		return u, "", fmt.Errorf("container %s is not valid for pod %s out of: %s", name, v.Ref.Name, allNames(units))
	}
	if len(units) == 0 {
		return u, "", fmt.Errorf("pod %q has no containers here\n  hint: \"kubehost apply\" makes what is missing", v.Ref.Name)
	}
	if preferred := v.annotations()[defaultContainer]; preferred != "" {
		if i := named(preferred); i >= 0 {
			return units[i], "", nil
		}
		note = fmt.Sprintf("Default container name %q not found in pod %s\n", preferred, v.Ref.Name)
	}
	u = units[max(0, slices.IndexFunc(units, func(u Unit) bool { return u.Role == plan.Main }))]
	if len(units) > 1 {
		note += fmt.Sprintf("Defaulted container %q out of: %s\n", u.Name, allNames(units))
	}
	return u, note, nil
}

// annotations are those of the manifest.
func (v Pod) annotations() map[string]string {
	pod, err := v.Object()
	if err != nil {
		return nil
	}
	return pod.Annotations
}

// allNames are the names of containers, in kubectl's order: main containers first.
func allNames(units []Unit) string {
	var mains, inits []string
	for _, u := range units {
		if u.Role == plan.Main {
			mains = append(mains, u.Name)
		} else {
			inits = append(inits, u.Name+" (init)")
		}
	}
	return strings.Join(append(mains, inits...), ", ")
}

// Waiting is why a container has not begun; nil when it has, or had.
func (v Pod) Waiting(u Unit) error {
	s := v.ContainerStatus(u).State.Waiting
	if u.Container != nil && u.Container.Started() || s == nil && u.Container != nil {
		return nil
	}
	why := "ContainerCreating"
	if s != nil {
		why = waitsFor(s)
	}
	return fmt.Errorf("container %q in pod %q is waiting to start: %s", u.Name, v.Ref.Name, why)
}

// waitsFor is how a kubelet puts the reasons to wait.
func waitsFor(s *v1.ContainerStateWaiting) string {
	switch s.Reason {
	case "ErrImagePull":
		return "image can't be pulled"
	case "ImagePullBackOff":
		return "trying and failing to pull image"
	}
	return s.Reason
}
