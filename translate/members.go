package translate

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// member is one container of a pod and where it stands in the manifest.
type member struct {
	*v1.Container
	role plan.Role
	at   *field.Path
}

// members lists the containers in the order in which they start.
func members(spec *v1.PodSpec) []member {
	list := make([]member, 0, len(spec.InitContainers)+len(spec.Containers))
	add := func(containers []v1.Container, role plan.Role, at *field.Path) {
		for i := range containers {
			list = append(list, member{&containers[i], role, at.Index(i)})
		}
	}
	add(spec.InitContainers, plan.Init, field.NewPath("spec", "initContainers"))
	add(spec.Containers, plan.Main, field.NewPath("spec", "containers"))
	return list
}

// stays says that the container runs as long as its pod does.
func (m member) stays() bool {
	sidecar := m.RestartPolicy != nil && *m.RestartPolicy == v1.ContainerRestartPolicyAlways
	return m.role == plan.Main || sidecar
}
