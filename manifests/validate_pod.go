package manifests

import (
	"math"
	"net/netip"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) pod(p *v1.Pod) {
	metadata, spec := field.NewPath("metadata"), field.NewPath("spec")
	c.metadata(metadata, p)
	c.ownAnnotations(metadata.Child("annotations"), p.Annotations, containerNames(&p.Spec))
	c.appArmorAnnotations(metadata.Child("annotations"), p)
	s := &p.Spec
	oneOf(c, spec.Child("restartPolicy"), s.RestartPolicy, v1.RestartPolicyAlways, v1.RestartPolicyOnFailure, v1.RestartPolicyNever)
	if t := s.TerminationGracePeriodSeconds; t != nil {
		c.notNegative(spec.Child("terminationGracePeriodSeconds"), *t)
	}
	if t := s.ActiveDeadlineSeconds; t != nil {
		c.between(spec.Child("activeDeadlineSeconds"), *t, 1, math.MaxInt32, "a number of seconds")
	}
	c.hostnames(spec, s)
	c.dns(spec, s)
	for i, secret := range s.ImagePullSecrets {
		c.subdomain(spec.Child("imagePullSecrets").Index(i).Child("name"), secret.Name, "")
	}
	c.podSecurity(spec.Child("securityContext"), s.SecurityContext)
	c.sysctls(spec.Child("securityContext", "sysctls"), s)
	if s.HostPID && s.ShareProcessNamespace != nil && *s.ShareProcessNamespace {
		c.invalid(spec.Child("shareProcessNamespace"), "keep one of the two", "cannot be true together with hostPID")
	}
	if s.Resources != nil {
		c.resources(spec.Child("resources"), s.Resources)
		c.podResources(spec, s)
	}
	volumes := c.volumes(spec.Child("volumes"), s.Volumes)
	c.containers(spec, s, volumes)
}

func (c *checker) hostnames(at *field.Path, s *v1.PodSpec) {
	if s.Hostname != "" {
		c.label(at.Child("hostname"), s.Hostname, "")
	}
	if s.Subdomain != "" {
		c.label(at.Child("subdomain"), s.Subdomain, "")
	}
	if o := s.HostnameOverride; o != nil && *o != "" {
		c.hostnameOverride(at.Child("hostnameOverride"), s)
	}
	for i, a := range s.HostAliases {
		alias := at.Child("hostAliases").Index(i)
		c.ip(alias.Child("ip"), a.IP)
		for j, name := range a.Hostnames {
			c.subdomain(alias.Child("hostnames").Index(j), name, "")
		}
	}
}

// hostnameOverride follows the field's own rules, which its type's comment states.
func (c *checker) hostnameOverride(at *field.Path, s *v1.PodSpec) {
	name := *s.HostnameOverride
	c.subdomain(at, name, "")
	switch {
	case len(name) > 64:
		c.invalid(at, "", "%q has %d characters, at most 64 are allowed", name, len(name))
	case s.HostNetwork:
		c.invalid(at, "keep one of the two", "cannot be set with hostNetwork: the host's own name holds")
	case s.SetHostnameAsFQDN != nil && *s.SetHostnameAsFQDN:
		c.invalid(at, "keep one of the two", "cannot be set with setHostnameAsFQDN")
	}
}

func (c *checker) ip(at *field.Path, value string) {
	if value == "" {
		c.required(at, "")
	} else if _, err := netip.ParseAddr(value); err != nil {
		c.invalid(at, "write one such as 127.0.0.1 or ::1", "%q is not an IP address", value)
	}
}

// The limits of resolv.conf that Kubernetes allows.
const (
	maxNameservers = 3
	maxSearches    = 32
	maxSearchChars = 2048
)

func (c *checker) dns(at *field.Path, s *v1.PodSpec) {
	oneOf(c, at.Child("dnsPolicy"), s.DNSPolicy, v1.DNSClusterFirstWithHostNet, v1.DNSClusterFirst, v1.DNSDefault, v1.DNSNone)
	config := at.Child("dnsConfig")
	if s.DNSPolicy == v1.DNSNone && (s.DNSConfig == nil || len(s.DNSConfig.Nameservers) == 0) {
		c.missing(config.Child("nameservers"), "name a server, or choose another dnsPolicy", "is required with dnsPolicy None")
	}
	if s.DNSConfig == nil {
		return
	}
	if n := len(s.DNSConfig.Nameservers); n > maxNameservers {
		c.invalid(config.Child("nameservers"), "", "has %d entries, at most %d are allowed", n, maxNameservers)
	}
	for i, server := range s.DNSConfig.Nameservers {
		c.ip(config.Child("nameservers").Index(i), server)
	}
	if n := len(s.DNSConfig.Searches); n > maxSearches {
		c.invalid(config.Child("searches"), "", "has %d entries, at most %d are allowed", n, maxSearches)
	}
	chars := 0
	for i, search := range s.DNSConfig.Searches {
		chars += len(search) + 1
		if name := trimDot(search); name != "" && len(validation.IsDNS1123SubdomainWithUnderscore(name)) > 0 {
			c.invalid(config.Child("searches").Index(i), "", "%q is not a DNS name", search)
		}
	}
	if chars-1 > maxSearchChars {
		c.invalid(config.Child("searches"), "", "have %d characters together, at most %d are allowed", chars-1, maxSearchChars)
	}
	for i, option := range s.DNSConfig.Options {
		if option.Name == "" {
			c.required(config.Child("options").Index(i).Child("name"), "")
		}
	}
}

func trimDot(s string) string {
	if n := len(s); n > 0 && s[n-1] == '.' {
		return s[:n-1]
	}
	return s
}

// containerNames are the names of all containers of a pod, in order.
func containerNames(s *v1.PodSpec) []string {
	var names []string
	for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			names = append(names, list[i].Name)
		}
	}
	return names
}
