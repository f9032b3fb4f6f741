package manifests

import (
	"slices"

	v1 "k8s.io/api/core/v1"
)

// imageNote says where a kubelet would go on trying, and an apply tells its user.
const imageNote = "apply pulls first; where that fails the pod is left as it is, and only what is started later waits for its image"

// probedNote says where a kubelet, once the restart has to wait, takes an exit with 0 for a success.
const probedNote = "with OnFailure a container that a probe ended is started again whatever its exit code"

// containerRows are those of init and main containers.
var containerRows = rows{
	{path: "name", is: Supported},
	{path: "image", is: Supported, docker: imageNote, podman: imageNote},
	{path: "command", is: Supported, docker: secretArgsNote, podman: secretArgsNote},
	{path: "args", is: Supported, docker: secretArgsNote, podman: secretArgsNote},
	{path: "workingDir", is: Supported, podman: "an error where the image and the volumes have no such directory: podman makes none"},
	{path: "ports[]", is: Supported, of: portRows},
	{path: "envFrom[]", is: Supported, of: envFromRows},
	{path: "env[]", is: Supported, of: envRows},
	{path: "resources", is: Supported, of: resourceRows},
	{path: "resizePolicy", is: NoEffect, reason: "a changed limit replaces the container",
		accepts: when("restartPolicy: NotRequired, the default", func(c *v1.Container) bool {
			return !slices.ContainsFunc(c.ResizePolicy, func(p v1.ContainerResizePolicy) bool {
				return p.RestartPolicy != v1.NotRequired
			})
		})},
	// On an init container, Always makes it a sidecar.
	{path: "restartPolicy", is: Supported, docker: probedNote, podman: probedNote},
	{path: "restartPolicyRules[]", is: Supported, of: rows{
		{path: "action", is: Refused, accepts: values("Restart"), reason: "a container is restarted alone, without the others of its pod", hint: "use Restart"},
		{path: "exitCodes.operator", is: Supported},
		{path: "exitCodes.values", is: Supported},
	}},
	{path: "volumeMounts[]", is: Supported, of: mountRows},
	{path: "volumeDevices", is: Supported, of: rows{
		{path: "[].name", is: Supported},
		{path: "[].devicePath", is: Supported},
	}},
	{path: "livenessProbe", is: Supported, of: probeRows},
	{path: "readinessProbe", is: Supported, of: probeRows},
	{path: "startupProbe", is: Supported, of: probeRows},
	{path: "lifecycle.postStart", is: Supported, of: handlerRows},
	{path: "lifecycle.preStop", is: Supported, of: handlerRows},
	{path: "lifecycle.stopSignal", is: Supported, reason: "as in a cluster with the feature ContainerStopSignals; without it, clusters send the STOPSIGNAL of the image, or SIGTERM"},
	{path: "terminationMessagePath", is: Supported},
	{path: "terminationMessagePolicy", is: Supported},
	{path: "imagePullPolicy", is: Supported},
	{path: "securityContext", is: Supported, of: securityRows},
	{path: "stdin", is: Supported},
	{path: "stdinOnce", is: NoEffect, reason: "nothing attaches to the stdin of a container, so it never closes"},
	{path: "tty", is: Supported},
}

// ephemeralContainerRows are the fields that ephemeral containers have, all refused with the list that they stand in.
var ephemeralContainerRows = append(slices.Clone(containerRows), row{path: "targetContainerName", is: Supported})

const (
	lowPortNote = "rootless, a port below 1024 is an error unless the host lets users have it (net.ipv4.ip_unprivileged_port_start)"
	sctpNote    = "SCTP needs the host's kernel to have it; not rootless"
)

var portRows = rows{
	{path: "name", is: Supported},
	{path: "hostPort", is: Supported, docker: lowPortNote, podman: lowPortNote},
	{path: "containerPort", is: Supported},
	{path: "protocol", is: Supported, docker: sctpNote, podman: sctpNote},
	{path: "hostIP", is: Supported, docker: "without it a port is published on 127.0.0.1 only",
		podman: "without it a port is published on 127.0.0.1 only; an address of IPv6 needs a network that has IPv6 (kubehost.dev/network), ::1 is for rootless podman only, which takes IPv6, too, for 0.0.0.0"},
}

var envFromRows = rows{
	{path: "prefix", is: Supported},
	{path: "configMapRef.name", is: Supported},
	{path: "configMapRef.optional", is: Supported},
	{path: "secretRef.name", is: Supported},
	{path: "secretRef.optional", is: Supported},
}

var envRows = rows{
	{path: "name", is: Supported},
	{path: "value", is: Supported, podman: "HOSTNAME is the pod's hostname, whatever is given here"},
	{path: "valueFrom.fieldRef.apiVersion", is: Supported},
	{path: "valueFrom.fieldRef.fieldPath", is: Supported, docker: uidNote, podman: uidNote},
	{path: "valueFrom.resourceFieldRef", is: Supported, of: resourceFieldRows},
	{path: "valueFrom.configMapKeyRef.name", is: Supported},
	{path: "valueFrom.configMapKeyRef.key", is: Supported},
	{path: "valueFrom.configMapKeyRef.optional", is: Supported},
	{path: "valueFrom.secretKeyRef.name", is: Supported},
	{path: "valueFrom.secretKeyRef.key", is: Supported},
	{path: "valueFrom.secretKeyRef.optional", is: Supported},
	{path: "valueFrom.fileKeyRef", is: Refused, evenEmpty: true, reason: "the environment of all containers is settled before the first of them could write a file",
		hint: "let a shell read the file: sh -c '. /path/to/file; exec app'", of: rows{
			{path: "volumeName", is: Supported},
			{path: "path", is: Supported},
			{path: "key", is: Supported},
			{path: "optional", is: Supported},
		}},
}

var resourceFieldRows = rows{
	{path: "containerName", is: Supported},
	{path: "resource", is: Supported},
	{path: "divisor", is: Supported},
}

// resourceRows are those of a container's resources.
var resourceRows = rows{
	{path: "limits", is: Supported, of: amountRows, docker: killedNote + "; " + v1Note, podman: killedNote + "; " + v1Note},
	{path: "requests", is: Supported, of: amountRows, docker: oomNote, podman: oomNote},
	{path: "claims", is: Refused, reason: claimsReason, hint: "ask for a device in limits, or mount its file with a hostPath volume"},
}

// podResourceRows are those of a pod's resources.
var podResourceRows = rows{
	{path: "limits", is: Supported, of: amountRows, docker: podLimitNote, podman: podLimitNote},
	{path: "requests", is: Supported, of: amountRows},
	{path: "claims", is: Refused, reason: claimsReason, hint: "ask for a device in a container's limits, or mount its file with a hostPath volume"},
}

const (
	alphaReason  = "it is an alpha field of Kubernetes, which no cluster takes by itself"
	uidNote      = "metadata.uid is the one given, or one made from namespace and name, so that it outlives edits"
	claimsReason = "dynamic resource allocation needs the drivers of a cluster"
	// docker has no cgroup for several containers, and both runtimes are to do the same.
	podLimitNote = "a limit holds for each container that has none of its own, not for all of them together"
	// Not every host lets its runtime set less than 0.
	oomNote = "a container of a Guaranteed pod has an oom_score_adj of 0 instead of -997: not every host lets its runtime protect a container so"
	// Both ignore them there, with a warning of their own.
	v1Note = "rootless on control groups of version 1, limits are not kept: a warning"
	// On cgroups of version 1 podman misses it always, and a busy docker now and then.
	killedNote = "a container that exceeds its memory has ended for the reason OOMKilled only where the runtime has noticed, otherwise Error"
	// There the whole host could read it, in the list of processes.
	secretArgsNote = "a reference $(VAR) to the value of a Secret is an error: the whole host could read it there"
	gpuNote        = "the first GPUs: they are not kept for one container"
)

// amountRows are the resources that have a name of their own in Kubernetes. The first that matches counts.
var amountRows = rows{
	{path: "[cpu]", is: Supported},
	{path: "[memory]", is: Supported},
	{path: "[ephemeral-storage]", is: NoEffect, reason: "no write ever fails over it, a cluster evicts the pod when it has used more"},
	{path: "[hugepages-*]", is: Refused, reason: "neither runtime sets a limit on huge pages",
		hint: "remove it; whoever may use the huge pages of the host can use all of them"},
	{path: "[nvidia.com/gpu]", is: Supported, docker: gpuNote, podman: gpuNote},
	{path: "[*=*]", is: Supported, docker: "docker 25 or later"},
	{path: "[*/*]", is: Refused, reason: "there is no device plugin that would give the container such a device",
		hint: "name a device of the host as vendor/class=name, as in its CDI specification, or give its file to the container with the annotation extra-options.kubehost.dev/<container>"},
}

// What is below such a volume is not the runtime's to change.
const subPathNote = "in a volume of a ConfigMap, Secret or the downward API it must name something that is there: a kubelet would make an empty directory"

var mountRows = rows{
	{path: "name", is: Supported},
	{path: "readOnly", is: Supported},
	{path: "recursiveReadOnly", is: Refused, accepts: values("Disabled", "IfPossible"),
		reason: "requested recursive read-only mode, but it is not supported by the runtime",
		hint:   "use IfPossible, or mount what is below the volume as a volume of its own",
		docker: "from docker 25 on a read-only mount is always recursively so"},
	{path: "mountPath", is: Supported},
	{path: "subPath", is: Supported, docker: subPathNote, podman: subPathNote},
	{path: "mountPropagation", is: Supported},
	{path: "subPathExpr", is: Supported, docker: subPathNote, podman: subPathNote},
	{path: "bindMountOptions", is: Refused, reason: alphaReason, hint: "remove it"},
}

// portNameNote is of a mistake that a kubelet would only show as a container that never becomes ready.
const portNameNote = "a name that no port of the container has is an error"

var probeRows = rows{
	{path: "exec.command", is: Supported},
	{path: "httpGet", is: Supported, of: httpGetRows},
	{path: "tcpSocket.port", is: Supported, docker: portNameNote, podman: portNameNote},
	{path: "tcpSocket.host", is: Supported},
	{path: "grpc.port", is: Supported},
	{path: "grpc.service", is: Supported},
	{path: "grpc.mode", is: Refused, accepts: values("Plaintext"), reason: alphaReason, hint: "leave it out, or use Plaintext"},
	{path: "initialDelaySeconds", is: Supported},
	{path: "timeoutSeconds", is: Supported},
	{path: "periodSeconds", is: Supported},
	{path: "successThreshold", is: Supported},
	{path: "failureThreshold", is: Supported},
	{path: "terminationGracePeriodSeconds", is: Supported},
}

// handlerRows are those of postStart and preStop.
var handlerRows = rows{
	{path: "exec.command", is: Supported},
	{path: "httpGet", is: Supported, of: httpGetRows},
	{path: "tcpSocket", is: Refused, evenEmpty: true, reason: "no kubelet runs it, it is there for old clients",
		hint: "use exec or httpGet"},
	{path: "sleep.seconds", is: Supported},
}

var httpGetRows = rows{
	{path: "path", is: Supported},
	{path: "port", is: Supported, docker: portNameNote, podman: portNameNote},
	{path: "host", is: Supported},
	{path: "scheme", is: Supported},
	{path: "httpHeaders[].name", is: Supported},
	{path: "httpHeaders[].value", is: Supported},
	{path: "protocol", is: Refused, accepts: values("HTTP1"), reason: alphaReason, hint: "leave it out, or use HTTP1"},
}
