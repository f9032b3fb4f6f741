package plan

import "slices"

// This file holds the deep copies of what has no secret in it.

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

func (s Sandbox) clone() Sandbox {
	s.Aliases, s.Ports, s.Sysctls = slices.Clone(s.Aliases), slices.Clone(s.Ports), slices.Clone(s.Sysctls)
	s.HostNames, s.HostAliases = slices.Clone(s.HostNames), slices.Clone(s.HostAliases)
	for i := range s.HostAliases {
		s.HostAliases[i].Names = slices.Clone(s.HostAliases[i].Names)
	}
	d := &s.DNS
	d.Nameservers, d.Searches, d.Options = slices.Clone(d.Nameservers), slices.Clone(d.Searches), slices.Clone(d.Options)
	return s
}

func (l Lifecycle) clone() Lifecycle {
	for _, p := range []**Probe{&l.Startup, &l.Liveness, &l.Readiness} {
		if *p = clone(*p); *p != nil {
			(*p).Check, (*p).Grace = (*p).Check.clone(), clone((*p).Grace)
		}
	}
	for _, c := range []**Check{&l.PostStart, &l.PreStop} {
		if *c = clone(*c); *c != nil {
			**c = (*c).clone()
		}
	}
	l.RestartRules = slices.Clone(l.RestartRules)
	for i := range l.RestartRules {
		l.RestartRules[i].Codes = slices.Clone(l.RestartRules[i].Codes)
	}
	return l
}

func (c Check) clone() Check {
	c.Exec = slices.Clone(c.Exec)
	c.TCP, c.GRPC, c.Sleep = clone(c.TCP), clone(c.GRPC), clone(c.Sleep)
	if c.HTTP = clone(c.HTTP); c.HTTP != nil {
		c.HTTP.Headers = slices.Clone(c.HTTP.Headers)
	}
	return c
}
