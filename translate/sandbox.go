package translate

import (
	"slices"
	"sort"
	"strings"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/translate/plan"
)

// sandbox is what the pod's containers share.
func (p *podTranslator) sandbox() plan.Sandbox {
	s := plan.Sandbox{
		ID:          p.infraID(),
		HostNetwork: p.Spec.HostNetwork,
		HostPID:     p.Spec.HostPID,
		HostIPC:     p.Spec.HostIPC,
		SharePID:    p.Spec.ShareProcessNamespace != nil && *p.Spec.ShareProcessNamespace,
		Sysctls:     p.sysctls(),
		HostAliases: p.hostAliases(),
		DNS:         p.dns(),
	}
	if p.Spec.HostNetwork {
		if _, at, ok := p.annotation(NetworkAnnotation); ok {
			p.fail(at, "remove the annotation, or set spec.hostNetwork to false",
				"a pod on the host's network cannot join another")
		}
		return s
	}
	name, domain := p.hostname()
	s.Network = p.network()
	s.Hostname = p.kernelName(name, domain)
	s.Aliases = p.aliases(name)
	s.Ports = p.ports()
	s.HostNames = []string{name}
	if domain != "" {
		s.HostNames = []string{name + "." + domain, name}
	}
	return s
}

func (p *podTranslator) sysctls() []plan.Sysctl {
	if p.Spec.SecurityContext == nil {
		return nil
	}
	var list []plan.Sysctl
	for _, s := range p.Spec.SecurityContext.Sysctls {
		list = append(list, plan.Sysctl{Name: strings.ReplaceAll(s.Name, "/", "."), Value: s.Value})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

func (p *podTranslator) hostAliases() []plan.HostAlias {
	var list []plan.HostAlias
	for _, a := range p.Spec.HostAliases {
		list = append(list, plan.HostAlias{IP: a.IP, Names: slices.Clone(a.Hostnames)})
	}
	return list
}

// podIP is the pod's first address: only its sandbox will tell, unless the pod is on the host's network.
func (p *podTranslator) podIP() string {
	if p.Spec.HostNetwork {
		return p.hostIP()
	}
	return plan.PodIP
}

// hostIP is the host's primary address.
func (p *podTranslator) hostIP() string {
	if len(p.host.IPs) == 0 {
		return ""
	}
	return p.host.IPs[0]
}

// onHostNetwork says that dnsPolicy ClusterFirst means the host's own.
func onHostNetwork(s *v1.PodSpec) bool {
	return s.HostNetwork && s.DNSPolicy != v1.DNSClusterFirstWithHostNet
}
