package manifests

// Nothing in this file may be "no effect": a pod that asks for a wall and
// runs without it is worse than one that does not run. A test holds this.

const (
	windowsReason = "Windows containers do not run on this host"
	windowsHint   = "remove it, and use an image for Linux"
)

// podSecurityRows are those of a pod's securityContext.
var podSecurityRows = rows{
	{path: "seLinuxOptions", is: NotYet, of: seLinuxRows},
	{path: "windowsOptions", is: Refused, reason: windowsReason, hint: windowsHint},
	{path: "runAsUser", is: NotYet},
	{path: "runAsGroup", is: NotYet},
	{path: "runAsNonRoot", is: NotYet, accepts: values("false")},
	{path: "supplementalGroups", is: NotYet},
	{path: "supplementalGroupsPolicy", is: NotYet, accepts: values("Merge")},
	{path: "fsGroup", is: Supported},
	{path: "sysctls", is: NotYet, of: rows{
		{path: "[].name", is: Supported},
		{path: "[].value", is: Supported},
	}},
	{path: "fsGroupChangePolicy", is: Supported},
	{path: "seccompProfile", is: NotYet, of: profileRows},
	{path: "appArmorProfile", is: NotYet, of: profileRows},
	{path: "seLinuxChangePolicy", is: NotYet},
}

// securityRows are those of a container's securityContext.
var securityRows = rows{
	{path: "capabilities.add", is: NotYet},
	{path: "capabilities.drop", is: NotYet},
	{path: "privileged", is: NotYet, accepts: values("false")},
	{path: "seLinuxOptions", is: NotYet, of: seLinuxRows},
	{path: "windowsOptions", is: Refused, reason: windowsReason, hint: windowsHint},
	{path: "runAsUser", is: NotYet},
	{path: "runAsGroup", is: NotYet},
	{path: "runAsNonRoot", is: NotYet, accepts: values("false")},
	{path: "readOnlyRootFilesystem", is: NotYet, accepts: values("false")},
	// true is what a container without the field has: no_new_privs unset.
	{path: "allowPrivilegeEscalation", is: NotYet, accepts: values("true")},
	{path: "procMount", is: NotYet, accepts: values("Default")},
	{path: "seccompProfile", is: NotYet, of: profileRows},
	{path: "appArmorProfile", is: NotYet, of: profileRows},
}

var seLinuxRows = rows{
	{path: "user", is: Supported},
	{path: "role", is: Supported},
	{path: "type", is: Supported},
	{path: "level", is: Supported},
}

// profileRows are those of a seccomp or AppArmor profile.
var profileRows = rows{
	{path: "type", is: Supported},
	{path: "localhostProfile", is: Supported},
}
