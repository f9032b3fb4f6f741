package manifests

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (c *checker) probes(at *field.Path, ctr *v1.Container, s *v1.PodSpec) {
	c.probe(at.Child("livenessProbe"), ctr.LivenessProbe, ctr, true)
	c.probe(at.Child("readinessProbe"), ctr.ReadinessProbe, ctr, false)
	c.probe(at.Child("startupProbe"), ctr.StartupProbe, ctr, true)
	if ctr.ReadinessProbe != nil && ctr.ReadinessProbe.TerminationGracePeriodSeconds != nil {
		c.invalid(at.Child("readinessProbe", "terminationGracePeriodSeconds"), "remove it", "must not be set for readinessProbes, which stop nothing")
	}
	if ctr.Lifecycle != nil {
		c.lifecycle(at.Child("lifecycle"), ctr, s)
	}
}

// probe checks one probe; once says that a single success must be enough.
func (c *checker) probe(at *field.Path, p *v1.Probe, ctr *v1.Container, once bool) {
	if p == nil {
		return
	}
	h := &p.ProbeHandler
	c.exactlyOne(at, names("exec", h.Exec != nil, "httpGet", h.HTTPGet != nil, "tcpSocket", h.TCPSocket != nil, "grpc", h.GRPC != nil),
		"exec, httpGet, tcpSocket or grpc")
	c.exec(at.Child("exec"), h.Exec)
	c.httpGet(at.Child("httpGet"), h.HTTPGet, ctr)
	if h.TCPSocket != nil {
		c.portRef(at.Child("tcpSocket", "port"), h.TCPSocket.Port, ctr)
	}
	if h.GRPC != nil {
		c.port(at.Child("grpc", "port"), h.GRPC.Port)
	}
	for _, f := range []struct {
		name  string
		value int32
	}{
		{"initialDelaySeconds", p.InitialDelaySeconds}, {"timeoutSeconds", p.TimeoutSeconds}, {"periodSeconds", p.PeriodSeconds},
		{"successThreshold", p.SuccessThreshold}, {"failureThreshold", p.FailureThreshold},
	} {
		c.notNegative(at.Child(f.name), int64(f.value))
	}
	if once && p.SuccessThreshold > 1 {
		c.invalid(at.Child("successThreshold"), "remove it", "%d: must be 1 for liveness and startup probes", p.SuccessThreshold)
	}
	if t := p.TerminationGracePeriodSeconds; t != nil && *t <= 0 {
		c.invalid(at.Child("terminationGracePeriodSeconds"), "", "%d is not more than 0", *t)
	}
}

func (c *checker) exec(at *field.Path, e *v1.ExecAction) {
	if e != nil && len(e.Command) == 0 {
		c.required(at.Child("command"), "")
	}
}

func (c *checker) httpGet(at *field.Path, h *v1.HTTPGetAction, ctr *v1.Container) {
	if h == nil {
		return
	}
	c.portRef(at.Child("port"), h.Port, ctr)
	oneOf(c, at.Child("scheme"), h.Scheme, v1.URISchemeHTTP, v1.URISchemeHTTPS)
	for i, header := range h.HTTPHeaders {
		if len(validation.IsHTTPHeaderName(header.Name)) > 0 {
			c.invalid(at.Child("httpHeaders").Index(i).Child("name"), "", "%q is not the name of a header", header.Name)
		}
	}
}

// portRef checks a port given as a number or by name. Names are those of the same container (fact 10.16).
func (c *checker) portRef(at *field.Path, p intstr.IntOrString, ctr *v1.Container) {
	if p.Type == intstr.Int {
		c.port(at, p.IntVal)
		return
	}
	if len(validation.IsValidPortName(p.StrVal)) > 0 {
		hint := ""
		if p.StrVal != "" && strings.Trim(p.StrVal, "0123456789") == "" {
			hint = "remove the quotes"
		}
		c.invalid(at, hint, "%q is neither a port, 1-65535, nor the name of one", p.StrVal)
		return
	}
	var known []string
	for _, port := range ctr.Ports {
		if port.Name == p.StrVal {
			return
		}
		known = append(known, port.Name)
	}
	hint := "name the port in the container's ports"
	if near := closest(p.StrVal, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	c.missing(at, hint, "no port of the container is named %q", p.StrVal)
}

func (c *checker) lifecycle(at *field.Path, ctr *v1.Container, s *v1.PodSpec) {
	if signal := ctr.Lifecycle.StopSignal; signal != nil {
		c.stopSignal(at.Child("stopSignal"), string(*signal))
	}
	for _, hook := range []struct {
		name string
		h    *v1.LifecycleHandler
	}{{"postStart", ctr.Lifecycle.PostStart}, {"preStop", ctr.Lifecycle.PreStop}} {
		if hook.h == nil {
			continue
		}
		here := at.Child(hook.name)
		c.exactlyOne(here, names("exec", hook.h.Exec != nil, "httpGet", hook.h.HTTPGet != nil, "tcpSocket", hook.h.TCPSocket != nil,
			"sleep", hook.h.Sleep != nil), "exec, httpGet or sleep")
		c.exec(here.Child("exec"), hook.h.Exec)
		c.httpGet(here.Child("httpGet"), hook.h.HTTPGet, ctr)
		if hook.h.Sleep != nil && s.TerminationGracePeriodSeconds != nil {
			seconds, grace := hook.h.Sleep.Seconds, *s.TerminationGracePeriodSeconds
			if seconds < 0 || seconds > grace {
				c.invalid(here.Child("sleep", "seconds"), sleepHint(seconds), "%d is not within the pod's grace period, 0-%d", seconds, grace)
			}
		}
	}
}

// signals are those that both runtimes know by these names, as the API server does; the realtime ones are besides.
var signals = []string{
	"SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGIO", "SIGIOT", "SIGKILL", "SIGPIPE",
	"SIGPOLL", "SIGPROF", "SIGPWR", "SIGQUIT", "SIGSEGV", "SIGSTKFLT", "SIGSTOP", "SIGSYS", "SIGTERM", "SIGTRAP", "SIGTSTP", "SIGTTIN", "SIGTTOU",
	"SIGURG", "SIGUSR1", "SIGUSR2", "SIGVTALRM", "SIGWINCH", "SIGXCPU", "SIGXFSZ",
}

// realtime are the signals SIGRTMIN to SIGRTMIN+15 and SIGRTMAX-14 to SIGRTMAX.
var realtime = regexp.MustCompile(`^SIGRT(MIN(\+([1-9]|1[0-5]))?|MAX(-([1-9]|1[0-4]))?)$`)

// stopSignal checks the name of a signal, which has the letters SIG.
func (c *checker) stopSignal(at *field.Path, signal string) {
	if slices.Contains(signals, signal) || realtime.MatchString(signal) {
		return
	}
	hint := "signal(7) lists them, such as SIGTERM"
	if near := closest("SIG"+strings.TrimPrefix(strings.ToUpper(signal), "SIG"), signals); near != "" {
		hint = "did you mean " + near + "?"
	}
	c.invalid(at, hint, "%s is not the name of a signal", quote(signal))
}

func sleepHint(seconds int64) string {
	if seconds < 0 {
		return ""
	}
	return fmt.Sprintf("sleep shorter, or set terminationGracePeriodSeconds to more than %d", seconds)
}
