package manifests

import (
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
)

const (
	networkReason = "kubehost mounts no network storage"
	networkHint   = "mount it on the host (/etc/fstab) and use a hostPath volume of that directory"
	diskReason    = "a cloud's disk is attached by a cluster"
	diskHint      = "attach and mount the disk on the host, and use a hostPath volume of that directory"
	fileUserHint  = "remove it, and use spec.securityContext.fsGroup: the files are readable for that group"
	goneReason    = "Kubernetes itself has dropped this kind of volume"
	goneHint      = "mount the storage on the host, and use a hostPath volume of that directory"
)

// volumeRows are those of a pod's volumes.
var volumeRows = rows{
	{path: "name", is: Supported},
	{path: "hostPath.path", is: Supported},
	{path: "hostPath.type", is: Supported},
	{path: "emptyDir.medium", is: Refused, accepts: values("Memory"), reason: "a file system of huge pages must be set aside on the host",
		hint: "leave it out, or use Memory; or mount a hugetlbfs on the host, and use a hostPath volume of it"},
	{path: "emptyDir.sizeLimit", is: NoEffect, reason: "it limits no writing to a disk, a cluster evicts the pod when the directory has grown beyond it",
		accepts: when("with medium: Memory, whose size it is", func(e *v1.EmptyDirVolumeSource) bool { return e.Medium == v1.StorageMediumMemory })},
	{path: "emptyDir.mode", is: Supported},
	{path: "gcePersistentDisk", is: Refused, evenEmpty: true, reason: diskReason, hint: diskHint},
	{path: "awsElasticBlockStore", is: Refused, evenEmpty: true, reason: diskReason, hint: diskHint},
	{path: "gitRepo", is: Refused, evenEmpty: true, reason: goneReason,
		hint: "clone the repository in an init container, into an emptyDir volume"},
	{path: "secret.secretName", is: Supported},
	{path: "secret.items[]", is: Supported, of: keyToPathRows},
	{path: "secret.defaultMode", is: Supported},
	{path: "secret.optional", is: Supported},
	{path: "secret.defaultUser", is: Refused, reason: alphaReason, hint: fileUserHint},
	{path: "nfs", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "iscsi", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "glusterfs", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "persistentVolumeClaim.claimName", is: Supported},
	{path: "persistentVolumeClaim.readOnly", is: Supported},
	{path: "rbd", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "flexVolume", is: Refused, evenEmpty: true, reason: "its driver is run by a kubelet", hint: goneHint},
	{path: "cinder", is: Refused, evenEmpty: true, reason: diskReason, hint: diskHint},
	{path: "cephfs", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "flocker", is: Refused, evenEmpty: true, reason: goneReason, hint: goneHint},
	{path: "downwardAPI", is: Supported, evenEmpty: true, of: rows{
		{path: "items[]", is: Supported, of: downwardFileRows},
		{path: "defaultMode", is: Supported},
		{path: "defaultUser", is: Refused, reason: alphaReason, hint: fileUserHint},
	}},
	{path: "fc", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "azureFile", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "configMap.name", is: Supported},
	{path: "configMap.items[]", is: Supported, of: keyToPathRows},
	{path: "configMap.defaultMode", is: Supported},
	{path: "configMap.optional", is: Supported},
	{path: "configMap.defaultUser", is: Refused, reason: alphaReason, hint: fileUserHint},
	{path: "vsphereVolume", is: Refused, evenEmpty: true, reason: diskReason, hint: diskHint},
	{path: "quobyte", is: Refused, evenEmpty: true, reason: goneReason, hint: goneHint},
	{path: "azureDisk", is: Refused, evenEmpty: true, reason: diskReason, hint: diskHint},
	{path: "photonPersistentDisk", is: Refused, evenEmpty: true, reason: goneReason, hint: goneHint},
	{path: "projected", is: Supported, evenEmpty: true, of: projectedRows,
		accepts: when("the volume kube-api-access-… that every pod gets in a cluster, which is left out", isAPIAccess)},
	{path: "portworxVolume", is: Refused, evenEmpty: true, reason: networkReason, hint: networkHint},
	{path: "scaleIO", is: Refused, evenEmpty: true, reason: goneReason, hint: goneHint},
	{path: "storageos", is: Refused, evenEmpty: true, reason: goneReason, hint: goneHint},
	{path: "csi", is: Refused, evenEmpty: true, reason: "its driver is run by a cluster",
		hint: "use a persistentVolumeClaim, which is a directory of the host, or mount the storage on the host and use a hostPath volume"},
	{path: "ephemeral", is: Supported, evenEmpty: true, of: rows{
		{path: "volumeClaimTemplate.metadata", is: Supported, of: metadataRows},
		{path: "volumeClaimTemplate.spec", is: Supported, of: claimSpecRows},
	}},
	{path: "image", is: Supported, evenEmpty: true, docker: "refused: docker 20.10 to 27 cannot mount images", of: rows{
		{path: "reference", is: Supported},
		{path: "pullPolicy", is: Supported},
	}},
}

var keyToPathRows = rows{
	{path: "key", is: Supported},
	{path: "path", is: Supported},
	{path: "mode", is: Supported},
	{path: "user", is: Refused, reason: alphaReason, hint: fileUserHint},
}

var downwardFileRows = rows{
	{path: "path", is: Supported},
	{path: "fieldRef.apiVersion", is: Supported},
	{path: "fieldRef.fieldPath", is: Supported},
	{path: "resourceFieldRef", is: Supported, of: resourceFieldRows},
	{path: "mode", is: Supported},
	{path: "user", is: Refused, reason: alphaReason, hint: fileUserHint},
}

var projectedRows = rows{
	{path: "sources[].secret.name", is: Supported},
	{path: "sources[].secret.items[]", is: Supported, of: keyToPathRows},
	{path: "sources[].secret.optional", is: Supported},
	{path: "sources[].downwardAPI.items[]", is: Supported, of: downwardFileRows},
	{path: "sources[].configMap.name", is: Supported},
	{path: "sources[].configMap.items[]", is: Supported, of: keyToPathRows},
	{path: "sources[].configMap.optional", is: Supported},
	{path: "sources[].serviceAccountToken", is: Refused, evenEmpty: true, reason: "there is no API server that would sign tokens",
		hint: "put a token into a Secret, and project that"},
	{path: "sources[].clusterTrustBundle", is: Refused, evenEmpty: true, reason: "there is no API server that would keep trust bundles",
		hint: "put the certificates into a ConfigMap, and project that"},
	{path: "sources[].podCertificate", is: Refused, evenEmpty: true, reason: "there is no API server that would sign certificates",
		hint: "put key and certificate into a Secret, and project that"},
	{path: "defaultMode", is: Supported},
	{path: "defaultUser", is: Refused, reason: alphaReason, hint: fileUserHint},
}

// apiAccessPath is where the service account's token is mounted in a cluster.
const apiAccessPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// isAPIAccess tells the volume that a cluster's ServiceAccount admission plugin puts into
// every pod: by its name, and by having nothing but a token, the cluster's
// certificate and the namespace.
func isAPIAccess(v *v1.Volume) bool {
	if !strings.HasPrefix(v.Name, "kube-api-access-") || v.Projected == nil {
		return false
	}
	token := false
	for _, s := range v.Projected.Sources {
		switch {
		case s.ServiceAccountToken != nil:
			token = true
		case s.ConfigMap != nil && s.ConfigMap.Name == "kube-root-ca.crt":
		case s.DownwardAPI != nil:
		default:
			return false
		}
	}
	return token
}

// dropAPIAccess takes that volume and its mounts out of a pod, as if the pod had
// never been in a cluster. It must run on each pod that checkFields let pass: nothing
// later knows projected tokens.
func dropAPIAccess(pod *v1.Pod) {
	var gone []string
	pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v v1.Volume) bool {
		if !isAPIAccess(&v) {
			return false
		}
		gone = append(gone, v.Name)
		return true
	})
	if gone == nil {
		return
	}
	for _, containers := range [][]v1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range containers {
			c := &containers[i]
			c.VolumeMounts = slices.DeleteFunc(c.VolumeMounts, func(m v1.VolumeMount) bool {
				return m.MountPath == apiAccessPath && slices.Contains(gone, m.Name)
			})
		}
	}
}
