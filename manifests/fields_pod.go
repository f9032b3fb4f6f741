package manifests

import (
	"slices"

	v1 "k8s.io/api/core/v1"
)

// oneNode is why fields for the scheduler mean nothing here.
const oneNode = "every pod runs on this host, nothing is scheduled"

var podSpecRows = rows{
	{path: "volumes[]", is: Supported, of: volumeRows},
	{path: "initContainers[]", is: Supported, of: containerRows},
	{path: "containers[]", is: Supported, of: containerRows},
	{path: "ephemeralContainers[]", is: Refused, reason: "they are added to a running pod, Kubernetes takes none from a manifest",
		hint: "remove it; kubehost exec gives a shell in a running container", of: ephemeralContainerRows},
	{path: "restartPolicy", is: Supported, docker: probedNote, podman: probedNote},
	{path: "terminationGracePeriodSeconds", is: Supported},
	{path: "activeDeadlineSeconds", is: Supported},
	{path: "dnsPolicy", is: Supported, docker: dnsNote, podman: dnsNote},
	{path: "nodeSelector", is: NoEffect, reason: oneNode},
	// An identity for an API server, which nobody here asks for it; it gives or takes no rights on the host.
	{path: "serviceAccountName", is: NoEffect, accepts: values("default"), reason: noAPIServer},
	{path: "serviceAccount", is: NoEffect, reason: noAPIServer,
		accepts: when("default, or the same as serviceAccountName", func(s *v1.PodSpec) bool {
			return s.DeprecatedServiceAccount == "default" || s.DeprecatedServiceAccount == s.ServiceAccountName
		})},
	{path: "automountServiceAccountToken", is: NoEffect, accepts: values("false"), reason: noAPIServer},
	// Silent, because the scheduler puts it into every pod of a cluster.
	{path: "nodeName", is: Silent, reason: oneNode},
	{path: "hostNetwork", is: Supported, docker: hostNetNote + "; " + ownNetNote, podman: hostNetNote},
	{path: "hostPID", is: Supported, docker: ownProcNote},
	{path: "hostIPC", is: Supported, docker: ownProcNote},
	{path: "shareProcessNamespace", is: Supported, podman: "the first process is podman's catatonit instead of pause"},
	{path: "securityContext", is: Supported, of: podSecurityRows},
	{path: "imagePullSecrets", is: Supported, of: rows{{path: "[].name", is: Supported}}},
	{path: "hostname", is: Supported},
	{path: "subdomain", is: Supported},
	{path: "affinity", is: NoEffect, reason: oneNode},
	{path: "schedulerName", is: NoEffect, accepts: values("default-scheduler"), reason: oneNode},
	{path: "tolerations", is: NoEffect, reason: oneNode,
		accepts: when("those that every pod gets in a cluster: not-ready and unreachable", func(s *v1.PodSpec) bool {
			return !slices.ContainsFunc(s.Tolerations, func(t v1.Toleration) bool { return !isAdmissionToleration(t) })
		})},
	{path: "hostAliases", is: Supported, of: rows{
		{path: "[].ip", is: Supported},
		{path: "[].hostnames", is: Supported},
	}},
	{path: "priorityClassName", is: NoEffect, reason: noRivals},
	{path: "priority", is: NoEffect, accepts: values("0"), reason: noRivals},
	{path: "dnsConfig", is: Supported, of: rows{
		{path: "nameservers", is: Supported},
		{path: "searches", is: Supported},
		{path: "options[].name", is: Supported},
		{path: "options[].value", is: Supported},
	}},
	{path: "readinessGates", is: NoEffect, reason: "no controller here sets such conditions, a pod is ready when its containers are"},
	// Often the wall around untrusted code (gVisor, Kata): never to be left out.
	{path: "runtimeClassName", is: Refused, reason: "there are no RuntimeClasses that would say which OCI runtime is meant",
		hint: "remove it, and make that OCI runtime the default of docker or podman"},
	{path: "enableServiceLinks", is: Silent, reason: "there are no Services whose variables a pod could get"},
	{path: "preemptionPolicy", is: NoEffect, accepts: values("PreemptLowerPriority"), reason: noRivals},
	{path: "overhead", is: NoEffect, reason: oneNode},
	{path: "topologySpreadConstraints", is: NoEffect, reason: oneNode},
	{path: "setHostnameAsFQDN", is: Supported},
	{path: "os.name", is: Refused, accepts: values("linux"), reason: "the host runs Linux containers", hint: "use an image for Linux, with os.name linux"},
	{path: "hostUsers", is: Refused, accepts: values("true"), reason: "neither runtime gives a pod a user namespace in which its volumes keep their owners",
		hint: "remove it and use rootless podman: there every pod is in a user namespace of its user"},
	{path: "schedulingGates", is: Refused, reason: "no controller here would ever lift a gate",
		hint: "remove the gates: the pod starts when it is applied"},
	{path: "resourceClaims", is: Refused, reason: "dynamic resource allocation needs the drivers of a cluster",
		hint: "ask for a device in resources.limits, or mount its file with a hostPath volume"},
	{path: "resources", is: Supported, of: podResourceRows},
	{path: "hostnameOverride", is: Supported},
	{path: "schedulingGroup", is: NoEffect, reason: oneNode},
	{path: "evictionResponders", is: NoEffect, reason: "nothing evicts pods"},
}

const (
	dnsNote = "there is no cluster DNS: with ClusterFirst the runtime's resolver on the pod's network answers, and sends what it does not know to the " +
		"host's name servers; ClusterFirstWithHostNet on the host's network takes the host's name servers, as no resolver there knows the pods; " +
		"with Default a name server on the host's loopback is replaced by the network's resolver, as in the pod nobody would answer there"
	hostNetNote = "other pods do not find it by its name: it is on no network that has a resolver"
	ownNetNote  = "rootless before docker 29.5 it is an error: the engine of a user has a network of its own instead of the host's"
	ownProcNote = "rootless, docker 20.10 refuses it"
	sysctlNote  = "one that is not safe, or that the pod shares with the host, is an error when the manifest is checked: a kubelet would let the pod fail"
	noAPIServer = "there is no API server, so a pod gets no token for one"
	noRivals    = "pods do not compete for one host, none is preempted or evicted"
)

// isAdmissionToleration tells the two tolerations that the admission plugin
// DefaultTolerationSeconds puts into every pod.
func isAdmissionToleration(t v1.Toleration) bool {
	return (t.Key == v1.TaintNodeNotReady || t.Key == v1.TaintNodeUnreachable) &&
		t.Operator == v1.TolerationOpExists && t.Effect == v1.TaintEffectNoExecute
}
