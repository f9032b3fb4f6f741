package manifests

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) claim(p *v1.PersistentVolumeClaim) {
	c.metadata(field.NewPath("metadata"), p)
	c.claimSpec(field.NewPath("spec"), &p.Spec)
}

func (c *checker) accessModes(at *field.Path, modes []v1.PersistentVolumeAccessMode) {
	if len(modes) == 0 {
		c.required(at, "write accessModes: [ReadWriteOnce]")
	}
	for i, mode := range modes {
		oneOf(c, at.Index(i), mode, v1.ReadWriteOnce, v1.ReadOnlyMany, v1.ReadWriteMany, v1.ReadWriteOncePod)
		if mode == v1.ReadWriteOncePod && len(modes) > 1 {
			c.invalid(at.Index(i), "", "ReadWriteOncePod may not be used with other modes")
		}
	}
}

// claimSpec checks a claim, or the template of one.
func (c *checker) claimSpec(spec *field.Path, s *v1.PersistentVolumeClaimSpec) {
	c.accessModes(spec.Child("accessModes"), s.AccessModes)
	storage := spec.Child("resources", "requests").Key(string(v1.ResourceStorage))
	switch amount, ok := s.Resources.Requests[v1.ResourceStorage]; {
	case !ok:
		c.required(storage, "write the size, such as 1Gi")
	case amount.Sign() <= 0:
		c.invalid(storage, "", "%s is not more than 0", &amount)
	}
	if s.VolumeMode != nil {
		oneOf(c, spec.Child("volumeMode"), *s.VolumeMode, v1.PersistentVolumeFilesystem, v1.PersistentVolumeBlock)
	}
	if s.VolumeName != "" {
		c.subdomain(spec.Child("volumeName"), s.VolumeName, "")
	}
	if s.Selector != nil {
		if _, err := metav1.LabelSelectorAsSelector(s.Selector); err != nil {
			c.invalid(spec.Child("selector"), "", "is no selector of labels: %v", err)
		}
	}
	if n := s.StorageClassName; n != nil && *n != "" {
		c.subdomain(spec.Child("storageClassName"), *n, "")
	}
}
