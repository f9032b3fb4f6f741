package translate

import (
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// probe is one of a container's probes; nil when it has none of that name.
func (p *podTranslator) probe(m member, name string, probe *v1.Probe, env *environment) *plan.Probe {
	if probe == nil {
		return nil
	}
	return &plan.Probe{
		Check:        p.check(m, m.at.Child(name), &probe.ProbeHandler, env),
		InitialDelay: probe.InitialDelaySeconds,
		Period:       probe.PeriodSeconds,
		Timeout:      probe.TimeoutSeconds,
		Successes:    probe.SuccessThreshold,
		Failures:     probe.FailureThreshold,
		Grace:        copied(probe.TerminationGracePeriodSeconds),
	}
}

func (p *podTranslator) check(m member, at *field.Path, h *v1.ProbeHandler, env *environment) plan.Check {
	switch {
	case h.Exec != nil:
		here := at.Child("exec", "command")
		return plan.Check{Exec: p.execWords(here, p.staticWords(m, here, h.Exec.Command, env))}
	case h.HTTPGet != nil:
		return plan.Check{HTTP: p.httpGet(m, at.Child("httpGet"), h.HTTPGet)}
	case h.TCPSocket != nil:
		return plan.Check{TCP: &plan.TCPDial{Host: h.TCPSocket.Host, Port: p.port(m, at.Child("tcpSocket", "port"), h.TCPSocket.Port)}}
	case h.GRPC != nil:
		grpc := &plan.GRPC{Port: h.GRPC.Port}
		if h.GRPC.Service != nil {
			grpc.Service = *h.GRPC.Service
		}
		return plan.Check{GRPC: grpc}
	}
	p.fail(at, "use exec, httpGet, tcpSocket or grpc", "this kind of probe is not supported")
	return plan.Check{}
}

// execWords is the command of a probe or a hook.
func (p *podTranslator) execWords(at *field.Path, words []string) []string {
	for i, word := range words {
		p.checkNUL(at.Index(i), word)
	}
	return slices.Clone(words)
}

// staticWords expands the command of a probe as a kubelet does (fact 1.12): against the values as they stand in
// env, unexpanded themselves, and a variable with valueFrom is empty. So no value of a Secret gets into a
// command here. Whoever expects more of it is warned.
func (p *podTranslator) staticWords(m member, at *field.Path, words []string, env *environment) []string {
	static := make(map[string]*v1.EnvVar, len(m.Env))
	for i := range m.Env {
		static[m.Env[i].Name] = &m.Env[i]
	}
	var expanded []string
	for i, word := range words {
		expanded = append(expanded, expand(word, func(name string) (string, bool) {
			v, ok := static[name]
			switch _, inEnv := env.at[name]; {
			case ok && v.ValueFrom != nil:
				p.warn(at.Index(i), shellHint(name), "$(%s) is empty in a probe: only what has a value in env is expanded there", name)
			case !ok && inEnv:
				p.warn(at.Index(i), shellHint(name), "$(%s) stays as it is in a probe: only what has a value in env is expanded there", name)
			case ok && (strings.Contains(v.Value, "$(") || strings.Contains(v.Value, "$$")):
				p.warn(at.Index(i), shellHint(name), "$(%s) has in a probe the value as it is written, which is not expanded itself", name)
			}
			if !ok {
				return "", false
			}
			return v.Value, true
		}))
	}
	return expanded
}

// httpGet is a request; the path gets the "/" that it lacks (facts 9.5, 10.11).
func (p *podTranslator) httpGet(m member, at *field.Path, h *v1.HTTPGetAction) *plan.HTTP {
	get := &plan.HTTP{
		Host: h.Host,
		Port: p.port(m, at.Child("port"), h.Port),
		Path: h.Path,
		TLS:  h.Scheme == v1.URISchemeHTTPS,
	}
	if !strings.HasPrefix(get.Path, "/") {
		get.Path = "/" + get.Path
	}
	for _, header := range h.HTTPHeaders {
		get.Headers = append(get.Headers, plan.Header{Name: header.Name, Value: header.Value})
	}
	return get
}

// port finds a port by its name among those of the same container only (fact 10.16).
func (p *podTranslator) port(m member, at *field.Path, port intstr.IntOrString) int32 {
	if port.Type == intstr.Int {
		return port.IntVal
	}
	for i := range m.Ports {
		if m.Ports[i].Name == port.StrVal {
			return m.Ports[i].ContainerPort
		}
	}
	p.fail(at, "name the port in the container's ports", "no port of the container is named %q", port.StrVal)
	return 0
}
