package translate

import (
	"path"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// SubdirAnnotation names the directory below the volume base that holds the pod's
// claims; without it that is the pod's namespace, so that all pods of a namespace share its claims.
const SubdirAnnotation = "kubehost.dev/volume-subdir"

// claimPath is the directory of a claim.
func (p *podTranslator) claimPath(claim string) string {
	subdir, _, ok := p.annotation(SubdirAnnotation)
	if !ok {
		subdir = p.ref.Namespace
	}
	return path.Join(p.host.VolumeBaseDir, subdir, claim)
}

// claim is the directory of a claim, or what the PersistentVolume names that it is bound to.
func (p *podTranslator) claim(at *field.Path, name, claim string) plan.Volume {
	b := p.bindings[plan.Ref{Namespace: p.ref.Namespace, Name: claim}]
	if b.volume != nil {
		return p.persistent(name, claim, b.volume)
	}
	if b.claim != nil && b.claim.Spec.VolumeName != "" {
		p.warn(at, "give the PersistentVolume, too, or remove volumeName from the claim",
			"the claim names the PersistentVolume %q, which is not there for it: it is a directory below the volume base", b.claim.Spec.VolumeName)
	}
	if b.claim != nil && isBlock(b.claim.Spec.VolumeMode) {
		p.fail(at, "give a PersistentVolume with volumeMode: Block, and the device in local.path",
			"the claim %q asks for a block device, and no PersistentVolume fits it", claim)
	}
	return plan.Volume{Name: name, Kind: plan.Claim, Path: p.claimPath(claim), Claim: claim, Group: p.fsGroup(), RootTells: p.rootTells()}
}

// persistent is a path of the host, which is never made or removed with a claim. As in a cluster the pod's
// group owns a local one, and never a hostPath.
func (p *podTranslator) persistent(name, claim string, pv *v1.PersistentVolume) plan.Volume {
	v := plan.Volume{Name: name, Kind: plan.HostPath, Claim: claim, PersistentVolume: pv.Name}
	switch {
	case pv.Spec.Local != nil:
		v.Path, v.Type = path.Clean(pv.Spec.Local.Path), plan.Directory
		v.Group, v.RootTells = p.fsGroup(), p.rootTells()
	case pv.Spec.HostPath != nil:
		v.Path = path.Clean(pv.Spec.HostPath.Path)
		if pv.Spec.HostPath.Type != nil {
			v.Type = plan.HostPathType(*pv.Spec.HostPath.Type)
		}
	}
	if isBlock(pv.Spec.VolumeMode) {
		v.Type, v.Group, v.RootTells = plan.BlockDevice, nil, false
	}
	return v
}

// ephemeral is a claim that belongs to the pod, and is removed with it: <pod>-<volume>.
func (p *podTranslator) ephemeral(at *field.Path, v *v1.Volume) plan.Volume {
	if t := v.Ephemeral.VolumeClaimTemplate; t != nil && isBlock(t.Spec.VolumeMode) {
		p.fail(at.Child("volumeClaimTemplate", "spec", "volumeMode"), "use a claim and a PersistentVolume with volumeMode: Block",
			"there is no block device to be made for one pod")
	}
	claim := p.ref.Name + "-" + v.Name
	return plan.Volume{Name: v.Name, Kind: plan.Claim, Path: p.claimPath(claim), Claim: claim,
		Mark: path.Join(p.dir, "ephemeral", v.Name), Group: p.fsGroup(), RootTells: p.rootTells()}
}

// takeClaims reserves the directories of the pod's claims.
func (p *podTranslator) takeClaims() {
	if subdir, at, ok := p.annotation(SubdirAnnotation); ok && !inside(subdir) {
		p.fail(at, `name a directory below the volume base, as in "web" or "shop/web"`,
			"%q is not a path below the volume base", subdir)
		return
	}
	for i := range p.Spec.Volumes {
		v, at := &p.Spec.Volumes[i], field.NewPath("spec", "volumes").Index(i)
		switch claim := v.PersistentVolumeClaim; {
		case v.Ephemeral != nil:
			p.takeClaim(at.Child("name"), p.claimPath(p.ref.Name+"-"+v.Name))
		case claim != nil && p.bindings[plan.Ref{Namespace: p.ref.Namespace, Name: claim.ClaimName}].volume == nil:
			p.takeClaim(at.Child("persistentVolumeClaim", "claimName"), p.claimPath(claim.ClaimName))
		}
	}
}

// takeClaim refuses a claim in another claim's directory. Who can write to the outer one
// could put a symbolic link in the place of the inner, and so have any directory of
// the host mounted.
func (p *podTranslator) takeClaim(at *field.Path, dir string) {
	const hint = "give the pods other directories with the annotation " + SubdirAnnotation
	if other, ok := p.taken.above[dir]; ok {
		p.fail(at, hint, "the claim's directory %s would hold that of a claim of %s", dir, other)
		return
	}
	me := owner{"pod " + p.ref.String(), p.origin}
	base := path.Clean(p.host.VolumeBaseDir)
	for above := path.Dir(dir); len(above) > len(base); above = path.Dir(above) {
		if other, ok := p.taken.claims[above]; ok {
			p.fail(at, hint, "the claim's directory %s would be inside that of a claim of %s", dir, other)
			return
		}
		p.taken.above[above] = me
	}
	p.taken.claims[dir] = me
}

// inside says that a path from a manifest stays below the directory that it is put in.
func inside(p string) bool {
	return p != "" && !path.IsAbs(p) && !strings.ContainsRune(p, 0) && !slices.Contains(strings.Split(p, "/"), "..")
}
