package manifests

import (
	"strings"
	"testing"
)

func TestClosest(t *testing.T) {
	keys := []string{"image", "imagePullPolicy", "name", "command", "args", "env", "envFrom", "ports", "tty"}
	for name, want := range map[string]string{
		"imagee": "image", "iamge": "image", "imag": "image", "Image": "image", "images": "image",
		"image_pull_policy": "imagePullPolicy", "imagePullPolicey": "imagePullPolicy", "imagepullpolicy": "imagePullPolicy",
		"port": "ports", "arg": "args", "comand": "command", "commands": "command", "evn": "env", "nmae": "name",
		"x": "", "foo": "", "volume": "", "a": "", "": "", "ttx": "tty", "environment": "",
	} {
		if got := closest(name, keys); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "xabc", 1}, {"abc", "axc", 1}, {"kitten", "sitting", 3},
	} {
		if got := distance(test.a, test.b, 10); got != test.want {
			t.Errorf("%q %q: %d, want %d", test.a, test.b, got, test.want)
		}
		if got := distance(test.b, test.a, 10); got != test.want {
			t.Errorf("%q %q: %d, want %d", test.b, test.a, got, test.want)
		}
	}
}

// Where a key is meant, by the place in which it was found.
func TestSuggest(t *testing.T) {
	for path, want := range map[string]string{
		"metadata.restartPolicy":                        "did you mean spec.restartPolicy?",
		"metadata.containers":                           "did you mean spec.containers?",
		"restartPolicy":                                 "did you mean spec.restartPolicy?",
		"containers":                                    "did you mean spec.containers?",
		"name":                                          "did you mean metadata.name?",
		"namespace":                                     "did you mean metadata.namespace?",
		"annotations":                                   "did you mean metadata.annotations?",
		"spec.image":                                    "did you mean spec.containers[].image?",
		"spec.ports":                                    "did you mean spec.containers[].ports?",
		"spec.volumeMounts":                             "did you mean spec.containers[].volumeMounts?",
		"spec.livenessProbe":                            "did you mean spec.containers[].livenessProbe?",
		"spec.containers[0].hostPort":                   "did you mean spec.containers[0].ports[].hostPort?",
		"spec.containers[0].containerPort":              "did you mean spec.containers[0].ports[].containerPort?",
		"spec.containers[0].mountPath":                  "did you mean spec.containers[0].volumeMounts[].mountPath?",
		"spec.containers[0].dnsPolicy":                  "did you mean spec.dnsPolicy?",
		"spec.containers[0].limits":                     "did you mean spec.containers[0].resources.limits?",
		"spec.containers[0].privileged":                 "did you mean spec.containers[0].securityContext.privileged?",
		"spec.containers[0].runAsUser":                  "did you mean spec.containers[0].securityContext.runAsUser?",
		"spec.containers[0].secretRef":                  "did you mean spec.containers[0].envFrom[].secretRef?",
		"spec.containers[0].ports[0].port":              "did you mean containerPort?",
		"spec.containers[0].ports[0].hostport":          "did you mean hostPort?",
		"spec.containers[0].resources.memory":           "kubehost fields pod.spec.containers.resources lists the fields there are",
		"spec.containers[0].env[0].key":                 "did you mean name?",
		"spec.containers[0].env[0].secretKeyRef":        "did you mean valueFrom.secretKeyRef?",
		"spec.containers[0].env[0].valueFrom.secretRef": "did you mean spec.containers[0].envFrom[].secretRef?",
		"spec.containers[0].volumeMounts[0].hostPath":   "hostPath belongs to the volume, in spec.volumes; the mount names that volume",
		"spec.volumes[0].path":                          "did you mean spec.volumes[0].hostPath.path?",
		"spec.volumes[0].secretName":                    "did you mean spec.volumes[0].secret.secretName?",
		"spec.volumes[0].configmap":                     "did you mean configMap?",
		"spec.volumes[0].hostpath":                      "did you mean hostPath?",
		"spec.containers[0].livenessProbe.timeout":      "did you mean timeoutSeconds?",
		"spec.volumes[0].emptyDir.size":                 "did you mean sizeLimit?",
		"spec.restart":                                  "did you mean restartPolicy?",
		"spec.services":                                 "each service of a compose file becomes a container in spec.containers",
	} {
		if got := suggestFor(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// suggestFor makes a Pod with that one key, and returns the hint about it.
func suggestFor(path string) string {
	set := parsePath(path)
	d := parse("stdin", split([]byte(set))[0])[0]
	dec := decoder{kind: "Pod", root: schemas()["Pod"], document: d}
	dec.value(d.root, dec.root)
	for _, f := range dec.findings {
		if f.Path == path {
			return f.Hint
		}
	}
	return "not found"
}

// parsePath writes a path as YAML: a[0].b becomes {a: [{b: null}]}.
func parsePath(path string) string {
	before, after := "{", "}"
	for segment := range strings.SplitSeq(path, ".") {
		name, isList := strings.CutSuffix(segment, "[0]")
		if isList {
			before, after = before+name+": [{", "}]"+after
		} else {
			before, after = before+name+": {", "}"+after
		}
	}
	return before + after
}
