package plan

import "strings"

// Sandbox is what all containers of a pod share. A change of any field but DNS.Conf replaces the pod.
type Sandbox struct {
	// ID is the name of the infra container: "web-infra".
	ID string `json:"id"`
	// Network is the network that the pod joins; empty with HostNetwork.
	Network string `json:"network,omitempty"`
	// HostNetwork makes the pod use the host's network namespace.
	HostNetwork bool `json:"hostNetwork,omitempty"`
	// HostPID and HostIPC make the containers use these namespaces of the host.
	HostPID bool `json:"hostPID,omitempty"`
	HostIPC bool `json:"hostIPC,omitempty"`
	// SharePID gives the containers one PID namespace, whose first process is the infra's.
	SharePID bool `json:"sharePID,omitempty"`
	// Hostname is empty with HostNetwork: the host's own name holds.
	Hostname string `json:"hostname,omitempty"`
	// Aliases are the names that resolve to the pod on its network, in order.
	Aliases []string `json:"aliases,omitempty"`
	// Ports are the published ports.
	Ports []Port `json:"ports,omitempty"`
	// Sysctls are kernel parameters of the pod's namespaces, sorted by name.
	Sysctls []Sysctl `json:"sysctls,omitempty"`
	// HostNames are the pod's own names in /etc/hosts, the full one first; empty with HostNetwork.
	HostNames []string `json:"hostNames,omitempty"`
	// HostAliases are further lines of /etc/hosts.
	HostAliases []HostAlias `json:"hostAliases,omitempty"`
	DNS         DNS         `json:"dns,omitzero"`
}

// HostAlias is one line of /etc/hosts.
type HostAlias struct {
	IP    string   `json:"ip"`
	Names []string `json:"names,omitempty"`
}

// String is the line without its end: "10.0.0.1<TAB>a<TAB>b".
func (a HostAlias) String() string { return strings.Join(append([]string{a.IP}, a.Names...), "\t") }

// Sysctl is one kernel parameter.
type Sysctl struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// DNS is what the containers' resolv.conf says.
type DNS struct {
	// Policy says what it begins with: the network's own name server, what the host uses, or nothing.
	Policy DNSPolicy `json:"policy,omitempty"`
	// Nameservers, Searches and Options are what the manifest adds.
	Nameservers []string `json:"nameservers,omitempty"`
	Searches    []string `json:"searches,omitempty"`
	Options     []string `json:"options,omitempty"`
	// Conf is the whole text of it. What it has of the host's own changes when the host moves to
	// another network, so Conf is no part of any hash: as with a kubelet, a pod keeps what it began with.
	Conf string `json:"conf,omitempty"`
}

// DNSPolicy says what a resolv.conf begins with.
type DNSPolicy string

// The policies, by the names of https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy;
// those for hostNetwork are resolved.
const (
	DNSClusterFirst DNSPolicy = "ClusterFirst"
	DNSDefault      DNSPolicy = "Default"
	DNSNone         DNSPolicy = "None"
)

// Port is one published port.
type Port struct {
	HostIP        string   `json:"hostIP"` // never empty
	HostPort      int32    `json:"hostPort"`
	ContainerPort int32    `json:"containerPort"`
	Protocol      Protocol `json:"protocol"`
}

// Protocol is "tcp", "udp" or "sctp".
type Protocol string

// The protocols that a port can be published for.
const (
	TCP  Protocol = "tcp"
	UDP  Protocol = "udp"
	SCTP Protocol = "sctp"
)
