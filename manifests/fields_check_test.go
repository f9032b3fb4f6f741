package manifests

import (
	"os"
	"slices"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// problemsOf decodes one document of a kind and returns what its fields are
// told, one problem a line.
func problemsOf(t *testing.T, kind, document string) string {
	t.Helper()
	var value any
	switch kind {
	case "Pod":
		value = &v1.Pod{}
	case "ConfigMap":
		value = &v1.ConfigMap{}
	case "Secret":
		value = &v1.Secret{}
	case "PersistentVolumeClaim":
		value = &v1.PersistentVolumeClaim{}
	}
	if err := yaml.UnmarshalStrict([]byte(document), value); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	checkFields(Origin{File: "f.yaml"}, kind, value).Print(&b)
	return strings.ReplaceAll(b.String(), "f.yaml: ", "")
}

func TestFieldsCheck(t *testing.T) {
	for _, test := range []struct {
		name, kind, document, want string
	}{
		{
			name: "a plain pod", kind: "Pod",
			document: `
metadata: {name: web, namespace: shop, uid: u, labels: {app: web}, annotations: {note: kept}}
spec:
  restartPolicy: OnFailure
  terminationGracePeriodSeconds: 5
  hostNetwork: true
  hostname: web
  activeDeadlineSeconds: 60
  initContainers:
  - {name: init, image: busybox, command: [a], args: [b], workingDir: /}
  - {name: sidecar, image: busybox, restartPolicy: Always, startupProbe: {exec: {command: [a]}, failureThreshold: 30}}
  containers:
  - name: web
    image: nginx
    restartPolicy: Never
    restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]
    livenessProbe: {httpGet: {path: /, port: 80, host: a, scheme: HTTPS, httpHeaders: [{name: A, value: b}]}, periodSeconds: 3}
    readinessProbe: {grpc: {port: 80, service: a}}
    lifecycle: {preStop: {sleep: {seconds: 3}}, postStart: {exec: {command: [a]}}}
    terminationMessagePolicy: FallbackToLogsOnError
    imagePullPolicy: Never
    env: [{name: A, value: a}, {name: B, valueFrom: {fieldRef: {fieldPath: "metadata.labels['x/y']"}}},
      {name: C, valueFrom: {configMapKeyRef: {name: c, key: k, optional: true}}}]
    envFrom: [{prefix: P_, secretRef: {name: s}}]
    ports: [{name: http, containerPort: 80, hostPort: 80, hostIP: "::1", protocol: UDP}]
    volumeMounts: [{name: d, mountPath: /d, readOnly: true}]
  volumes:
  - {name: d, emptyDir: {}}
  - {name: e, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
  - {name: f, hostPath: {path: /x, type: File}}
  - {name: g, secret: {secretName: s, items: [{key: a, path: b, mode: 0400}], defaultMode: 0440, optional: true}}
  - {name: h, persistentVolumeClaim: {claimName: c, readOnly: true}}
`,
		},
		{
			name: "refused values, one problem for each place", kind: "Pod",
			document: `
spec:
  hostPID: true
  initContainers: [{name: a, stdin: true}]
  containers:
  - {name: a}
  - name: b
    livenessProbe: {grpc: {port: 80, mode: TLS}, periodSeconds: 3}
    restartPolicy: Never
    restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}]
    lifecycle: {preStop: {tcpSocket: {port: 80}}}
    resources: {limits: {cpu: 1, memory: 1Gi}}
    volumeMounts: [{name: d, mountPath: /d, subPath: x}]
  securityContext: {fsGroup: 1, runAsNonRoot: true}
`,
			want: `
spec.containers[1].restartPolicyRules[0].action: "RestartAllContainers" is refused: a container is restarted alone, without the others of its pod
  hint: use Restart
spec.containers[1].livenessProbe.grpc.mode: "TLS" is refused: it is an alpha field of Kubernetes, which no cluster takes by itself
  hint: leave it out, or use Plaintext
spec.containers[1].lifecycle.preStop.tcpSocket: is refused: no kubelet runs it, it is there for old clients
  hint: use exec or httpGet
`,
		},
		{
			name: "values that ask for something", kind: "Pod",
			document: `
spec:
  dnsPolicy: Default
  shareProcessNamespace: true
  hostUsers: false
  os: {name: windows}
  containers:
  - name: a
    terminationMessagePath: /message
    env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
    securityContext: {privileged: true, allowPrivilegeEscalation: false, capabilities: {add: [NET_ADMIN]}}
  volumes: [{name: d, emptyDir: {sizeLimit: 1Gi}}, {name: e, emptyDir: {medium: HugePages}}]
`,
			want: `
spec.volumes[0].emptyDir.sizeLimit: warning: has no effect on one host: it limits no writing to a disk, a cluster evicts the pod when the directory has grown beyond it
spec.volumes[1].emptyDir.medium: "HugePages" is refused: a file system of huge pages must be set aside on the host
  hint: leave it out, or use Memory; or mount a hugetlbfs on the host, and use a hostPath volume of it
spec.os.name: "windows" is refused: the host runs Linux containers
  hint: use an image for Linux, with os.name linux
spec.hostUsers: false is refused: neither runtime gives a pod a user namespace in which its volumes keep their owners
  hint: remove it and use rootless podman: there every pod is in a user namespace of its user
`,
		},
		{
			name: "values that ask for nothing", kind: "Pod",
			document: `
spec:
  dnsPolicy: ClusterFirst
  hostPID: false
  shareProcessNamespace: false
  setHostnameAsFQDN: false
  hostUsers: true
  os: {name: linux}
  automountServiceAccountToken: false
  dnsConfig: {}
  affinity: {}
  nodeSelector: {}
  tolerations: []
  imagePullSecrets: []
  securityContext: {sysctls: [], supplementalGroups: [], runAsNonRoot: false}
  containers:
  - name: a
    resources: {limits: {}}
    lifecycle: {}
    resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]
    securityContext: {privileged: false, allowPrivilegeEscalation: true, capabilities: {add: []}}
`,
		},
		{
			name: "no effect", kind: "Pod",
			document: `
spec:
  nodeSelector: {disk: ssd}
  affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {}}]}}
  tolerations: [{key: gpu, operator: Exists}]
  serviceAccountName: robot
  serviceAccount: robot
  automountServiceAccountToken: true
  priority: 5
  schedulerName: other
`,
			want: `
spec.nodeSelector: warning: has no effect on one host: every pod runs on this host, nothing is scheduled
spec.serviceAccountName: warning: has no effect on one host: there is no API server, so a pod gets no token for one
spec.automountServiceAccountToken: warning: has no effect on one host: there is no API server, so a pod gets no token for one
spec.affinity: warning: has no effect on one host: every pod runs on this host, nothing is scheduled
spec.schedulerName: warning: has no effect on one host: every pod runs on this host, nothing is scheduled
spec.tolerations: warning: has no effect on one host: every pod runs on this host, nothing is scheduled
spec.priority: warning: has no effect on one host: pods do not compete for one host, none is preempted or evicted
`,
		},
		{
			name: "refused", kind: "Pod",
			document: `
spec:
  ephemeralContainers: [{name: debug, image: busybox}]
  schedulingGates: [{name: g}]
  volumes: [{name: a, nfs: {server: s, path: /p}}, {name: b, csi: {}}]
`,
			want: `
spec.volumes[0].nfs: is refused: kubehost mounts no network storage
  hint: mount it on the host (/etc/fstab) and use a hostPath volume of that directory
spec.volumes[1].csi: is refused: its driver is run by a cluster
  hint: use a persistentVolumeClaim, which is a directory of the host, or mount the storage on the host and use a hostPath volume
spec.ephemeralContainers[0]: is refused: they are added to a running pod, Kubernetes takes none from a manifest
  hint: remove it; kubehost exec gives a shell in a running container
spec.schedulingGates: is refused: no controller here would ever lift a gate
  hint: remove the gates: the pod starts when it is applied
`,
		},
		{
			name: "annotations", kind: "Pod",
			document: `
metadata:
  annotations:
    kubehost.dev/auto-strat: "true"
    kubehost.dev/volume-subdir: a
    extra-option.kubehost.dev/web: --init
    kubehost.dev/nonsense: x
    extra-options.docker.kubehost.dev/web: --init
    container.apparmor.security.beta.kubernetes.io/web: runtime/default
    example.com/mine: x
`,
			want: `
metadata.annotations[extra-option.kubehost.dev/web]: is refused: kubehost has no annotation of this name
  hint: did you mean extra-options.kubehost.dev/web?
metadata.annotations[kubehost.dev/auto-strat]: is refused: kubehost has no annotation of this name
  hint: did you mean kubehost.dev/auto-start?
metadata.annotations[kubehost.dev/nonsense]: is refused: kubehost has no annotation of this name
  hint: there are kubehost.dev/volume-subdir, kubehost.dev/network, kubehost.dev/depends-on, kubehost.dev/auto-start, kubehost.dev/registry-login, env-files.kubehost.dev/*, extra-options.kubehost.dev/*, extra-options.docker.kubehost.dev/*, extra-options.podman.kubehost.dev/*
`,
		},
		{
			name: "a token of the API server is only left out where the cluster put it", kind: "Pod",
			document: `
spec:
  volumes:
  - {name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}
  - {name: kube-api-access-x, projected: {sources: [{serviceAccountToken: {path: token}}, {secret: {name: mine}}]}}
`,
			want: `
spec.volumes[0].projected.sources[0].serviceAccountToken: is refused: there is no API server that would sign tokens
  hint: put a token into a Secret, and project that
spec.volumes[1].projected.sources[0].serviceAccountToken: is refused: there is no API server that would sign tokens
  hint: put a token into a Secret, and project that
`,
		},
		{
			name: "a secret's values are never shown", kind: "Secret",
			document: `{metadata: {name: s}, type: Opaque, immutable: true, stringData: {password: hunter2}}`,
			want: `
immutable: warning: has no effect on one host: the manifest that is applied holds, also when it differs from the one before
`,
		},
		{
			name: "a claim", kind: "PersistentVolumeClaim",
			document: `
spec:
  accessModes: [ReadWriteOnce, ReadWriteOncePod]
  volumeMode: Block
  storageClassName: ""
  resources: {requests: {storage: 1Gi}}
  dataSource: {kind: VolumeSnapshot, name: s}
`,
			want: `
spec.accessModes: ["ReadWriteOnce" "ReadWriteOncePod"] is refused: a directory can be used by every pod of the host
  hint: use ReadWriteOnce, and let only one pod name the claim
spec.dataSource: is refused: there are no volume snapshots, and claims are not cloned
  hint: copy the data into the claim's directory, or do it in an init container
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := problemsOf(t, test.kind, test.document)
			if want := strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestFieldsOfExportedObjects: users pipe "kubectl get -o yaml" here, so
// what a cluster adds by itself must pass without noise.
func TestFieldsOfExportedObjects(t *testing.T) {
	for _, test := range []struct{ file, kind, want string }{
		{"exported-pod.yaml", "Pod", ""},
		{"exported-claim.yaml", "PersistentVolumeClaim", `
`},
	} {
		b, err := os.ReadFile("testdata/fields/" + test.file)
		if err != nil {
			t.Fatal(err)
		}
		got := problemsOf(t, test.kind, string(b))
		if want := strings.TrimPrefix(test.want, "\n"); got != want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", test.file, got, want)
		}
	}
}

func TestFieldsDropAPIAccess(t *testing.T) {
	b, err := os.ReadFile("testdata/fields/exported-pod.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var pod v1.Pod
	if err := yaml.Unmarshal(b, &pod); err != nil {
		t.Fatal(err)
	}
	dropAPIAccess(&pod)
	var got []string
	for _, v := range pod.Spec.Volumes {
		got = append(got, "volume "+v.Name)
	}
	for _, m := range pod.Spec.Containers[0].VolumeMounts {
		got = append(got, "mount "+m.Name)
	}
	if want := []string{"volume page", "mount page"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// BenchmarkFieldsCheck checks 1,000 pods of 2 containers; it must stay below 100 ms.
func BenchmarkFieldsCheck(b *testing.B) {
	document, err := os.ReadFile("testdata/fields/exported-pod.yaml")
	if err != nil {
		b.Fatal(err)
	}
	var pod v1.Pod
	if err := yaml.Unmarshal(document, &pod); err != nil {
		b.Fatal(err)
	}
	pod.Spec.Containers = append(pod.Spec.Containers, *pod.Spec.Containers[0].DeepCopy())
	for b.Loop() {
		for range 1000 {
			checkFields(Origin{}, "Pod", &pod)
		}
	}
}
