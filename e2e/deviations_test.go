package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/manifests"
)

// deviationFields name the field whose row tells users of each fact that is not as with a kubelet. Fact 0.4, of keys that
// are no fields, has no row; the page of fields begins with it.
var deviationFields = map[string]string{
	"0.4":  "",
	"0.11": "pod.spec.containers.workingDir",
	"1.24": "pod.spec.containers.env.value",
	"2.19": "pod.spec.dnsPolicy",
	"5.14": "pod.spec.volumes.projected.sources.serviceAccountToken",
	"5.15": "pod.spec.volumes.projected.sources.serviceAccountToken",
	"7.1":  "pod.spec.securityContext.seccompProfile.type",
	"7.5":  "pod.spec.securityContext.runAsGroup",
	"7.14": "pod.spec.securityContext.runAsNonRoot",
	"7.23": "pod.spec.containers.securityContext.capabilities.add",
	"7.24": "pod.spec.containers.securityContext.capabilities.add",
	"7.34": "pod.spec.securityContext.sysctls.name",
	"8.4":  "pod.spec.containers.image", "11.11": "pod.spec.containers.image", "11.12": "pod.spec.containers.image",
	"9.19":  "pod.spec.containers.lifecycle.stopSignal",
	"10.16": "pod.spec.containers.readinessProbe.tcpSocket.port",
	"10.25": "pod.spec.restartPolicy",
	"11.13": "pod.spec.containers.resources.limits",
	"12.1":  "pod.spec.shareProcessNamespace",
	"12.5":  "pod.spec.hostUsers",
	"3.6":   "pod.spec.containers.resources.limits", "13.1": "pod.spec.containers.resources.limits", "13.2": "pod.spec.containers.resources.limits",
	"13.3": "pod.spec.containers.resources.limits", "13.4": "pod.spec.containers.resources.limits", "13.5": "pod.spec.containers.resources.limits",
	"13.7": "pod.spec.resources.limits", "13.8": "pod.spec.resources.limits", "13.12": "pod.spec.resources.limits",
	"13.11": "pod.spec.containers.resources.requests",
	"14.1":  "pod.spec.containers.ports.hostIP",
}

// TestDeviationsAreInTheFieldTable checks that what a script says of a deviation, users can read, too.
func TestDeviationsAreInTheFieldTable(t *testing.T) {
	known, err := knownFacts()
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]string{}
	for _, f := range known {
		if f.class == "differs" {
			numbers[f.number] = "facts.tsv"
		}
	}
	scripts, _ := filepath.Glob("testdata/*.txtar")
	said := regexp.MustCompile(`(?m)^(?:\[!?[\w-]+\] )*deviates (\S+) `)
	for _, file := range scripts {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(b), -1) {
			numbers[m[1]] = file
		}
	}
	for number, file := range numbers {
		path, ok := deviationFields[number]
		if !ok {
			t.Errorf("%s: fact %s deviates, and no field's row says so", file, number)
		}
		if rows := manifests.Fields(path); path != "" && (len(rows) == 0 || rows[0].Reason+rows[0].Docker+rows[0].Podman == "") {
			t.Errorf("%s: fact %s: the row of %s says nothing", file, number, path)
		}
	}
	for number := range deviationFields {
		if numbers[number] == "" {
			t.Errorf("fact %s does not deviate any more", number)
		}
	}
	page, err := os.ReadFile("../docs/fields.md")
	if err != nil || !strings.Contains(string(page), "is no field is an error") {
		t.Errorf("the page of fields does not say what a key that is no field is (%v)", err)
	}
}
