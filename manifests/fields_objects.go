package manifests

import (
	"reflect"

	v1 "k8s.io/api/core/v1"
)

// kinds are the kinds of objects with their rows, in the order in which the support table lists them.
var kinds = []struct {
	name   string
	goType fieldType
	rows   rows
}{
	{"pod", fieldType{reflect.TypeFor[v1.Pod]()}, podRows},
	{"configmap", fieldType{reflect.TypeFor[v1.ConfigMap]()}, configMapRows},
	{"secret", fieldType{reflect.TypeFor[v1.Secret]()}, secretRows},
	{"persistentvolume", fieldType{reflect.TypeFor[v1.PersistentVolume]()}, persistentVolumeRows},
	{"persistentvolumeclaim", fieldType{reflect.TypeFor[v1.PersistentVolumeClaim]()}, claimRows},
	{"list", fieldType{reflect.TypeFor[v1.List]()}, listRows},
}

var podRows = rows{
	{path: "kind", is: Supported},
	{path: "apiVersion", is: Supported},
	{path: "metadata", is: Supported, of: metadataRows, except: rows{
		{path: "uid", is: Supported},
		{path: "annotations", is: Supported, of: podAnnotationRows},
	}},
	{path: "spec", is: Supported, of: podSpecRows},
	{path: "status", is: Silent, reason: "what runs is observed, never read from a manifest"},
}

var configMapRows = rows{
	{path: "kind", is: Supported},
	{path: "apiVersion", is: Supported},
	{path: "metadata", is: Supported, of: metadataRows},
	{path: "immutable", is: NoEffect, accepts: values("false"), reason: "the manifest that is applied holds, also when it differs from the one before"},
	{path: "data", is: Supported},
	{path: "binaryData", is: Supported},
}

var secretRows = rows{
	{path: "kind", is: Supported},
	{path: "apiVersion", is: Supported},
	{path: "metadata", is: Supported, of: metadataRows},
	{path: "immutable", is: NoEffect, accepts: values("false"), reason: "the manifest that is applied holds, also when it differs from the one before"},
	{path: "data", is: Supported},
	{path: "stringData", is: Supported},
	{path: "type", is: Supported},
}

var claimRows = rows{
	{path: "kind", is: Supported},
	{path: "apiVersion", is: Supported},
	{path: "metadata", is: Supported, of: metadataRows, except: rows{{path: "annotations", is: Supported, of: claimAnnotationRows}}},
	{path: "spec", is: Supported, of: claimSpecRows},
	{path: "status", is: Silent, reason: "what is there is observed, never read from a manifest"},
}

// claimSpecRows are those of a PersistentVolumeClaim, and of the template in an ephemeral volume.
var claimSpecRows = rows{
	// A directory can be used by every pod of the host. That only one pod uses it is a promise
	// that somebody would have to keep.
	{path: "accessModes", is: Refused, reason: "a directory can be used by every pod of the host", accepts: values("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"),
		hint: "use ReadWriteOnce, and let only one pod name the claim"},
	{path: "selector.matchLabels", is: Supported},
	{path: "selector.matchExpressions[].key", is: Supported},
	{path: "selector.matchExpressions[].operator", is: Supported},
	{path: "selector.matchExpressions[].values", is: Supported},
	{path: "resources.limits", is: NoEffect, reason: "a directory has no size of its own, the file system below it is the limit"},
	// Silent, because each claim must have it.
	{path: "resources.requests", is: Silent, reason: "a directory has no size of its own, the file system below it is the limit"},
	{path: "volumeName", is: Supported},
	// It chooses among PersistentVolumes; a claim that none is for is a directory, whatever the class.
	{path: "storageClassName", is: Supported},
	{path: "volumeMode", is: Supported},
	{path: "dataSource", is: Refused, reason: "there are no volume snapshots, and claims are not cloned",
		hint: "copy the data into the claim's directory, or do it in an init container"},
	{path: "dataSourceRef", is: Refused, reason: "there are no volume snapshots, and claims are not cloned",
		hint: "copy the data into the claim's directory, or do it in an init container"},
	{path: "volumeAttributesClassName", is: NoEffect, reason: "there is one class of storage, directories below the volume base directory"},
}

var listRows = rows{
	{path: "kind", is: Supported},
	{path: "apiVersion", is: Supported},
	{path: "metadata", is: Silent, reason: "it is about the answer of an API server, not about the items"},
	{path: "items", is: Supported},
}
