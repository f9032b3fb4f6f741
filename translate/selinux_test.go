package translate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

const labelled = `
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: {bind-mount-options: "%s"}
spec:
%s
  volumes:
  - {name: claim, persistentVolumeClaim: {claimName: data}}
  - {name: own, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}
  - {name: empty, emptyDir: {}}
  - {name: memory, emptyDir: {medium: Memory}}
  - {name: written, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
  - {name: pages, hostPath: {path: /srv/pages}}
  - {name: etc, hostPath: {path: /etc}}
`

// TestRelabel shows which containers may use each kind of volume on a host with SELinux.
func TestRelabel(t *testing.T) {
	const two = "  containers: [{name: a, image: 'a:1'}, {name: b, image: 'b:1'}]"
	const all, pod = "all pods", "the pod"
	own := func(who string) map[string]string {
		return map[string]string{"": who, "claim": all, "own": who, "empty": who, "memory": who, "written": who, "pages": "", "etc": ""}
	}
	tests := []struct {
		name, annotation, spec string
		want                   func(labels map[string]string)
		own                    string
		warning                string
	}{
		{name: "usual", annotation: "/srv/pages:z", spec: two, own: pod, want: func(l map[string]string) { l["pages"] = all }},
		{name: "private", annotation: "/srv/pages/:Z", spec: two, own: pod, want: func(l map[string]string) { l["pages"] = pod }},
		{name: "no such volume", annotation: "/srv:z", spec: two, own: pod, want: func(map[string]string) {},
			warning: "no hostPath volume of the pod is /srv"},
		{name: "one level for all", annotation: "/srv/pages:z", own: pod, want: func(l map[string]string) { l["pages"] = all },
			spec: "  securityContext: {seLinuxOptions: {level: 's0:c1,c2'}}\n" + two},
		{name: "a level each", annotation: "/srv/pages:z", own: all, want: func(l map[string]string) { l["pages"] = all },
			spec: "  containers: [{name: a, image: 'a:1'}, {name: b, image: 'b:1', securityContext: {seLinuxOptions: {level: 's0:c1,c2'}}}]"},
		{name: "one is privileged", annotation: "/srv/pages:Z", own: all, want: func(l map[string]string) { l["pages"] = all },
			spec: "  containers: [{name: a, image: 'a:1'}, {name: b, image: 'b:1', securityContext: {privileged: true}}]"},
		{name: "all are privileged", annotation: "/srv/pages:Z", own: pod, want: func(l map[string]string) { l["pages"] = pod },
			spec: "  containers: [{name: a, image: 'a:1', securityContext: {privileged: true}}]"},
		{name: "a type alone", annotation: "/srv/pages:z", own: all, want: func(l map[string]string) { l["pages"] = all },
			spec: "  securityContext: {seLinuxOptions: {type: container_t}}\n" + two},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := func(spec string) *manifests.Set {
				return load(t, []txtar.File{{Name: "in.yaml", Data: fmt.Appendf(nil, labelled, test.annotation, spec)}})
			}
			h := host
			h.SELinux = true
			p, problems := translate.Translate(in(test.spec), h)
			if problems.HasErrors() || strings.Contains(problemText(problems), "no hostPath volume") != (test.warning != "") {
				t.Fatal(problemText(problems))
			}
			words := map[string]string{"all": all, "pod": pod}
			got := map[string]string{"": words[string(p.Pods[0].Relabel)]}
			for _, v := range p.Pods[0].Volumes {
				got[v.Name] = words[string(v.Relabel)]
			}
			want := own(test.own)
			test.want(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			p, _ = translate.Translate(in(two), host)
			if strings.Contains(p.Text(plan.TextOptions{}), "relabelled") {
				t.Error("something is relabelled on a host without SELinux")
			}
		})
	}
}
