package translate

import (
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
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

// takeClaims reserves the directories of the pod's claims.
func (p *podTranslator) takeClaims() {
	if subdir, at, ok := p.annotation(SubdirAnnotation); ok && !inside(subdir) {
		p.fail(at, `name a directory below the volume base, as in "web" or "shop/web"`,
			"%q is not a path below the volume base", subdir)
		return
	}
	for i := range p.Spec.Volumes {
		if claim := p.Spec.Volumes[i].PersistentVolumeClaim; claim != nil {
			at := field.NewPath("spec", "volumes").Index(i).Child("persistentVolumeClaim", "claimName")
			p.takeClaim(at, p.claimPath(claim.ClaimName))
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
