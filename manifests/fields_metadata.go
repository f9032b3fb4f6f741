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
	{path: "[volume.podman.io/*]", is: NotYet},
}

// podAnnotationRows are the annotations of pods that kubehost, podman or a kubelet act on; any other
// is kept with the pod, and can be read through the downward API. The first row that matches counts.
var podAnnotationRows = rows{
	{path: "[kubehost.dev/volume-subdir]", is: Supported},
	{path: "[kubehost.dev/network]", is: Supported},
	{path: "[kubehost.dev/depends-on]", is: NotYet},
	{path: "[kubehost.dev/auto-start]", is: NotYet},
	{path: "[kubehost.dev/registry-login]", is: Supported},
	{path: "[env-files.kubehost.dev/*]", is: NotYet},
	{path: "[extra-options.kubehost.dev/*]", is: NotYet},
	{path: "[extra-options.docker.kubehost.dev/*]", is: NotYet},
	{path: "[extra-options.podman.kubehost.dev/*]", is: NotYet},
	{path: "[kubehost.dev/*]", is: Refused, reason: "kubehost has no annotation of this name", hint: spellingHint},
	{path: "[*.kubehost.dev/*]", is: Refused, reason: "kubehost has no annotation of this name", hint: spellingHint},
	{path: "[io.podman.annotations.*]", is: NotYet},
	{path: "[volume.podman.io/*]", is: NotYet},
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
