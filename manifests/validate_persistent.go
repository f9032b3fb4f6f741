package manifests

import (
	"reflect"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) persistentVolume(p *v1.PersistentVolume) {
	metadata, spec := field.NewPath("metadata"), field.NewPath("spec")
	c.subdomain(metadata.Child("name"), p.Name, "give it a name")
	if p.Namespace != "" {
		c.invalid(metadata.Child("namespace"), "remove it: claims of all namespaces can be bound to a PersistentVolume", "is not allowed on this kind")
	}
	c.labels(metadata.Child("labels"), p.Labels)
	c.annotations(metadata.Child("annotations"), p.Annotations)
	c.accessModes(spec.Child("accessModes"), p.Spec.AccessModes)
	storage := spec.Child("capacity").Key(string(v1.ResourceStorage))
	switch amount, ok := p.Spec.Capacity[v1.ResourceStorage]; {
	case !ok:
		c.required(storage, "write the size, such as 1Gi")
	case amount.Sign() <= 0:
		c.invalid(storage, "", "%s is not more than 0", &amount)
	}
	oneOf(c, spec.Child("persistentVolumeReclaimPolicy"), p.Spec.PersistentVolumeReclaimPolicy,
		v1.PersistentVolumeReclaimRetain, v1.PersistentVolumeReclaimDelete, v1.PersistentVolumeReclaimRecycle)
	if p.Spec.VolumeMode != nil {
		oneOf(c, spec.Child("volumeMode"), *p.Spec.VolumeMode, v1.PersistentVolumeFilesystem, v1.PersistentVolumeBlock)
	}
	if n := p.Spec.StorageClassName; n != "" {
		c.subdomain(spec.Child("storageClassName"), n, "")
	}
	if ref := p.Spec.ClaimRef; ref != nil {
		c.subdomain(spec.Child("claimRef", "name"), ref.Name, "name the claim")
		c.label(spec.Child("claimRef", "namespace"), ref.Namespace, "name the claim's namespace")
	}
	c.persistentSource(spec, &p.Spec.PersistentVolumeSource)
}

// persistentSource checks that a volume is one thing.
func (c *checker) persistentSource(at *field.Path, s *v1.PersistentVolumeSource) {
	var set []string
	value := reflect.ValueOf(s).Elem()
	for i := range value.NumField() {
		if !value.Field(i).IsNil() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			set = append(set, name)
		}
	}
	c.exactlyOne(at, set, "hostPath or local")
	if s.HostPath != nil {
		c.hostPath(at.Child("hostPath"), s.HostPath)
	}
	if s.Local != nil {
		c.hostPath(at.Child("local"), &v1.HostPathVolumeSource{Path: s.Local.Path})
	}
}

// devices checks the raw block devices of a container.
func (c *checker) devices(at *field.Path, ctr *v1.Container, volumes volumeNames) {
	mounted, seen := map[string]bool{}, map[string]bool{}
	for _, m := range ctr.VolumeMounts {
		mounted[m.Name] = true
	}
	for i, d := range ctr.VolumeDevices {
		here := at.Index(i)
		v := volumes[d.Name]
		switch {
		case d.Name == "":
			c.required(here.Child("name"), "name a volume of spec.volumes")
		case v == nil:
			c.missing(here.Child("name"), volumeHint(d.Name, volumes), "no volume of the pod is named %q", d.Name)
		case v.PersistentVolumeClaim == nil && v.Ephemeral == nil:
			c.invalid(here.Child("name"), "use a persistentVolumeClaim", "%q is not a claim, and only claims can be block devices", d.Name)
		case mounted[d.Name]:
			c.invalid(here.Child("name"), "keep one of the two", "%q is in volumeMounts already", d.Name)
		}
		switch {
		case d.DevicePath == "":
			c.required(here.Child("devicePath"), "write the path of the device in the container")
		case hasDotDot(d.DevicePath) || strings.Contains(d.DevicePath, ":"):
			c.invalid(here.Child("devicePath"), "write a plain path", "%q must not contain '..' or ':'", d.DevicePath)
		case seen[d.DevicePath]:
			c.invalid(here.Child("devicePath"), "give each device a path of its own", "%q must be unique", d.DevicePath)
		}
		seen[d.DevicePath] = true
	}
}
