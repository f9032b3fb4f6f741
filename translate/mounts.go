package translate

import (
	"path"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// mounts are in the order of the manifest. Both runtimes sort them themselves, so that /a is
// there before /a/b is mounted in it.
func (p *podTranslator) mounts(m member, env *environment) []plan.Mount {
	var mounts []plan.Mount
	targets := map[string]bool{}
	for i := range m.VolumeMounts {
		vm, at := &m.VolumeMounts[i], m.at.Child("volumeMounts").Index(i)
		target := path.Join("/", vm.MountPath)
		p.checkNUL(at.Child("mountPath"), target)
		switch {
		case target == "/":
			p.fail(at.Child("mountPath"), "", "a volume cannot take the place of the container's root")
		case targets[target]:
			p.fail(at.Child("mountPath"), "", "another volume is mounted at %s already", target)
		}
		targets[target] = true
		if p.isDevice(vm.Name) {
			p.fail(at.Child("name"), "give it to the container with volumeDevices", "volume %q has volumeMode Block, and cannot be mounted", vm.Name)
		}
		mounts = append(mounts, plan.Mount{
			Volume: vm.Name, Target: target, ReadOnly: vm.ReadOnly || p.readOnly(vm.Name),
			SubPath: p.subPath(at, m, vm, env), Propagation: propagation(vm),
		})
	}
	return mounts
}

// blockDevices are claims that are bound to a device of the host.
func (p *podTranslator) blockDevices(m member) []plan.Mount {
	var devices []plan.Mount
	for i := range m.VolumeDevices {
		d, at := &m.VolumeDevices[i], m.at.Child("volumeDevices").Index(i)
		p.checkNUL(at.Child("devicePath"), d.DevicePath)
		if !p.isDevice(d.Name) {
			p.fail(at.Child("name"), "mount it with volumeMounts", "volume %q has volumeMode Filesystem, and is no block device", d.Name)
		}
		devices = append(devices, plan.Mount{Volume: d.Name, Target: path.Join("/", d.DevicePath), ReadOnly: p.readOnly(d.Name)})
	}
	return devices
}

// isDevice says that a volume is a claim with volumeMode Block.
func (p *podTranslator) isDevice(volume string) bool {
	for i := range p.Spec.Volumes {
		if v := &p.Spec.Volumes[i]; v.Name == volume && v.PersistentVolumeClaim != nil {
			b := p.bindings[plan.Ref{Namespace: p.ref.Namespace, Name: v.PersistentVolumeClaim.ClaimName}]
			return b.claim != nil && isBlock(b.claim.Spec.VolumeMode)
		}
	}
	return false
}

func propagation(vm *v1.VolumeMount) plan.Propagation {
	if vm.MountPropagation == nil || *vm.MountPropagation == v1.MountPropagationNone {
		return plan.PropagateNone
	}
	return plan.Propagation(*vm.MountPropagation)
}

// subPath is the part of the volume that a mount shows; empty is all of it.
func (p *podTranslator) subPath(at *field.Path, m member, vm *v1.VolumeMount, env *environment) string {
	sub := vm.SubPath
	if vm.SubPathExpr != "" {
		at, sub = at.Child("subPathExpr"), p.expandSubPath(at.Child("subPathExpr"), vm.SubPathExpr, env)
	} else {
		at = at.Child("subPath")
	}
	if sub == "" {
		return ""
	}
	if plan.HasLate(sub) {
		p.fail(at, "use another variable", "the pod's address is only known once its volumes are made")
		return ""
	}
	if p.isImage(vm.Name) {
		p.fail(at, "mount the whole image, and use a path below it", "a part of an image cannot be mounted")
	}
	p.checkNUL(at, sub)
	if !inside(sub) {
		// The kubelet's words.
		p.fail(at, "name a path below the volume", "unable to provision SubPath `%s`: must be a relative path, and must not contain '..'", sub)
		return ""
	}
	if sub = path.Clean(sub); sub == "." {
		return ""
	}
	p.checkPart(at, vm.Name, sub)
	return sub
}

// checkPart refuses a part that a volume of written files does not have. A kubelet makes an empty directory of that name
// instead, in which nothing would ever appear.
func (p *podTranslator) checkPart(at *field.Path, volume, sub string) {
	for i := range p.planned {
		v := &p.planned[i]
		if v.Name == volume && v.Kind == plan.Files && !slices.ContainsFunc(v.Files, func(f plan.File) bool {
			return f.Path == sub || strings.HasPrefix(f.Path, sub+"/")
		}) {
			p.fail(at, "name a key or path that it has, or mount all of it", "there is no %q in the volume %q", sub, volume)
		}
	}
}

// expandSubPath expands against the environment of the container. Unlike elsewhere, a variable that is not
// there, or empty, is an error: all pods would share one directory.
func (p *podTranslator) expandSubPath(at *field.Path, expr string, env *environment) string {
	value := expand(expr, func(name string) (string, bool) {
		i, ok := env.at[name]
		switch {
		case !ok || env.vars[i].Value == "":
			p.fail(at, "give the container the variable "+name+" in env", "missing value for %s", name)
			return "", true
		case env.vars[i].Secret:
			p.fail(at, "use a variable that holds no secret", "the value of a Secret would get into a path, through $(%s)", name)
			return "", true
		}
		return env.vars[i].Value, true
	})
	return value
}

// readOnly says that no mount of the volume can be written to: those whose files
// kubehost writes never can, as in a cluster.
func (p *podTranslator) readOnly(volume string) bool {
	for i := range p.Spec.Volumes {
		if v := &p.Spec.Volumes[i]; v.Name == volume {
			claim := v.PersistentVolumeClaim
			return v.ConfigMap != nil || v.Secret != nil || v.DownwardAPI != nil || v.Projected != nil || v.Image != nil || claim != nil && claim.ReadOnly
		}
	}
	return false
}

func (p *podTranslator) isImage(volume string) bool {
	for i := range p.Spec.Volumes {
		if v := &p.Spec.Volumes[i]; v.Name == volume {
			return v.Image != nil
		}
	}
	return false
}
