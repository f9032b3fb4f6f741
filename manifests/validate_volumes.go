package manifests

import (
	"path"
	"reflect"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// volumeNames are a pod's volumes by name.
type volumeNames map[string]*v1.Volume

func (c *checker) volumes(at *field.Path, volumes []v1.Volume) volumeNames {
	known := volumeNames{}
	for i := range volumes {
		v, here := &volumes[i], at.Index(i)
		if c.label(here.Child("name"), v.Name, "give the volume a name") {
			if known[v.Name] != nil {
				c.invalid(here.Child("name"), "give one of them another name", "%q is the name of another volume", v.Name)
			}
			known[v.Name] = v
		}
		if set := volumeSources(&v.VolumeSource); len(set) > 1 {
			c.invalid(here, "keep one of them", "has %s, and a volume is only one thing", strings.Join(set, " and "))
		}
		c.volumeSource(here, &v.VolumeSource)
	}
	return known
}

// volumeSources lists the sources that are set, as JSON spells them, in the order of the type.
func volumeSources(v *v1.VolumeSource) []string {
	var set []string
	value := reflect.ValueOf(v).Elem()
	for i := range value.NumField() {
		if !value.Field(i).IsNil() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			set = append(set, name)
		}
	}
	return set
}

func (c *checker) volumeSource(at *field.Path, v *v1.VolumeSource) {
	if v.HostPath != nil {
		c.hostPath(at.Child("hostPath"), v.HostPath)
	}
	if v.EmptyDir != nil {
		c.emptyDir(at.Child("emptyDir"), v.EmptyDir)
	}
	if d := v.DownwardAPI; d != nil {
		c.mode(at.Child("downwardAPI", "defaultMode"), d.DefaultMode)
		c.downwardItems(at.Child("downwardAPI", "items"), d.Items)
	}
	if v.Ephemeral != nil {
		c.ephemeral(at.Child("ephemeral", "volumeClaimTemplate"), v.Ephemeral.VolumeClaimTemplate)
	}
	if v.Image != nil {
		c.imageVolume(at.Child("image"), v.Image)
	}
	if v.Projected != nil {
		c.projected(at.Child("projected"), v.Projected)
	}
	if m := v.ConfigMap; m != nil {
		here := at.Child("configMap")
		c.subdomain(here.Child("name"), m.Name, "name the ConfigMap")
		c.mode(here.Child("defaultMode"), m.DefaultMode)
		c.items(here.Child("items"), m.Items)
	}
	if s := v.Secret; s != nil {
		here := at.Child("secret")
		c.subdomain(here.Child("secretName"), s.SecretName, "name the Secret")
		c.mode(here.Child("defaultMode"), s.DefaultMode)
		c.items(here.Child("items"), s.Items)
	}
	if v.PersistentVolumeClaim != nil {
		c.subdomain(at.Child("persistentVolumeClaim", "claimName"), v.PersistentVolumeClaim.ClaimName, "name the claim")
	}
}

func (c *checker) ephemeral(at *field.Path, t *v1.PersistentVolumeClaimTemplate) {
	if t == nil {
		c.required(at, "write the claim's spec: accessModes and resources")
		return
	}
	c.claimSpec(at.Child("spec"), &t.Spec)
}

func (c *checker) imageVolume(at *field.Path, i *v1.ImageVolumeSource) {
	if i.Reference == "" {
		c.required(at.Child("reference"), "name the image")
	}
	oneOf(c, at.Child("pullPolicy"), i.PullPolicy, v1.PullAlways, v1.PullIfNotPresent, v1.PullNever)
}

func (c *checker) emptyDir(at *field.Path, e *v1.EmptyDirVolumeSource) {
	if e.SizeLimit != nil && e.SizeLimit.Sign() < 0 {
		c.invalid(at.Child("sizeLimit"), "", "%s is less than 0", e.SizeLimit)
	}
	if m := e.Mode; m != nil && (*m < 0 || *m > 0o1777) {
		c.invalid(at.Child("mode"), "write it in octal, with a 0 in front: 0755", "%d is not the mode of a directory, 0-01777 (1023)", *m)
	}
}

func (c *checker) hostPath(at *field.Path, h *v1.HostPathVolumeSource) {
	here := at.Child("path")
	switch {
	case h.Path == "":
		c.required(here, "name a path of the host")
	case hasDotDot(h.Path):
		c.invalid(here, "write the path without ..", "%q must not contain '..'", h.Path)
	case !path.IsAbs(h.Path):
		c.invalid(here, "write it in full, from / on", "%q is not an absolute path", h.Path)
	}
	if h.Type != nil {
		oneOf(c, at.Child("type"), *h.Type, v1.HostPathDirectoryOrCreate, v1.HostPathDirectory, v1.HostPathFileOrCreate,
			v1.HostPathFile, v1.HostPathSocket, v1.HostPathCharDev, v1.HostPathBlockDev)
	}
}

func (c *checker) mode(at *field.Path, mode *int32) {
	if mode == nil || *mode >= 0 && *mode <= 0o777 {
		return
	}
	c.invalid(at, "write it in octal, with a 0 in front: 0644", "%d is not a file mode, 0-0777 (511)", *mode)
}

func (c *checker) items(at *field.Path, items []v1.KeyToPath) {
	for i := range items {
		here := at.Index(i)
		c.configKey(here.Child("key"), items[i].Key)
		c.localPath(here.Child("path"), items[i].Path)
		c.mode(here.Child("mode"), items[i].Mode)
	}
}

// localPath checks the path of a file within a volume.
func (c *checker) localPath(at *field.Path, p string) {
	c.below(at, p)
	switch {
	case p == "":
		c.required(at, "name the file in the volume")
	case strings.HasPrefix(p, "..") && !hasDotDot(p):
		c.invalid(at, "choose another name for the file", "%q must not start with '..'", p)
	}
}

// hasDotDot says whether one of the path's elements is "..".
func hasDotDot(p string) bool {
	for element := range strings.SplitSeq(p, "/") {
		if element == ".." {
			return true
		}
	}
	return false
}
