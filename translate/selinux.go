package translate

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// seLinux is the label. Both runtimes, and a kubelet, ignore one on a host without SELinux; but a pod that asks for a wall
// and runs without it is worse than one that does not run.
func (p *podTranslator) seLinux(m member, o *v1.SELinuxOptions) plan.SELinux {
	if o == nil || *o == (v1.SELinuxOptions{}) {
		return plan.SELinux{}
	}
	if !p.host.SELinux {
		at := field.NewPath("spec", "securityContext", "seLinuxOptions")
		if containerSecurity(m).SELinuxOptions != nil {
			at = m.at.Child("securityContext", "seLinuxOptions")
		}
		p.failOnce(at, "remove it, or use a host with SELinux", "cannot be enforced: SELinux is not enabled on the host")
	}
	return plan.SELinux{User: o.User, Role: o.Role, Type: o.Type, Level: o.Level}
}

// relabel says which containers may use a volume. What is not kubehost's own keeps its label, unless the manifest
// names it: a hostPath of /etc relabelled would harm the host.
func (p *podTranslator) relabel(v plan.Volume) plan.Relabel {
	switch {
	case !p.host.SELinux || v.Kind == plan.Image:
		return plan.KeepLabel
	case v.Kind == plan.HostPath:
		o, err := manifests.ParseBindOption(p.Annotations[manifests.AnnotationBindOptions])
		if err != nil || o.Path != v.Path {
			return plan.KeepLabel
		}
		if o.Private {
			return p.ownLabel()
		}
		return plan.ForAll
	case v.Kind == plan.Claim && v.Mark == "":
		return plan.ForAll // any pod of the namespace may use it
	}
	return p.ownLabel()
}

// ownLabel is for what belongs to the pod alone. Both runtimes give the containers of a pod one level; but one whose
// label is set otherwise gets another level, unless the level is set, too, and so does one that is privileged.
func (p *podTranslator) ownLabel() plan.Relabel {
	if !p.host.SELinux {
		return plan.KeepLabel
	}
	var labels []v1.SELinuxOptions
	privileged := 0
	for _, m := range p.members {
		if isTrue(containerSecurity(m).Privileged) {
			privileged++
		}
		var label v1.SELinuxOptions
		if o := either(containerSecurity(m).SELinuxOptions, p.podSecurity().SELinuxOptions); o != nil {
			label = *o
		}
		labels = append(labels, label)
	}
	if privileged > 0 && privileged < len(p.members) {
		return plan.ForAll
	}
	for _, label := range labels {
		if label.Level != labels[0].Level || label.Level == "" && label != (v1.SELinuxOptions{}) {
			return plan.ForAll
		}
	}
	return plan.ForPod
}

// checkBindOption looks whether the annotation names a volume.
func (p *podTranslator) checkBindOption(volumes []plan.Volume) {
	value, at, ok := p.annotation(manifests.AnnotationBindOptions)
	o, err := manifests.ParseBindOption(value)
	if !ok || err != nil { // its form was checked with the manifest
		return
	}
	for _, v := range volumes {
		if v.Kind == plan.HostPath && v.Path == o.Path {
			return
		}
	}
	p.warn(at, "name the path as the hostPath volume does", "no hostPath volume of the pod is %s", o.Path)
}
