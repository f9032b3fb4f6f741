package manifests

import (
	"github.com/distribution/reference"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// setDefaults fills in what the API server fills in (pkg/apis/core/v1/defaults.go upstream), for the
// fields that mean something on a host. Values that are wrong are left alone; the checks find them.
func setDefaults(object metav1.Object, namespace string) {
	setNamespace(object, namespace)
	switch o := object.(type) {
	case *v1.PersistentVolume:
		defaultPersistentVolume(&o.Spec)
	case *v1.Pod:
		defaultPod(&o.Spec)
	case *v1.Secret:
		defaultSecret(o)
	case *v1.PersistentVolumeClaim:
		def(&o.Spec.VolumeMode, v1.PersistentVolumeFilesystem)
	}
}

// setNamespace puts an object that names no namespace into one, unless it is of the whole host.
func setNamespace(object metav1.Object, namespace string) {
	if _, wide := object.(*v1.PersistentVolume); object.GetNamespace() == "" && !wide {
		object.SetNamespace(namespace)
	}
}

func defaultPersistentVolume(s *v1.PersistentVolumeSpec) {
	or(&s.PersistentVolumeReclaimPolicy, v1.PersistentVolumeReclaimRetain)
	def(&s.VolumeMode, v1.PersistentVolumeFilesystem)
	if s.HostPath != nil {
		def(&s.HostPath.Type, v1.HostPathUnset)
	}
}

// def sets a pointer that is nil.
func def[T any](p **T, value T) {
	if *p == nil {
		*p = &value
	}
}

// or sets a value that is zero.
func or[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

// defaultSecret moves stringData into data, where it wins.
func defaultSecret(s *v1.Secret) {
	or(&s.Type, v1.SecretTypeOpaque)
	if len(s.StringData) > 0 && s.Data == nil {
		s.Data = map[string][]byte{}
	}
	for k, v := range s.StringData {
		s.Data[k] = []byte(v)
	}
	s.StringData = nil
}

func defaultPod(spec *v1.PodSpec) {
	or(&spec.RestartPolicy, v1.RestartPolicyAlways)
	or(&spec.DNSPolicy, v1.DNSClusterFirst)
	def(&spec.TerminationGracePeriodSeconds, v1.DefaultTerminationGracePeriodSeconds)
	def(&spec.EnableServiceLinks, v1.DefaultEnableServiceLinks)
	for i := range spec.Volumes {
		defaultVolume(&spec.Volumes[i].VolumeSource)
	}
	for i := range spec.InitContainers {
		defaultContainer(&spec.InitContainers[i], spec.HostNetwork)
	}
	for i := range spec.Containers {
		defaultContainer(&spec.Containers[i], spec.HostNetwork)
	}
	if spec.Resources != nil {
		defaultResources(spec.Resources)
	}
}

func defaultVolume(v *v1.VolumeSource) {
	if *v == (v1.VolumeSource{}) {
		v.EmptyDir = &v1.EmptyDirVolumeSource{} // a volume that says nothing is an emptyDir
	}
	if v.HostPath != nil {
		def(&v.HostPath.Type, v1.HostPathUnset)
	}
	if v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil {
		def(&v.Ephemeral.VolumeClaimTemplate.Spec.VolumeMode, v1.PersistentVolumeFilesystem)
	}
	if v.Image != nil {
		or(&v.Image.PullPolicy, pullPolicy(v.Image.Reference))
	}
	if v.ConfigMap != nil {
		def(&v.ConfigMap.DefaultMode, v1.ConfigMapVolumeSourceDefaultMode)
	}
	if v.Secret != nil {
		def(&v.Secret.DefaultMode, v1.SecretVolumeSourceDefaultMode)
	}
	if v.DownwardAPI != nil {
		def(&v.DownwardAPI.DefaultMode, v1.DownwardAPIVolumeSourceDefaultMode)
		defaultFiles(v.DownwardAPI.Items)
	}
	if v.Projected != nil {
		def(&v.Projected.DefaultMode, v1.ProjectedVolumeSourceDefaultMode)
		for _, s := range v.Projected.Sources {
			if s.DownwardAPI != nil {
				defaultFiles(s.DownwardAPI.Items)
			}
		}
	}
}

func defaultFiles(items []v1.DownwardAPIVolumeFile) {
	for _, f := range items {
		if f.FieldRef != nil {
			or(&f.FieldRef.APIVersion, "v1")
		}
	}
}

func defaultContainer(c *v1.Container, hostNetwork bool) {
	if c.ImagePullPolicy == "" {
		c.ImagePullPolicy = pullPolicy(c.Image)
	}
	or(&c.TerminationMessagePath, v1.TerminationMessagePathDefault)
	or(&c.TerminationMessagePolicy, v1.TerminationMessageReadFile)
	for i := range c.Ports {
		or(&c.Ports[i].Protocol, v1.ProtocolTCP)
		if hostNetwork {
			or(&c.Ports[i].HostPort, c.Ports[i].ContainerPort)
		}
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil && from.FieldRef != nil {
			or(&from.FieldRef.APIVersion, "v1")
		}
	}
	for _, p := range []*v1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		defaultProbe(p)
	}
	if c.Lifecycle != nil {
		for _, h := range []*v1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
			if h != nil {
				defaultHTTP(h.HTTPGet)
			}
		}
	}
	defaultResources(&c.Resources)
}

func defaultProbe(p *v1.Probe) {
	if p == nil {
		return
	}
	or(&p.TimeoutSeconds, 1)
	or(&p.PeriodSeconds, 10)
	or(&p.SuccessThreshold, 1)
	or(&p.FailureThreshold, 3)
	defaultHTTP(p.HTTPGet)
	if p.GRPC != nil {
		def(&p.GRPC.Service, "")
	}
}

func defaultHTTP(h *v1.HTTPGetAction) {
	if h != nil {
		or(&h.Path, "/")
		or(&h.Scheme, v1.URISchemeHTTP)
	}
}

// defaultResources makes the request of a resource that has only a limit that limit.
func defaultResources(r *v1.ResourceRequirements) {
	for name, limit := range r.Limits {
		if _, ok := r.Requests[name]; !ok {
			if r.Requests == nil {
				r.Requests = v1.ResourceList{}
			}
			r.Requests[name] = limit.DeepCopy()
		}
	}
}

// pullPolicy is Always for an image whose tag is "latest" or absent, else IfNotPresent. A
// digest without a tag never changes, so it is IfNotPresent.
func pullPolicy(image string) v1.PullPolicy {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return v1.PullIfNotPresent
	}
	tag := ""
	if t, ok := named.(reference.Tagged); ok {
		tag = t.Tag()
	}
	_, digested := named.(reference.Digested)
	if tag == "latest" || tag == "" && !digested {
		return v1.PullAlways
	}
	return v1.PullIfNotPresent
}
