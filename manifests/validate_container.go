package manifests

import (
	"strings"

	"github.com/distribution/reference"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// containers checks all containers of a pod, in the order in which they start.
func (c *checker) containers(at *field.Path, s *v1.PodSpec, volumes volumeNames) {
	seen := map[string]*field.Path{}
	ports := hostPorts{}
	inits, mains := at.Child("initContainers"), at.Child("containers")
	for i := range s.InitContainers {
		ctr := &s.InitContainers[i]
		here := inits.Index(i)
		sidecar := isSidecar(ctr)
		c.container(here, ctr, s, volumes, seen)
		if !sidecar {
			c.plainInit(here, ctr)
		}
		// A plain init container has ended before the next container starts, so they may share a port.
		if sidecar {
			c.hostPorts(here, ctr, ports)
		} else {
			c.hostPorts(here, ctr, hostPorts{})
		}
	}
	if len(s.Containers) == 0 {
		c.missing(mains, "give the pod at least one container", "is required")
	}
	for i := range s.Containers {
		c.container(mains.Index(i), &s.Containers[i], s, volumes, seen)
		c.hostPorts(mains.Index(i), &s.Containers[i], ports)
	}
}

func (c *checker) container(at *field.Path, ctr *v1.Container, s *v1.PodSpec, volumes volumeNames, seen map[string]*field.Path) {
	name := at.Child("name")
	if c.label(name, ctr.Name, "give the container a name") {
		if first, ok := seen[ctr.Name]; ok {
			c.invalid(name, "give one of them another name", "%q is the name of %s too", ctr.Name, first)
		} else {
			seen[ctr.Name] = at
		}
	}
	c.image(at.Child("image"), ctr.Image)
	oneOf(c, at.Child("imagePullPolicy"), ctr.ImagePullPolicy, v1.PullAlways, v1.PullIfNotPresent, v1.PullNever)
	oneOf(c, at.Child("terminationMessagePolicy"), ctr.TerminationMessagePolicy, v1.TerminationMessageReadFile, v1.TerminationMessageFallbackToLogsOnError)
	c.ports(at.Child("ports"), ctr.Ports, s.HostNetwork)
	c.env(at.Child("env"), ctr.Env)
	c.envFrom(at.Child("envFrom"), ctr.EnvFrom)
	c.resources(at.Child("resources"), &ctr.Resources)
	c.mounts(at.Child("volumeMounts"), ctr, volumes)
	c.devices(at.Child("volumeDevices"), ctr, volumes)
	c.probes(at, ctr, s)
	c.containerSecurity(at.Child("securityContext"), ctr.SecurityContext, s)
	c.restart(at, ctr)
}

// plainInit checks what only a container that stays can have (fact 0.6).
func (c *checker) plainInit(at *field.Path, ctr *v1.Container) {
	const hint = "make it a sidecar with restartPolicy: Always, or remove this"
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"lifecycle", ctr.Lifecycle != nil},
		{"livenessProbe", ctr.LivenessProbe != nil},
		{"readinessProbe", ctr.ReadinessProbe != nil},
		{"startupProbe", ctr.StartupProbe != nil},
	} {
		if f.set {
			c.invalid(at.Child(f.name), hint, "may not be set on an init container that runs to its end")
		}
	}
}

// image checks that a runtime can make sense of the name.
func (c *checker) image(at *field.Path, image string) {
	switch {
	case image == "":
		c.required(at, "name the image, such as docker.io/library/nginx:1.27")
		return
	case strings.TrimSpace(image) != image:
		c.invalid(at, "remove the spaces", "%q begins or ends with a space", image)
		return
	}
	if _, err := reference.ParseNormalizedNamed(image); err == nil {
		return
	}
	switch lower := strings.ToLower(image); {
	case strings.Contains(image, "://"):
		c.invalid(at, "write the name without "+image[:strings.Index(image, "://")+3], "%q is a URL, not the name of an image", image)
	case lower != image && parses(lower):
		c.invalid(at, "did you mean "+lower+"?", "%q is not the name of an image: the repository must be lower-case", image)
	case strings.HasSuffix(image, ":"):
		c.invalid(at, "write a tag after the colon, such as "+image+"latest", "%q has no tag after the colon", image)
	default:
		c.invalid(at, "write it as registry/repository:tag", "%q is not the name of an image", image)
	}
}

func parses(image string) bool {
	_, err := reference.ParseNormalizedNamed(image)
	return err == nil
}
