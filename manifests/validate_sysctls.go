package manifests

import (
	"regexp"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// safeSysctls belong to a pod's own namespaces, and cannot harm other pods: those that every kubelet takes.
//
// https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls
var safeSysctls = []string{
	"kernel.shm_rmid_forced",
	"net.ipv4.ip_local_port_range",
	"net.ipv4.ip_local_reserved_ports",
	"net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ping_group_range",
	"net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_rmem",
	"net.ipv4.tcp_syncookies",
	"net.ipv4.tcp_wmem",
}

// sysctlName is a name with dots or slashes.
var sysctlName = regexp.MustCompile(`^([a-z0-9][-_a-z0-9]*[a-z0-9]?[./])*[a-z0-9][-_a-z0-9]*[a-z0-9]?$`)

func (c *checker) sysctls(at *field.Path, s *v1.PodSpec) {
	if s.SecurityContext == nil {
		return
	}
	seen := map[string]bool{}
	for i, ctl := range s.SecurityContext.Sysctls {
		here := at.Index(i).Child("name")
		name := strings.ReplaceAll(ctl.Name, "/", ".")
		switch {
		case name == "":
			c.required(here, "")
		case !sysctlName.MatchString(ctl.Name) || len(name) > 253:
			c.invalid(here, "", "%q is not the name of a sysctl", ctl.Name)
		case seen[name]:
			c.invalid(here, "keep one of the two", "%q is set already", ctl.Name)
		case !slices.Contains(safeSysctls, name):
			c.invalid(here, unsafeHint(name), "%q is not one of the safe sysctls, which are all that a kubelet allows by itself", ctl.Name)
		case s.HostNetwork && strings.HasPrefix(name, "net."):
			c.invalid(here, "set it on the host with sysctl", "%q cannot be set with hostNetwork: it would be the host's", ctl.Name)
		case s.HostIPC && strings.HasPrefix(name, "kernel."):
			c.invalid(here, "set it on the host with sysctl", "%q cannot be set with hostIPC: it would be the host's", ctl.Name)
		}
		seen[name] = true
	}
}

func unsafeHint(name string) string {
	if near := closest(name, safeSysctls); near != "" {
		return "did you mean " + near + "?"
	}
	return "set it on the host with sysctl; a container may set only: " + strings.Join(safeSysctls, ", ")
}
