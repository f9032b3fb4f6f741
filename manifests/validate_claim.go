package manifests

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) claim(p *v1.PersistentVolumeClaim) {
	c.metadata(field.NewPath("metadata"), p)
	spec := field.NewPath("spec")
	modes := spec.Child("accessModes")
	if len(p.Spec.AccessModes) == 0 {
		c.required(modes, "write accessModes: [ReadWriteOnce]")
	}
	for i, mode := range p.Spec.AccessModes {
		oneOf(c, modes.Index(i), mode, v1.ReadWriteOnce, v1.ReadOnlyMany, v1.ReadWriteMany, v1.ReadWriteOncePod)
		if mode == v1.ReadWriteOncePod && len(p.Spec.AccessModes) > 1 {
			c.invalid(modes.Index(i), "", "ReadWriteOncePod may not be used with other modes")
		}
	}
	storage := spec.Child("resources", "requests").Key(string(v1.ResourceStorage))
	switch amount, ok := p.Spec.Resources.Requests[v1.ResourceStorage]; {
	case !ok:
		c.required(storage, "write the size, such as 1Gi")
	case amount.Sign() <= 0:
		c.invalid(storage, "", "%s is not more than 0", &amount)
	}
	if p.Spec.VolumeMode != nil {
		oneOf(c, spec.Child("volumeMode"), *p.Spec.VolumeMode, v1.PersistentVolumeFilesystem, v1.PersistentVolumeBlock)
	}
	if n := p.Spec.StorageClassName; n != nil && *n != "" {
		c.subdomain(spec.Child("storageClassName"), *n, "")
	}
}
