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

// members lists the containers in the order in which they start: sidecars stand among the init
// containers, where the manifest has them.
func members(spec *v1.PodSpec) []member {
	list := make([]member, 0, len(spec.InitContainers)+len(spec.Containers))
	inits, mains := field.NewPath("spec", "initContainers"), field.NewPath("spec", "containers")
	for i := range spec.InitContainers {
		m := member{&spec.InitContainers[i], plan.Init, inits.Index(i)}
		if m.RestartPolicy != nil && *m.RestartPolicy == v1.ContainerRestartPolicyAlways {
			m.role = plan.Sidecar
		}
		list = append(list, m)
	}
	for i := range spec.Containers {
		list = append(list, member{&spec.Containers[i], plan.Main, mains.Index(i)})
	}
	return list
}

// stays says that the container runs as long as its pod does.
func (m member) stays() bool { return m.role != plan.Init }
