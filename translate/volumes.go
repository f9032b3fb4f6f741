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
		v := p.volume(field.NewPath("spec", "volumes").Index(i), &p.Spec.Volumes[i])
		v.Relabel = p.relabel(v)
		volumes = append(volumes, v)
	}
	p.checkBindOption(volumes)
	return volumes
}

func (p *podTranslator) volume(at *field.Path, v *v1.Volume) plan.Volume {
	switch {
	case v.HostPath != nil:
		return p.hostPath(at.Child("hostPath"), v)
	case v.EmptyDir != nil:
		return p.emptyDir(at.Child("emptyDir"), v)
	case v.PersistentVolumeClaim != nil:
		return p.claim(at.Child("persistentVolumeClaim", "claimName"), v.Name, v.PersistentVolumeClaim.ClaimName)
	case v.Ephemeral != nil:
		return p.ephemeral(at.Child("ephemeral"), v)
	case v.Image != nil:
		return p.imageVolume(at.Child("image"), v)
	}
	return p.writtenVolume(at, v)
}

// writtenVolume is a volume whose files kubehost writes. All but those of a ConfigMap are a tmpfs
// in a cluster, which has the sticky bit.
func (p *podTranslator) writtenVolume(at *field.Path, v *v1.Volume) plan.Volume {
	var t *tree
	from, mode := "volume "+v.Name, uint32(0o1777)
	switch {
	case v.ConfigMap != nil:
		at, t = at.Child("configMap"), newTree(v.ConfigMap.DefaultMode)
		p.addConfigMap(t, at, v.ConfigMap.Name, v.ConfigMap.Items, v.ConfigMap.Optional)
		from, mode = "configmap "+v.ConfigMap.Name, 0
	case v.Secret != nil:
		at, t = at.Child("secret"), newTree(v.Secret.DefaultMode)
		p.addSecret(t, at, at.Child("secretName"), v.Secret.SecretName, v.Secret.Items, v.Secret.Optional)
		from = "secret " + v.Secret.SecretName
	case v.DownwardAPI != nil:
		at, t = at.Child("downwardAPI"), newTree(v.DownwardAPI.DefaultMode)
		p.addDownward(t, at, v.DownwardAPI.Items)
	case v.Projected != nil:
		at = at.Child("projected")
		t = p.projected(at, v.Projected)
	default:
		p.fail(at, "", "this kind of volume is not supported")
		return plan.Volume{Name: v.Name}
	}
	volume := p.filesVolume(at, v.Name, from, t)
	volume.Mode = mode
	return volume
}

// fsGroup owns the volumes that kubehost makes for the pod.
func (p *podTranslator) fsGroup() *int64 {
	if s := p.Spec.SecurityContext; s != nil {
		return s.FSGroup
	}
	return nil
}

func (p *podTranslator) rootTells() bool {
	s := p.Spec.SecurityContext
	return p.fsGroup() != nil && s.FSGroupChangePolicy != nil && *s.FSGroupChangePolicy == v1.FSGroupChangeOnRootMismatch
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
	volume := plan.Volume{Name: v.Name, Kind: plan.EmptyDir, Path: path.Join(p.dir, "empty", v.Name), Group: p.fsGroup()}
	switch v.EmptyDir.Medium {
	case v1.StorageMediumDefault:
		if v.EmptyDir.Mode != nil {
			volume.Mode = uint32(*v.EmptyDir.Mode)
		}
	case v1.StorageMediumMemory:
		volume.Kind, volume.Path = plan.Memory, path.Join(p.dir, "memory", v.Name)
		volume.Size = p.memorySize(v.EmptyDir.SizeLimit)
	default:
		p.fail(at.Child("medium"), `leave it out, or use "Memory"`, "the medium %q is not supported", v.EmptyDir.Medium)
	}
	return volume
}
