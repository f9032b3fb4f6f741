package translate

import (
	"net/netip"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/translate/plan"
)

// What resolvers take of a resolv.conf, and so the kubelet writes.
const (
	maxNameservers = 3
	maxSearches    = 32
)

// dns is the pod's resolv.conf. There is no cluster DNS; what answers for the network's pods is the
// resolver that the runtime has on the network, and it plays that part.
func (p *podTranslator) dns() plan.DNS {
	d := plan.DNS{Policy: plan.DNSPolicy(p.Spec.DNSPolicy)}
	switch {
	case d.Policy == plan.DNSNone:
	case d.Policy == plan.DNSDefault, onHostNetwork(&p.Spec):
		d.Policy = plan.DNSDefault
	default:
		d.Policy = plan.DNSClusterFirst
	}
	if c := p.Spec.DNSConfig; c != nil {
		d.Nameservers, d.Searches = slices.Clone(c.Nameservers), slices.Clone(c.Searches)
		for _, o := range c.Options {
			d.Options = append(d.Options, option(o))
		}
	}
	conf := p.baseConf(d.Policy)
	conf.Nameservers = unique(conf.Nameservers, d.Nameservers, maxNameservers)
	conf.Searches = unique(conf.Searches, d.Searches, maxSearches)
	conf.Options = mergeOptions(conf.Options, d.Options)
	d.Conf = conf.text()
	return d
}

// baseConf is what dnsConfig adds to.
func (p *podTranslator) baseConf(policy plan.DNSPolicy) ResolvConf {
	host := p.host.DNS
	switch policy {
	case plan.DNSDefault:
		return ResolvConf{p.reachable(host.Nameservers), host.Searches, host.Options}
	case plan.DNSClusterFirst:
		return ResolvConf{
			Nameservers: p.clusterResolvers(),
			Searches:    append([]string{p.serviceDomain(), "svc." + clusterDomain, clusterDomain}, host.Searches...),
			Options:     []string{"ndots:5"},
		}
	}
	return ResolvConf{}
}

// clusterResolvers is the network's own. The host's network has none: its name servers play the part.
func (p *podTranslator) clusterResolvers() []string {
	if p.Spec.HostNetwork {
		return p.host.DNS.Nameservers
	}
	return []string{plan.Resolver}
}

// reachable puts the network's own resolver, which asks the host's, in the place of those that listen on the
// host's loopback (systemd-resolved, dnsmasq): from the pod's network nobody would answer there.
func (p *podTranslator) reachable(servers []string) []string {
	if p.Spec.HostNetwork {
		return servers
	}
	var list []string
	for _, s := range servers {
		if ip, err := netip.ParseAddr(s); err == nil && ip.IsLoopback() {
			s = plan.Resolver
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		list = []string{plan.Resolver}
	}
	return list
}

// option is an option as resolv.conf has it.
func option(o v1.PodDNSConfigOption) string {
	if o.Value == nil || *o.Value == "" {
		return o.Name
	}
	return o.Name + ":" + *o.Value
}

// mergeOptions puts later options in the place of earlier ones of the same name.
func mergeOptions(base, more []string) []string {
	merged := []string{}
	for _, o := range slices.Concat(base, more) {
		name, _, _ := strings.Cut(o, ":")
		at := slices.IndexFunc(merged, func(m string) bool { n, _, _ := strings.Cut(m, ":"); return n == name })
		if at >= 0 {
			merged[at] = o
		} else {
			merged = append(merged, o)
		}
	}
	return merged
}

// unique are the first of two lists, each once.
func unique(base, more []string, limit int) []string {
	var list []string
	for _, s := range slices.Concat(base, more) {
		if len(list) < limit && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// text is the file as containerd writes it.
func (c ResolvConf) text() string {
	var b strings.Builder
	if len(c.Searches) > 0 {
		b.WriteString("search " + strings.Join(c.Searches, " ") + "\n")
	}
	for _, n := range c.Nameservers {
		b.WriteString("nameserver " + n + "\n")
	}
	if len(c.Options) > 0 {
		b.WriteString("options " + strings.Join(c.Options, " ") + "\n")
	}
	return b.String()
}
