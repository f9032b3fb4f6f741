package manifests

// setByServer is why a field of an object's metadata means nothing here.
const setByServer = "an API server sets it for its own use"

// metadataRows are those of every object's metadata.
var metadataRows = rows{
	{path: "name", is: Supported},
	{path: "generateName", is: Silent, reason: "an object goes by its name, which must be given: applying it again must find it again"},
	{path: "namespace", is: Supported},
	{path: "selfLink", is: Silent, reason: setByServer},
	{path: "uid", is: Silent, reason: setByServer},
	{path: "resourceVersion", is: Silent, reason: setByServer},
	{path: "generation", is: Silent, reason: setByServer},
	{path: "creationTimestamp", is: Silent, reason: setByServer},
	{path: "deletionTimestamp", is: Silent, reason: setByServer},
	{path: "deletionGracePeriodSeconds", is: Silent, reason: setByServer},
	{path: "labels", is: Supported},
	{path: "annotations", is: Supported, of: annotationRows},
	{path: "ownerReferences", is: Silent, reason: "there are no owners but the manifests"},
	{path: "finalizers", is: Silent, reason: "there are no controllers that would hold up a delete"},
	{path: "managedFields", is: Silent, reason: setByServer},
}

// annotationRows are the annotations that must not stand on anything but a pod; any
// other is kept with its object.
var annotationRows = rows{
	{path: "[kubehost.dev/*]", is: Refused, reason: "kubehost's annotations belong to pods", hint: "move it to the pod's metadata.annotations"},
	{path: "[*.kubehost.dev/*]", is: Refused, reason: "kubehost's annotations belong to pods", hint: "move it to the pod's metadata.annotations"},
	{path: "[volume.podman.io/*]", is: NoEffect, reason: "podman reads it on claims only"},
}

// claimAnnotationRows are the annotations of claims that podman makes a volume by. A claim is a directory here.
var claimAnnotationRows = rows{
	annotationRows[0], annotationRows[1],
	{path: "[volume.podman.io/driver]", is: Refused, accepts: values("", "local"), reason: "a claim is a directory below the volume base directory",
		hint: "use a hostPath volume at what the driver mounts"},
	{path: "[volume.podman.io/device]", is: Refused, reason: "a claim is a directory below the volume base directory", hint: "mount the device on the host, and use a hostPath volume"},
	{path: "[volume.podman.io/type]", is: Refused, reason: "a claim is a directory below the volume base directory", hint: "mount it on the host, and use a hostPath volume"},
	{path: "[volume.podman.io/mount-options]", is: Refused, reason: "a claim is a directory below the volume base directory", hint: "mount it on the host, and use a hostPath volume"},
	{path: "[volume.podman.io/uid]", is: Refused, accepts: values("0"), reason: "a claim belongs to its pods, not to a user", hint: "use spec.securityContext.fsGroup of the pods"},
	{path: "[volume.podman.io/gid]", is: Refused, accepts: values("0"), reason: "a claim belongs to its pods, not to a group", hint: "use spec.securityContext.fsGroup of the pods"},
	{path: "[volume.podman.io/import-source]", is: Refused, reason: "claims are not filled", hint: "unpack it in an init container"},
	{path: "[volume.podman.io/image]", is: Refused, reason: "claims are not filled", hint: "use a volume of the type image, or copy in an init container"},
	{path: "[volume.podman.io/*]", is: NoEffect, reason: "it is none of those by which podman makes a volume otherwise"},
}

// podAnnotationRows are the annotations of pods that kubehost, podman or a kubelet act on; any other
// is kept with the pod, and can be read through the downward API. The first row that matches counts.
var podAnnotationRows = rows{
	{path: "[kubehost.dev/volume-subdir]", is: Supported},
	{path: "[kubehost.dev/network]", is: Supported},
	{path: "[kubehost.dev/depends-on]", is: Supported},
	{path: "[kubehost.dev/auto-start]", is: Supported},
	{path: "[kubehost.dev/registry-login]", is: Supported},
	{path: "[env-files.kubehost.dev/*]", is: Supported},
	{path: "[extra-options.kubehost.dev/*]", is: Supported},
	{path: "[extra-options.docker.kubehost.dev/*]", is: Supported},
	{path: "[extra-options.podman.kubehost.dev/*]", is: Supported},
	{path: "[kubehost.dev/*]", is: Refused, reason: "kubehost has no annotation of this name", hint: spellingHint},
	{path: "[*.kubehost.dev/*]", is: Refused, reason: "kubehost has no annotation of this name", hint: spellingHint},
	{path: "[io.podman.annotations.ulimit]", is: Supported},
	{path: "[io.podman.annotations.pids-limit/*]", is: Supported},
	{path: "[io.podman.annotations.cpuset/*]", is: Supported},
	{path: "[io.podman.annotations.memory-nodes/*]", is: Supported},
	{path: "[io.podman.annotations.init/*]", is: Supported},
	{path: "[io.podman.annotations.privileged/*]", is: Refused, accepts: values("FALSE", "false"),
		reason: "podman notes there what a container was, it makes none so", hint: "use the container's securityContext.privileged"},
	{path: "[io.podman.annotations.seccomp/*]", is: Refused, reason: "podman notes there what a container was, it makes none so",
		hint: "use the container's securityContext.seccompProfile"},
	{path: "[io.podman.annotations.apparmor/*]", is: Refused, reason: "podman notes there what a container was, it makes none so",
		hint: "use the container's securityContext.appArmorProfile"},
	{path: "[io.podman.annotations.label/*]", is: Refused, reason: "podman notes there what a container was, it makes none so",
		hint: "use the container's securityContext.seLinuxOptions"},
	{path: "[io.podman.annotations.userns]", is: Refused, reason: "docker has no user namespace of a pod's own",
		hint: "use spec.hostUsers, or run kubehost as a user, with rootless podman"},
	{path: "[io.podman.annotations.volumes-from]", is: Refused, reason: "a pod's volumes are declared",
		hint: "declare the volume in spec.volumes, and mount it in both containers"},
	{path: "[io.podman.annotations.volumes-from/*]", is: Refused, reason: "a pod's volumes are declared",
		hint: "declare the volume in spec.volumes, and mount it in both containers"},
	{path: "[io.podman.annotations.kube.image.volumes.mount/*]", is: Refused, reason: "a pod's volumes are declared",
		hint: "declare a volume of the type image, and mount it"},
	{path: "[io.podman.annotations.publish-all/*]", is: Refused, accepts: values("FALSE", "false"),
		reason: "a port of the host is never taken unasked", hint: "give the ports a hostPort"},
	{path: "[io.podman.annotations.infra.name]", is: NoEffect, reason: "the infra container is called <pod>-infra on both runtimes"},
	{path: "[io.podman.annotations.autoremove/*]", is: NoEffect, accepts: values("FALSE", "false"), reason: "an ended container stays until its pod is deleted, as in Kubernetes"},
	{path: "[io.podman.annotations.cid-file/*]", is: NoEffect, reason: "podman only notes it there"},
	{path: "[io.podman.annotations.init.container.type]", is: NoEffect, reason: "init containers run whenever the pod starts anew, as in Kubernetes"},
	{path: "[io.podman.annotations.kube.health.check]", is: NoEffect, reason: "probes wait for their initialDelaySeconds, as in Kubernetes"},
	{path: "[io.podman.annotations.*]", is: NoEffect, reason: "it is none of those by which podman kube play makes a pod otherwise"},
	{path: "[bind-mount-options]", is: Supported},
	{path: "[volume.podman.io/*]", is: Refused, reason: "podman reads it on claims only", hint: "remove it, or move it to the PersistentVolumeClaim"},
	// Security that looks as if it held must not be passed over, even where Kubernetes does.
	{path: "[container.apparmor.security.beta.kubernetes.io/*]", is: Supported},
	{path: "[seccomp.security.alpha.kubernetes.io/pod]", is: Refused,
		reason: "Kubernetes ignores it since 1.27", hint: "use spec.securityContext.seccompProfile"},
	{path: "[container.seccomp.security.alpha.kubernetes.io/*]", is: Refused,
		reason: "Kubernetes ignores it since 1.27", hint: "use the container's securityContext.seccompProfile"},
	{path: "[security.alpha.kubernetes.io/*]", is: Refused,
		reason: "Kubernetes replaced it by a field", hint: "use spec.securityContext.sysctls"},
	{path: "[kubernetes.io/ingress-bandwidth]", is: NoEffect, reason: "shaping traffic is a work of a cluster's network plugins"},
	{path: "[kubernetes.io/egress-bandwidth]", is: NoEffect, reason: "shaping traffic is a work of a cluster's network plugins"},
}

// spellingHint is replaced by the name that was meant, or by those that there are.
const spellingHint = "use one of kubehost's annotations"
