package translate_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

// TestWallsOfTheHost translates walls for a host that has all of them; the golden files are of one that has none.
func TestWallsOfTheHost(t *testing.T) {
	h := host
	h.AppArmor, h.SELinux = true, true
	set := load(t, []txtar.File{{Name: "in.yaml", Data: []byte(`
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/noted: localhost/from-note
    container.apparmor.security.beta.kubernetes.io/default: runtime/default
    container.apparmor.security.beta.kubernetes.io/open: unconfined
spec:
  securityContext:
    appArmorProfile: {type: Localhost, localhostProfile: of-pod}
    seLinuxOptions: {user: u, level: "s0:c1,c2"}
  containers:
  - {name: pod, image: a:1}
  - {name: noted, image: a:1}
  - {name: default, image: a:1}
  - {name: open, image: a:1}
  - {name: own, image: a:1, securityContext: {appArmorProfile: {type: Unconfined}, seLinuxOptions: {type: t}}}
`)}})
	p, problems := translate.Translate(set, h)
	if problems.HasErrors() {
		t.Fatal(problemText(problems))
	}
	var got []string
	for _, u := range p.Pods[0].Units {
		got = append(got, u.Name+": "+u.Security.AppArmor+" "+u.Security.SELinux.String())
	}
	want := "pod: of-pod u:*:*:s0:c1,c2\nnoted: from-note u:*:*:s0:c1,c2\ndefault:  u:*:*:s0:c1,c2\n" +
		"open: " + plan.Unconfined + " u:*:*:s0:c1,c2\nown: " + plan.Unconfined + " *:*:t:*"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
