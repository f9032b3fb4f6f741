package main

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/translate/plan"
)

// specified prints what the manifest says of a container, in kubectl's words.
func (p sheet) specified(c *v1.Container) {
	var ports, hostPorts []string
	for _, port := range c.Ports {
		protocol := cmp.Or(string(port.Protocol), string(v1.ProtocolTCP))
		text := fmt.Sprintf("%d/%s", port.ContainerPort, protocol)
		if port.Name != "" {
			text += " (" + port.Name + ")"
		}
		ports, hostPorts = append(ports, text), append(hostPorts, fmt.Sprintf("%d/%s", port.HostPort, protocol))
	}
	plural := ""
	if len(ports) > 1 {
		plural = "s"
	}
	p.line(2, "Port"+plural, "%s", cmp.Or(strings.Join(ports, ", "), "<none>"))
	p.line(2, "Host Port"+plural, "%s", cmp.Or(strings.Join(hostPorts, ", "), "<none>"))
	p.words("Command", c.Command)
	p.words("Args", c.Args)
}

// words prints the words of a command below one another; a word may have several lines.
func (p sheet) words(name string, words []string) {
	if len(words) == 0 {
		return
	}
	fmt.Fprintf(p.w, "    %s:\n", name)
	for _, w := range words {
		for line := range strings.SplitSeq(strings.TrimRight(w, "\n"), "\n") {
			fmt.Fprintln(p.w, "      "+line)
		}
	}
}

// planned prints what the container was made with: with values where the manifest has references, but for those of Secrets.
func (p sheet) planned(u *plan.Unit, c *v1.Container) {
	p.amounts("Limits", c.Resources.Limits)
	p.amounts("Requests", c.Resources.Requests)
	for _, probe := range []struct {
		name string
		*plan.Probe
	}{{"Liveness", u.Lifecycle.Liveness}, {"Readiness", u.Lifecycle.Readiness}, {"Startup", u.Lifecycle.Startup}} {
		if probe.Probe != nil {
			p.line(2, probe.name, "%s", probeText(probe.Probe))
		}
	}
	if len(u.Env) == 0 {
		p.line(2, "Environment", "<none>")
	} else {
		fmt.Fprintln(p.w, "    Environment:")
	}
	for _, e := range u.Env {
		value := plan.NameLate(e.Value)
		if e.Secret {
			value = secretText(e.Name, c)
		}
		for i, line := range strings.Split(value, "\n") {
			if i == 0 {
				p.line(3, e.Name, "%s", line)
			} else {
				fmt.Fprintln(p.w, "      \t"+line)
			}
		}
	}
	if len(u.Mounts) == 0 {
		p.line(2, "Mounts", "<none>")
		return
	}
	fmt.Fprintln(p.w, "    Mounts:")
	for _, m := range u.Mounts {
		fmt.Fprintln(p.w, "      "+mountText(m))
	}
}

func (p sheet) amounts(name string, amounts v1.ResourceList) {
	if len(amounts) == 0 {
		return
	}
	fmt.Fprintf(p.w, "    %s:\n", name)
	for _, resource := range slices.Sorted(maps.Keys(amounts)) {
		amount := amounts[resource]
		p.line(3, string(resource), "%s", amount.String())
	}
}

// probeText is a probe as kubectl describes it.
func probeText(probe *plan.Probe) string {
	var check string
	switch {
	case probe.HTTP != nil:
		check = "http-" + probe.HTTP.String()
	case probe.TCP != nil:
		check = "tcp-socket " + net.JoinHostPort(probe.TCP.Host, strconv.Itoa(int(probe.TCP.Port)))
	case probe.GRPC != nil:
		check = fmt.Sprintf("grpc <pod>:%d %s", probe.GRPC.Port, probe.GRPC.Service)
	default:
		check = fmt.Sprintf("exec %s", probe.Exec)
	}
	return fmt.Sprintf("%s delay=%ds timeout=%ds period=%ds #success=%d #failure=%d", strings.TrimSpace(check), probe.InitialDelay, probe.Timeout,
		probe.Period, probe.Successes, probe.Failures)
}

// secretText says where the secret value of a variable is from.
func secretText(name string, c *v1.Container) string {
	for _, e := range c.Env {
		if e.Name == name && e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			ref := e.ValueFrom.SecretKeyRef
			return fmt.Sprintf("<set to the key '%s' in secret '%s'>  Optional: %t", ref.Key, ref.Name, ref.Optional != nil && *ref.Optional)
		}
	}
	return "***"
}

// mountText is a mount as kubectl describes it: "/data from notes (rw)".
func mountText(m plan.Mount) string {
	flags := []string{"rw"}
	if m.ReadOnly {
		flags[0] = "ro"
	}
	if m.SubPath != "" {
		flags = append(flags, fmt.Sprintf("path=%q", path.Clean(m.SubPath)))
	}
	if m.Propagation != plan.PropagateNone {
		flags = append(flags, string(m.Propagation))
	}
	return fmt.Sprintf("%s from %s (%s)", m.Target, m.Volume, strings.Join(flags, ","))
}
