package translate

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// clusterDomain is the domain of all names that Kubernetes gives, unless a cluster is set up otherwise.
const clusterDomain = "cluster.local"

// maxLabel is the longest label of a DNS name, and so the longest hostname.
const maxLabel = 63

// maxKernelName is the longest name that a kernel takes for a host.
const maxKernelName = 64

// serviceDomain is the domain of the Services of the pod's namespace.
func (p *podTranslator) serviceDomain() string { return p.ref.Namespace + ".svc." + clusterDomain }

// hostname is the pod's short name, a long pod name cut as the kubelet does, and the domain that it is in, if any.
func (p *podTranslator) hostname() (name, domain string) {
	if o := p.Spec.HostnameOverride; o != nil && *o != "" {
		return *o, ""
	}
	if p.Spec.Subdomain != "" {
		domain = p.Spec.Subdomain + "." + p.serviceDomain()
	}
	switch {
	case p.Spec.Hostname != "":
		return p.Spec.Hostname, domain
	case len(p.Name) <= maxLabel:
		return p.Name, domain
	}
	return strings.TrimRight(p.Name[:maxLabel], "-."), domain
}

// kernelName is what "hostname" prints in the containers.
func (p *podTranslator) kernelName(name, domain string) string {
	if domain == "" || p.Spec.SetHostnameAsFQDN == nil || !*p.Spec.SetHostnameAsFQDN {
		return name
	}
	full := name + "." + domain
	if len(full) > maxKernelName {
		p.fail(field.NewPath("spec", "setHostnameAsFQDN"), "choose a shorter hostname or subdomain",
			"%q is too long for a host's name: it has %d characters, at most %d are allowed", full, len(full), maxKernelName)
	}
	return full
}

// aliases are the names that other pods reach this one by. Init containers have none:
// whoever could ask for them by name would find the main containers
// behind it, for by then they have ended. Each name stands as it is and as if it were a Service's: that is what
// the search domains of a resolv.conf make of a short one at the first try.
func (p *podTranslator) aliases(hostname string) []string {
	names := []string{p.Name}
	for _, m := range p.members {
		if m.stays() {
			names = append(names, p.Name+"-"+m.Name)
		}
	}
	if !slices.Contains(names, hostname) {
		names = append(names, hostname)
	}
	aliases := slices.Clone(names)
	if p.Spec.Subdomain != "" && p.Spec.HostnameOverride == nil {
		peer := hostname + "." + p.Spec.Subdomain
		aliases = append(aliases, peer, peer+"."+p.ref.Namespace, peer+"."+p.ref.Namespace+".svc", peer+"."+p.serviceDomain())
	}
	for _, name := range names {
		aliases = append(aliases, name+"."+p.serviceDomain())
	}
	return slices.DeleteFunc(aliases, unaskable)
}

// unaskable says that no DNS query can hold the name, so that a runtime given it could
// only fail: a pod's name may have 253 characters and a container's 63.
func unaskable(name string) bool {
	long := func(label string) bool { return len(label) > maxLabel }
	return len(name) > 253 || slices.ContainsFunc(strings.Split(name, "."), long)
}
