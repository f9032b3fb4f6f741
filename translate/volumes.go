package translate

import (
	"path"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// volumes are all volumes of the pod, mounted or not: the kubelet too makes and checks
// each one before it starts a container.
func (p *podTranslator) volumes() []plan.Volume {
	var volumes []plan.Volume
	for i := range p.Spec.Volumes {
		volumes = append(volumes, p.volume(field.NewPath("spec", "volumes").Index(i), &p.Spec.Volumes[i]))
	}
	return volumes
}

func (p *podTranslator) volume(at *field.Path, v *v1.Volume) plan.Volume {
	switch {
	case v.HostPath != nil:
		return p.hostPath(at.Child("hostPath"), v)
	case v.EmptyDir != nil:
		return p.emptyDir(at.Child("emptyDir"), v)
	case v.PersistentVolumeClaim != nil:
		name := v.PersistentVolumeClaim.ClaimName
		return plan.Volume{Name: v.Name, Kind: plan.Claim, Path: p.claimPath(name), Claim: name}
	case v.ConfigMap != nil:
		return p.filesVolume(v.Name, p.configMapFiles(at.Child("configMap"), v.ConfigMap))
	case v.Secret != nil:
		return p.filesVolume(v.Name, p.secretFiles(at.Child("secret"), v.Secret))
	}
	p.fail(at, "", "this kind of volume is not supported")
	return plan.Volume{Name: v.Name}
}

func (p *podTranslator) hostPath(at *field.Path, v *v1.Volume) plan.Volume {
	p.checkNUL(at.Child("path"), v.HostPath.Path)
	if !path.IsAbs(v.HostPath.Path) {
		p.fail(at.Child("path"), "write the path from the root of the host", "%q is not an absolute path", v.HostPath.Path)
	}
	volume := plan.Volume{Name: v.Name, Kind: plan.HostPath, Path: path.Clean(v.HostPath.Path)}
	if v.HostPath.Type != nil {
		volume.Type = plan.HostPathType(*v.HostPath.Type)
	}
	return volume
}

func (p *podTranslator) emptyDir(at *field.Path, v *v1.Volume) plan.Volume {
	switch v.EmptyDir.Medium {
	case v1.StorageMediumDefault:
		return plan.Volume{Name: v.Name, Kind: plan.EmptyDir, Path: path.Join(p.dir, "empty", v.Name)}
	case v1.StorageMediumMemory:
		volume := plan.Volume{Name: v.Name, Kind: plan.Memory, Path: path.Join(p.dir, "memory", v.Name)}
		if limit := v.EmptyDir.SizeLimit; limit != nil {
			volume.Size = limit.Value()
		}
		return volume
	}
	p.fail(at.Child("medium"), `leave it out, or use "Memory"`, "the medium %q is not supported", v.EmptyDir.Medium)
	return plan.Volume{Name: v.Name}
}

func (p *podTranslator) filesVolume(name string, files []plan.File) plan.Volume {
	return plan.Volume{Name: name, Kind: plan.Files, Path: path.Join(p.dir, "volumes", name), Files: files}
}

// mounts are in the order of the manifest. Both runtimes sort them themselves, so that /a is
// there before /a/b is mounted in it.
func (p *podTranslator) mounts(m member) []plan.Mount {
	var mounts []plan.Mount
	targets := map[string]bool{}
	for i := range m.VolumeMounts {
		vm := &m.VolumeMounts[i]
		target := path.Join("/", vm.MountPath)
		at := m.at.Child("volumeMounts").Index(i).Child("mountPath")
		p.checkNUL(at, target)
		switch {
		case target == "/":
			p.fail(at, "", "a volume cannot take the place of the container's root")
		case targets[target]:
			p.fail(at, "", "another volume is mounted at %s already", target)
		}
		targets[target] = true
		mounts = append(mounts, plan.Mount{Volume: vm.Name, Target: target, ReadOnly: vm.ReadOnly || p.readOnly(vm.Name)})
	}
	return mounts
}

// readOnly says that no mount of the volume can be written to: those whose files
// kubehost writes never can, as in a cluster.
func (p *podTranslator) readOnly(volume string) bool {
	for i := range p.Spec.Volumes {
		if v := &p.Spec.Volumes[i]; v.Name == volume {
			claim := v.PersistentVolumeClaim
			return v.ConfigMap != nil || v.Secret != nil || claim != nil && claim.ReadOnly
		}
	}
	return false
}
