package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// defaultMessagePath is the path that every container has unless its manifest says otherwise: the text leaves it out.
const defaultMessagePath = "/dev/termination-log"

func (t *text) lifecycle(l *Lifecycle) {
	t.probe("startup", l.Startup)
	t.probe("liveness", l.Liveness)
	t.probe("readiness", l.Readiness)
	t.hook("postStart", l.PostStart)
	t.hook("preStop", l.PreStop)
	given(t, 2, "restart %s", l.Restart)
	for _, r := range l.RestartRules {
		t.line(2, "restart %s", r)
	}
	if l.MessagePath != defaultMessagePath {
		given(t, 2, "message %s", l.MessagePath)
	}
	if l.MessageFromLogs {
		t.line(2, "message from the log after a failure")
	}
}

func (t *text) probe(name string, p *Probe) {
	if p == nil {
		return
	}
	t.line(2, "%s %s", name, p)
	t.headers(p.HTTP)
}

// String is the check, and how often and how patiently it is made.
func (p Probe) String() string {
	facts := []string{fmt.Sprintf("every %ds", p.Period), fmt.Sprintf("timeout %ds", p.Timeout),
		fmt.Sprintf("successes %d", p.Successes), fmt.Sprintf("failures %d", p.Failures)}
	if p.InitialDelay != 0 {
		facts = append(facts, fmt.Sprintf("delay %ds", p.InitialDelay))
	}
	if p.Grace != nil {
		facts = append(facts, fmt.Sprintf("grace %ds", *p.Grace))
	}
	return p.Check.String() + ", " + strings.Join(facts, ", ")
}

func (t *text) hook(name string, c *Check) {
	if c != nil {
		t.line(2, "%s %s", name, c)
		t.headers(c.HTTP)
	}
}

func (t *text) headers(h *HTTP) {
	if h == nil {
		return
	}
	for _, header := range h.Headers {
		t.line(3, "header %s: %q", header.Name, header.Value)
	}
}

// String is the check as "exec [\"cat\" \"/ready\"]", "get http://:80/ready" (without a host it is the
// pod's), "connect :80", "grpc :80 \"service\"" or "sleep 3s".
func (c Check) String() string {
	switch {
	case c.HTTP != nil:
		return c.HTTP.String()
	case c.TCP != nil:
		return "connect " + address(c.TCP.Host, c.TCP.Port)
	case c.GRPC != nil && c.GRPC.Service != "":
		return fmt.Sprintf("grpc %s %q", address("", c.GRPC.Port), c.GRPC.Service)
	case c.GRPC != nil:
		return "grpc " + address("", c.GRPC.Port)
	case c.Sleep != nil:
		return fmt.Sprintf("sleep %ds", *c.Sleep)
	}
	return fmt.Sprintf("exec %q", c.Exec)
}

// String is the request as "get http://:80/ready", without its headers.
func (h HTTP) String() string {
	scheme := "http"
	if h.TLS {
		scheme = "https"
	}
	return "get " + scheme + "://" + address(h.Host, h.Port) + h.Path
}

func address(host string, port int32) string {
	if strings.Contains(host, ":") { // IPv6
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(port))
}

// String is the rule as "on exit codes [42]".
func (r RestartRule) String() string {
	if r.NotIn {
		return fmt.Sprintf("on exit codes other than %d", r.Codes)
	}
	return fmt.Sprintf("on exit codes %d", r.Codes)
}
