package manifests

import (
	"bytes"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestValidateNotYet judges values of fields that the field table does not let pass yet, so that they are
// right on the day when it does. Each case is what a pod has, and the one problem of it; none means that it is right.
func TestValidateNotYet(t *testing.T) {
	for _, test := range []struct{ container, spec, want string }{
		{container: "livenessProbe: {httpGet: {port: 80}}"},
		{container: "livenessProbe: {httpGet: {port: web}}\nports: [{name: web, containerPort: 80}]"},
		{container: "livenessProbe: {httpGet: {port: wbe}}\nports: [{name: web, containerPort: 80}]",
			want: "spec.containers[0].livenessProbe.httpGet.port: no port of the container is named \"wbe\"\n  hint: did you mean web?"},
		{container: "livenessProbe: {httpGet: {port: '80'}}",
			want: "spec.containers[0].livenessProbe.httpGet.port: \"80\" is neither a port, 1-65535, nor the name of one\n  hint: remove the quotes"},
		{container: "livenessProbe: {httpGet: {port: 70000}}", want: "spec.containers[0].livenessProbe.httpGet.port: 70000 is not a port, 1-65535"},
		{container: "livenessProbe: {httpGet: {port: 80, scheme: https}}",
			want: "spec.containers[0].livenessProbe.httpGet.scheme: \"https\" is not one of HTTP or HTTPS\n  hint: did you mean HTTPS?"},
		{container: "livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: 'a b', value: x}]}}",
			want: "spec.containers[0].livenessProbe.httpGet.httpHeaders[0].name: \"a b\" is not the name of a header"},
		{container: "livenessProbe: {}", want: "spec.containers[0].livenessProbe: needs one of exec, httpGet, tcpSocket or grpc"},
		{container: "livenessProbe: {exec: {command: [a]}, tcpSocket: {port: 80}}",
			want: "spec.containers[0].livenessProbe: has exec and tcpSocket, and may have only one\n  hint: keep one of them"},
		{container: "livenessProbe: {exec: {}}", want: "spec.containers[0].livenessProbe.exec.command: is required"},
		{container: "livenessProbe: {exec: {command: [a]}, successThreshold: 2}",
			want: "spec.containers[0].livenessProbe.successThreshold: 2: must be 1 for liveness and startup probes\n  hint: remove it"},
		{container: "startupProbe: {exec: {command: [a]}, successThreshold: 2}",
			want: "spec.containers[0].startupProbe.successThreshold: 2: must be 1 for liveness and startup probes\n  hint: remove it"},
		{container: "readinessProbe: {exec: {command: [a]}, successThreshold: 2}"},
		{container: "readinessProbe: {exec: {command: [a]}, periodSeconds: -1}", want: "spec.containers[0].readinessProbe.periodSeconds: -1 is less than 0"},
		{container: "readinessProbe: {exec: {command: [a]}, terminationGracePeriodSeconds: 1}",
			want: "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: must not be set for readinessProbes, which stop nothing\n  hint: remove it"},
		{container: "lifecycle: {preStop: {sleep: {seconds: 31}}}",
			want: "spec.containers[0].lifecycle.preStop.sleep.seconds: 31 is not within the pod's grace period, 0-30\n  hint: sleep shorter, or set terminationGracePeriodSeconds to more than 31"},
		{container: "lifecycle: {preStop: {}}", want: "spec.containers[0].lifecycle.preStop: needs one of exec, httpGet or sleep"},

		{container: "resources: {limits: {cpu: 100m}, requests: {cpu: 50m}}"},
		{container: "resources: {limits: {cpu: 100m}, requests: {cpu: 200m}}",
			want: "spec.containers[0].resources.requests[cpu]: 200m is more than the limit of 100m\n  hint: lower the request or raise the limit"},
		{container: "resources: {limits: {memory: -1Mi}}", want: "spec.containers[0].resources.limits[memory]: -1Mi is less than 0"},
		{container: "resources: {limits: {mem: 1Mi}}",
			want: "spec.containers[0].resources.limits[mem]: \"mem\" is not a resource of a container"},
		{container: "resources: {limits: {nvidia.com/gpu: 1}}"},
		{container: "resources: {requests: {nvidia.com/gpu: 1}}",
			want: "spec.containers[0].resources.requests[nvidia.com/gpu]: must equal the limit, as every resource but cpu, memory and ephemeral-storage\n  hint: write the same limit"},

		{container: "securityContext: {runAsUser: 1000, runAsNonRoot: true, allowPrivilegeEscalation: false}"},
		{container: "securityContext: {runAsNonRoot: true, runAsUser: 0}"},
		{container: "securityContext: {runAsUser: -1}", want: "spec.containers[0].securityContext.runAsUser: -1 is not an id, 0-2147483647"},
		{container: "securityContext: {allowPrivilegeEscalation: false, privileged: true}",
			want: "spec.containers[0].securityContext.allowPrivilegeEscalation: cannot set `allowPrivilegeEscalation` to false and `privileged` to true\n  hint: keep one of the two"},
		{container: "securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [CAP_SYS_ADMIN]}}",
			want: "spec.containers[0].securityContext.capabilities.add[0]: \"CAP_SYS_ADMIN\" is not the name of a capability\n  hint: did you mean SYS_ADMIN?"},
		{container: "securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN]}}"},
		{container: "securityContext: {seccompProfile: {type: Localhost}}", want: "spec.containers[0].securityContext.seccompProfile.localhostProfile: is required\n  hint: name the profile's file"},
		{container: "securityContext: {seccompProfile: {type: Localhost, localhostProfile: ../x}}",
			want: "spec.containers[0].securityContext.seccompProfile.localhostProfile: \"../x\" must not contain '..'\n  hint: write the path without .."},
		{spec: "securityContext: {seccompProfile: {type: runtime/default}}",
			want: "spec.securityContext.seccompProfile.type: \"runtime/default\" is not one of Localhost, RuntimeDefault or Unconfined\n  hint: did you mean RuntimeDefault?"},
		{spec: "securityContext: {fsGroup: -1}", want: "spec.securityContext.fsGroup: -1 is not an id, 0-2147483647"},
		{spec: "securityContext: {sysctls: [{name: net.ipv4.tcp_wmem, value: '1'}, {name: net.ipv4.tcp_wmem, value: '2'}]}",
			want: "spec.securityContext.sysctls[1].name: \"net.ipv4.tcp_wmem\" is set already\n  hint: keep one of the two"},
		{spec: "securityContext: {sysctls: [{name: Net, value: '1'}]}", want: "spec.securityContext.sysctls[0].name: \"Net\" is not the name of a sysctl"},

		{spec: "activeDeadlineSeconds: 0", want: "spec.activeDeadlineSeconds: 0 is not a number of seconds, 1-2147483647"},
		{spec: "subdomain: a.b", want: "spec.subdomain: \"a.b\" is not a name: lower-case letters, digits and -, at most 63, not - at an end\n  hint: did you mean a-b?"},
		{spec: "hostAliases: [{ip: 1.2.3, hostnames: [a]}]", want: "spec.hostAliases[0].ip: \"1.2.3\" is not an IP address\n  hint: write one such as 127.0.0.1 or ::1"},
		{spec: "hostAliases: [{ip: 1.2.3.4, hostnames: [a_b]}]",
			want: "spec.hostAliases[0].hostnames[0]: \"a_b\" is not a name: lower-case letters, digits, - and ., at most 253, a letter or digit at each end and beside each dot\n  hint: did you mean a-b?"},
		{spec: "dnsPolicy: None", want: "spec.dnsConfig.nameservers: is required with dnsPolicy None\n  hint: name a server, or choose another dnsPolicy"},
		{spec: "dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}", want: "spec.dnsConfig.nameservers: has 4 entries, at most 3 are allowed"},
		{spec: "dnsConfig: {searches: [., _tcp.example.com., a b]}", want: "spec.dnsConfig.searches[2]: \"a b\" is not a DNS name"},
		{spec: "dnsConfig: {options: [{value: x}]}", want: "spec.dnsConfig.options[0].name: is required"},
		{spec: "hostPID: true\nshareProcessNamespace: true", want: "spec.shareProcessNamespace: cannot be true together with hostPID\n  hint: keep one of the two"},
		{spec: "resources: {limits: {cpu: 1}, requests: {cpu: 2}}",
			want: "spec.resources.requests[cpu]: 2 is more than the limit of 1\n  hint: lower the request or raise the limit"},

		{spec: "initContainers: [{name: i, image: i, livenessProbe: {exec: {command: [a]}}}]",
			want: "spec.initContainers[0].livenessProbe: may not be set on an init container that runs to its end\n  hint: make it a sidecar with restartPolicy: Always, or remove this"},
		{spec: "initContainers: [{name: i, image: i, restartPolicy: Always, livenessProbe: {exec: {command: [a]}}, lifecycle: {preStop: {exec: {command: [a]}}}}]"},
		{spec: "initContainers: [{name: i, image: i, lifecycle: {preStop: {exec: {command: [a]}}}}]",
			want: "spec.initContainers[0].lifecycle: may not be set on an init container that runs to its end\n  hint: make it a sidecar with restartPolicy: Always, or remove this"},
		{spec: "initContainers: [{name: i, image: i, ports: [{containerPort: 1, hostPort: 1}]}]", container: "ports: [{containerPort: 1, hostPort: 1}]"},
		{spec: "initContainers: [{name: i, image: i, restartPolicy: Always, ports: [{containerPort: 1, hostPort: 1}]}]", container: "ports: [{containerPort: 1, hostPort: 1}]",
			want: "spec.containers[0].ports[0].hostPort: 1/tcp is published by spec.initContainers[0].ports[0].hostPort already\n  hint: publish another port of the host"},

		{spec: "volumes: [{name: v}]", container: "volumeMounts: [{name: v, mountPath: /v, subPath: /a}]",
			want: "spec.containers[0].volumeMounts[0].subPath: \"/a\" must be a relative path\n  hint: write it without the / in front"},
		{spec: "volumes: [{name: v}]", container: "volumeMounts: [{name: v, mountPath: /v, subPath: a/../b}]",
			want: "spec.containers[0].volumeMounts[0].subPath: \"a/../b\" must not contain '..'\n  hint: write the path without .."},
		{spec: "volumes: [{name: v}]", container: "volumeMounts: [{name: v, mountPath: /v, subPath: ..a}]"},
		{spec: "volumes: [{name: v}]", container: "volumeMounts: [{name: v, mountPath: /v, subPath: a, subPathExpr: b}]",
			want: "spec.containers[0].volumeMounts[0].subPathExpr: subPathExpr and subPath are mutually exclusive\n  hint: keep one of the two"},
		{spec: "volumes: [{name: v}]", container: "volumeMounts: [{name: v, mountPath: /v, mountPropagation: Bidirectional}]",
			want: "spec.containers[0].volumeMounts[0].mountPropagation: Bidirectional needs a privileged container"},
		{spec: "volumes: [{name: v}]", container: "volumeMounts: [{name: v, mountPath: /v, recursiveReadOnly: Enabled}]",
			want: "spec.containers[0].volumeMounts[0].recursiveReadOnly: Enabled needs a mount that is read-only\n  hint: set readOnly: true too"},
		{container: "env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]"},
		{container: "env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"metadata.annotations['a/b/c']\"}}}]",
			want: "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: \"metadata.annotations['a/b/c']\" does not name a label or annotation"},
		{container: "env: [{name: A, valueFrom: {resourceFieldRef: {}}}]",
			want: "spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: is required\n  hint: such as limits.memory"},
	} {
		text := "metadata: {name: p}\nspec:\n  " + strings.ReplaceAll(test.spec, "\n", "\n  ") + "\n  containers:\n  - name: c\n    image: i\n    " + strings.ReplaceAll(test.container, "\n", "\n    ")
		var pod v1.Pod
		if err := yaml.UnmarshalStrict([]byte(text), &pod); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		setDefaults(&pod, "default")
		var c checker
		c.pod(&pod)
		var lines []string
		for _, f := range c.findings {
			lines = append(lines, strings.TrimPrefix(f.Problem.String(), ": "))
		}
		if got := strings.Join(lines, "\n"); got != test.want {
			t.Errorf("%s\n%s\n got %s\nwant %s", test.spec, test.container, got, test.want)
		}
	}
}

// Values of annotations, which the field table may not let pass yet.
func TestAnnotationValues(t *testing.T) {
	for value, ok := range map[string]bool{
		"shop": true, "shop/blue": true, "a.b": true, "..a": true, ".": true, "a/": true,
		"": false, "/shop": false, "..": false, "../x": false, "a/../b": false, "a/..": false, "a:b": false,
	} {
		if detail, _ := checkSubdir(value); (detail == "") != ok {
			t.Errorf("volume-subdir %q: %q", value, detail)
		}
	}
	for value, ok := range map[string]bool{
		"backend": true, "a": true, "A_b.c-1": true, "1": true, "": false, "-a": false, "a b": false, "a/b": false, "a\n": false,
	} {
		if detail, _ := checkNetwork(value); (detail == "") != ok {
			t.Errorf("network %q: %q", value, detail)
		}
	}
}

// Large values: the limits of ConfigMaps, Secrets and annotations.
func TestSizes(t *testing.T) {
	large := strings.Repeat("x", maxConfig+1)
	for _, text := range []string{
		configMap("c") + "data: {a: " + large + "}\n",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: " + large + "}\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {a: " + large[:maxAnnotations] + "}}\n",
	} {
		_, problems := loadText(t, text)
		var got bytes.Buffer
		problems.Print(&got)
		if len(problems) != 1 || got.Len() > 300 || !strings.Contains(got.String(), "are allowed") {
			t.Errorf("%.300s", &got)
		}
	}
	if _, problems := loadText(t, configMap("c")+"data: {a: "+large[1:]+"}\n"); len(problems) > 0 {
		t.Errorf("%.300s", problems)
	}
}
