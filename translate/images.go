package translate

import (
	"github.com/distribution/reference"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// image is the full reference of the container's image: registry, repository, tag or digest. Both
// runtimes are given this, because on short names they differ: docker goes to
// Docker Hub, podman asks its registries.conf. Where a tag and a digest
// stand together the digest decides and the tag is dropped, as in the CRI: not all of
// podman's libraries take a reference with both.
func (p *podTranslator) image(m member) string {
	if full, ok := p.images.Load(m.Image); ok {
		return full.(string)
	}
	named, err := reference.ParseDockerRef(m.Image)
	if err != nil {
		p.fail(m.at.Child("image"), "", "%q is not the name of an image: %v", m.Image, err)
		return m.Image
	}
	p.images.Store(m.Image, named.String())
	return named.String()
}

// imageVolume is the file system of an image.
func (p *podTranslator) imageVolume(at *field.Path, v *v1.Volume) plan.Volume {
	named, err := reference.ParseDockerRef(v.Image.Reference)
	if err != nil {
		p.fail(at.Child("reference"), "", "%q is not the name of an image: %v", v.Image.Reference, err)
		return plan.Volume{Name: v.Name, Kind: plan.Image}
	}
	return plan.Volume{Name: v.Name, Kind: plan.Image, Path: named.String(), Pull: plan.PullPolicy(v.Image.PullPolicy), Logins: p.loginsFor(named.String())}
}
