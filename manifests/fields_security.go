package manifests

// Nothing in this file may be "no effect": a pod that asks for a wall and
// runs without it is worse than one that does not run. A test holds this.

const (
	windowsReason = "Windows containers do not run on this host"
	windowsHint   = "remove it, and use an image for Linux"
)

// What both runtimes do otherwise than a kubelet, as far as it cannot be helped.
const (
	groupNote = "the groups that the image's /etc/group gives the user are not added; without runAsUser, the image's user must be root"
	// A kubelet would run the containers that are not concerned.
	nonRootNote = "a container that it forbids keeps the whole pod from starting"
	strictNote  = "Strict needs runAsUser and runAsGroup for each container"
	// A kubelet that does not run with --seccomp-default has none.
	seccompNote   = "without a profile, the filter of the runtime holds"
	capNameNote   = "an unknown name, or one with CAP_, is an error"
	appArmorNote  = "an error on a host without AppArmor, unless it is Unconfined"
	seLinuxNote   = "an error on a host without SELinux"
	privilegeNote = "drop and seccompProfile have no effect beside it, as in a cluster: a warning"
	// podman gives a user other than root each --cap-add as an ambient capability, and its default
	// set must not be added to by kubehost: whether an image's user is root is not known then.
	podmanCaps = "a user other than root has what is added at once; the default set is that of containers.conf, and podman's own is without AUDIT_WRITE, MKNOD and NET_RAW"
)

// podSecurityRows are those of a pod's securityContext.
var podSecurityRows = rows{
	{path: "seLinuxOptions", is: Supported, of: seLinuxRows},
	{path: "windowsOptions", is: Refused, reason: windowsReason, hint: windowsHint},
	{path: "runAsUser", is: Supported},
	{path: "runAsGroup", is: Supported, docker: groupNote, podman: groupNote},
	{path: "runAsNonRoot", is: Supported, docker: nonRootNote, podman: nonRootNote},
	{path: "supplementalGroups", is: Supported},
	{path: "supplementalGroupsPolicy", is: Supported, docker: strictNote, podman: strictNote},
	{path: "fsGroup", is: Supported},
	{path: "sysctls", is: Supported, of: rows{
		{path: "[].name", is: Supported, docker: sysctlNote, podman: sysctlNote},
		{path: "[].value", is: Supported},
	}},
	{path: "fsGroupChangePolicy", is: Supported},
	{path: "seccompProfile", is: Supported, of: seccompRows},
	{path: "appArmorProfile", is: Supported, of: appArmorRows},
	{path: "seLinuxChangePolicy", is: Refused, accepts: values("Recursive"), reason: "the runtimes label files one by one",
		hint: "leave it out, or use Recursive"},
}

// securityRows are those of a container's securityContext.
var securityRows = rows{
	{path: "capabilities.add", is: Supported, docker: capNameNote, podman: capNameNote + "; " + podmanCaps},
	{path: "capabilities.drop", is: Supported, docker: capNameNote, podman: capNameNote},
	{path: "privileged", is: Supported, docker: privilegeNote, podman: privilegeNote},
	{path: "seLinuxOptions", is: Supported, of: seLinuxRows},
	{path: "windowsOptions", is: Refused, reason: windowsReason, hint: windowsHint},
	{path: "runAsUser", is: Supported},
	{path: "runAsGroup", is: Supported, docker: groupNote, podman: groupNote},
	{path: "runAsNonRoot", is: Supported, docker: nonRootNote, podman: nonRootNote},
	{path: "readOnlyRootFilesystem", is: Supported},
	{path: "allowPrivilegeEscalation", is: Supported},
	{path: "procMount", is: Supported},
	{path: "seccompProfile", is: Supported, of: seccompRows},
	{path: "appArmorProfile", is: Supported, of: appArmorRows},
}

var seLinuxRows = rows{
	{path: "user", is: Supported, docker: seLinuxNote, podman: seLinuxNote},
	{path: "role", is: Supported, docker: seLinuxNote, podman: seLinuxNote},
	{path: "type", is: Supported, docker: seLinuxNote, podman: seLinuxNote},
	{path: "level", is: Supported, docker: seLinuxNote, podman: seLinuxNote},
}

var seccompRows = rows{
	{path: "type", is: Supported, docker: seccompNote, podman: seccompNote},
	{path: "localhostProfile", is: Supported},
}

var appArmorRows = rows{
	{path: "type", is: Supported, docker: appArmorNote, podman: appArmorNote},
	{path: "localhostProfile", is: Supported},
}
