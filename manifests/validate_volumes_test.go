package manifests

import (
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestVolumes judges volumes and their mounts; none wanted means that they are right.
func TestVolumes(t *testing.T) {
	const at = "spec.volumes[0]."
	for _, test := range []struct{ volume, container, want string }{
		{volume: "emptyDir: {mode: 01777}"},
		{volume: "emptyDir: {mode: 02000}", want: at + "emptyDir.mode: 1024 is not the mode of a directory, 0-01777 (1023)\n  hint: write it in octal, with a 0 in front: 0755"},
		{volume: "downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.labels}}, {path: b/c, fieldRef: {fieldPath: \"metadata.annotations['x']\"}}]}"},
		{volume: "downwardAPI: {items: [{path: ../a, fieldRef: {fieldPath: metadata.name}}]}",
			want: at + "downwardAPI.items[0].path: \"../a\" must not contain '..'\n  hint: write the path without .."},
		{volume: "downwardAPI: {items: [{path: a}]}", want: at + "downwardAPI.items[0]: needs one of fieldRef or resourceFieldRef"},
		{volume: "downwardAPI: {items: [{path: a, mode: 01000, fieldRef: {fieldPath: metadata.name}}]}",
			want: at + "downwardAPI.items[0].mode: 512 is not a file mode, 0-0777 (511)\n  hint: write it in octal, with a 0 in front: 0644"},
		{volume: "downwardAPI: {items: [{path: a, fieldRef: {fieldPath: status.podIP}}]}",
			want: at + "downwardAPI.items[0].fieldRef.fieldPath: \"status.podIP\" is not a field that a file can have\n  hint: give it to a container as a variable, in env"},
		{volume: "downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.label}}]}",
			want: at + "downwardAPI.items[0].fieldRef.fieldPath: \"metadata.label\" is not a field that a file can have\n  hint: did you mean metadata.labels?"},
		{volume: "downwardAPI: {items: [{path: a, resourceFieldRef: {resource: limits.cpu}}]}",
			want: at + "downwardAPI.items[0].resourceFieldRef.containerName: is required\n  hint: name the container whose resource it is"},
		{volume: "downwardAPI: {items: [{path: a, resourceFieldRef: {containerName: c, resource: limits.gpu}}]}",
			want: at + "downwardAPI.items[0].resourceFieldRef.resource: \"limits.gpu\" is not a resource that can be read here\n  hint: did you mean limits.cpu?"},
		{volume: "projected: {sources: [{configMap: {name: a}}, {secret: {name: b}}, {downwardAPI: {items: [{path: x, fieldRef: {fieldPath: metadata.uid}}]}}]}"},
		{volume: "projected: {sources: [{}]}", want: at + "projected.sources[0]: needs one of configMap, secret or downwardAPI"},
		{volume: "projected: {sources: [{configMap: {name: a}, secret: {name: b}}]}",
			want: at + "projected.sources[0]: has configMap and secret, and may have only one\n  hint: keep one of them"},
		{volume: "projected: {sources: [{configMap: {name: a, items: [{key: k, path: x/y}]}}, {secret: {name: b, items: [{key: k, path: x//y}]}}]}",
			want: at + "projected.sources[1].secret.items[0].path: \"x/y\" is the path of another source, which conflicts\n  hint: give one of them another path"},
		{volume: "ephemeral: {}", want: at + "ephemeral.volumeClaimTemplate: is required\n  hint: write the claim's spec: accessModes and resources"},
		{volume: "ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi}}}}}",
			want: at + "ephemeral.volumeClaimTemplate.spec.accessModes: is required\n  hint: write accessModes: [ReadWriteOnce]"},
		{volume: "image: {}", want: at + "image.reference: is required\n  hint: name the image"},
		{volume: "image: {reference: a, pullPolicy: always}", want: at + "image.pullPolicy: \"always\" is not one of Always, IfNotPresent or Never\n  hint: did you mean Always?"},
		{volume: "persistentVolumeClaim: {claimName: a}", container: "volumeDevices: [{name: v, devicePath: /dev/x}]"},
		{volume: "emptyDir: {}", container: "volumeDevices: [{name: v, devicePath: /dev/x}]",
			want: "spec.containers[0].volumeDevices[0].name: \"v\" is not a claim, and only claims can be block devices\n  hint: use a persistentVolumeClaim"},
		{volume: "persistentVolumeClaim: {claimName: a}", container: "volumeDevices: [{name: v, devicePath: /dev/../x}]",
			want: "spec.containers[0].volumeDevices[0].devicePath: \"/dev/../x\" must not contain '..' or ':'\n  hint: write a plain path"},
		{volume: "persistentVolumeClaim: {claimName: a}", container: "volumeDevices: [{name: v, devicePath: /dev/x}]\nvolumeMounts: [{name: v, mountPath: /x}]",
			want: "spec.containers[0].volumeDevices[0].name: \"v\" is in volumeMounts already\n  hint: keep one of the two"},
		{volume: "emptyDir: {}", container: "volumeMounts: [{name: v, mountPath: /x, readOnly: true, recursiveReadOnly: IfPossible, mountPropagation: HostToContainer}]",
			want: "spec.containers[0].volumeMounts[0].recursiveReadOnly: IfPossible cannot be used with mountPropagation HostToContainer\n  hint: remove mountPropagation"},
	} {
		text := "metadata: {name: p}\nspec:\n  volumes:\n  - name: v\n    " + test.volume + "\n  containers:\n  - name: c\n    image: i\n    " +
			strings.ReplaceAll(test.container, "\n", "\n    ")
		var pod v1.Pod
		if err := yaml.UnmarshalStrict([]byte(text), &pod); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		setDefaults(&pod, "default")
		var c checker
		c.pod(&pod)
		if got := lines(c.findings); got != test.want {
			t.Errorf("%s\n%s\n got %s\nwant %s", test.volume, test.container, got, test.want)
		}
	}
}

func lines(findings []finding) string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, strings.TrimPrefix(f.Problem.String(), ": "))
	}
	return strings.Join(lines, "\n")
}

// TestPersistentVolumes judges PersistentVolumes, which belong to no namespace.
func TestPersistentVolumes(t *testing.T) {
	const good = "capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], "
	for _, test := range []struct{ metadata, spec, want string }{
		{spec: good + "hostPath: {path: /srv}"},
		{spec: good + "local: {path: /srv}, claimRef: {namespace: a, name: b}"},
		{metadata: ", namespace: a", spec: good + "hostPath: {path: /srv}",
			want: "metadata.namespace: is not allowed on this kind\n  hint: remove it: claims of all namespaces can be bound to a PersistentVolume"},
		{spec: "accessModes: [ReadWriteOnce], hostPath: {path: /srv}", want: "spec.capacity[storage]: is required\n  hint: write the size, such as 1Gi"},
		{spec: "capacity: {storage: 1Gi}, hostPath: {path: /srv}", want: "spec.accessModes: is required\n  hint: write accessModes: [ReadWriteOnce]"},
		{spec: good, want: "spec: needs one of hostPath or local"},
		{spec: good + "hostPath: {path: /srv}, local: {path: /srv}", want: "spec: has hostPath and local, and may have only one\n  hint: keep one of them"},
		{spec: good + "local: {path: srv}", want: "spec.local.path: \"srv\" is not an absolute path\n  hint: write it in full, from / on"},
		{spec: good + "hostPath: {path: /srv}, persistentVolumeReclaimPolicy: retain",
			want: "spec.persistentVolumeReclaimPolicy: \"retain\" is not one of Retain, Delete or Recycle\n  hint: did you mean Retain?"},
		{spec: good + "hostPath: {path: /srv}, claimRef: {name: b}", want: "spec.claimRef.namespace: is required\n  hint: name the claim's namespace"},
	} {
		var pv v1.PersistentVolume
		if err := yaml.UnmarshalStrict([]byte("{metadata: {name: p"+test.metadata+"}, spec: {"+test.spec+"}}"), &pv); err != nil {
			t.Fatalf("%v in %s", err, test.spec)
		}
		setDefaults(&pv, "default")
		var c checker
		c.persistentVolume(&pv)
		if got := lines(c.findings); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.spec, got, test.want)
		}
	}
}
