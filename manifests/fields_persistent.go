package manifests

// persistentVolumeRows are those of a PersistentVolume: a file or directory of the host that claims are bound to.
var persistentVolumeRows = rows{
	{path: "kind", is: Supported},
	{path: "apiVersion", is: Supported},
	{path: "metadata", is: Supported, of: metadataRows},
	{path: "spec", is: Supported, of: persistentVolumeSpecRows},
	{path: "status", is: Silent, reason: "what is there is observed, never read from a manifest"},
}

var persistentVolumeSpecRows = rows{
	{path: "capacity", is: Supported},
	{path: "accessModes", is: Supported},
	{path: "claimRef.kind", is: Silent, reason: "only claims are bound to it"},
	{path: "claimRef.namespace", is: Supported},
	{path: "claimRef.name", is: Supported},
	{path: "claimRef.uid", is: Silent, reason: "a claim is known by its name"},
	{path: "claimRef.apiVersion", is: Silent, reason: "only claims are bound to it"},
	{path: "claimRef.resourceVersion", is: Silent, reason: "a claim is known by its name"},
	{path: "claimRef.fieldPath", is: Silent, reason: "a claim is known by its name"},
	{path: "persistentVolumeReclaimPolicy", is: NoEffect, accepts: values("Retain"), reason: "nothing that is stored is ever deleted unasked"},
	{path: "storageClassName", is: Supported},
	{path: "mountOptions", is: Refused, reason: "a directory of the host is mounted as it is", hint: "mount the file system with these options on the host"},
	{path: "volumeMode", is: Supported},
	{path: "nodeAffinity", is: Silent, reason: "there is one node, this host"},
	{path: "volumeAttributesClassName", is: NoEffect, reason: "there is one class of storage, that of the host"},
	{path: "hostPath.path", is: Supported},
	{path: "hostPath.type", is: Supported},
	{path: "local.path", is: Supported},
	{path: "local.fsType", is: Refused, reason: "kubehost makes no file systems", hint: "make it and mount it on the host, and name the directory in local.path"},
	{path: "gcePersistentDisk", is: Refused, evenEmpty: true, reason: diskReason, hint: diskVolumeHint},
	{path: "awsElasticBlockStore", is: Refused, evenEmpty: true, reason: diskReason, hint: diskVolumeHint},
	{path: "glusterfs", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "nfs", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "rbd", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "iscsi", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "cinder", is: Refused, evenEmpty: true, reason: diskReason, hint: diskVolumeHint},
	{path: "cephfs", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "fc", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "flocker", is: Refused, evenEmpty: true, reason: goneReason, hint: diskVolumeHint},
	{path: "flexVolume", is: Refused, evenEmpty: true, reason: "its driver is run by a kubelet", hint: diskVolumeHint},
	{path: "azureFile", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "vsphereVolume", is: Refused, evenEmpty: true, reason: diskReason, hint: diskVolumeHint},
	{path: "quobyte", is: Refused, evenEmpty: true, reason: goneReason, hint: diskVolumeHint},
	{path: "azureDisk", is: Refused, evenEmpty: true, reason: diskReason, hint: diskVolumeHint},
	{path: "photonPersistentDisk", is: Refused, evenEmpty: true, reason: goneReason, hint: diskVolumeHint},
	{path: "portworxVolume", is: Refused, evenEmpty: true, reason: networkReason, hint: networkVolumeHint},
	{path: "scaleIO", is: Refused, evenEmpty: true, reason: goneReason, hint: diskVolumeHint},
	{path: "storageos", is: Refused, evenEmpty: true, reason: goneReason, hint: diskVolumeHint},
	{path: "csi", is: Refused, evenEmpty: true, reason: "its driver is run by a cluster",
		hint: "mount the storage on the host, and name the directory in hostPath.path"},
}

const (
	networkVolumeHint = "mount it on the host (/etc/fstab), and name the directory in hostPath.path"
	diskVolumeHint    = "attach and mount the disk on the host, and name the directory in hostPath.path"
)
