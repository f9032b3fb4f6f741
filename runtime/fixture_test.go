package runtime

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
	}
}

// infraImage is what a docker dialect would ask for.
var infraImage = InfraImage{Ref: "kubehost/pause:1"}

// pod is a pod with a sandbox and nothing else.
func pod(namespace, name string) plan.Pod {
	p := plan.Pod{Ref: plan.Ref{Namespace: namespace, Name: name}, ID: name, RestartPolicy: plan.RestartAlways, GracePeriod: 30}
	network := "kubehost"
	if namespace != "default" {
		p.ID, network = namespace+"."+name, "kubehost-"+namespace
	}
	p.Dir = "/state/pods/" + namespace + "/" + name
	p.Sandbox = plan.Sandbox{ID: p.ID + "-infra", Network: network, Hostname: name, Aliases: []string{name}}
	return p
}

// unit adds a container to a pod.
func unit(p *plan.Pod, role plan.Role, name, image string, mounts ...plan.Mount) {
	p.Units = append(p.Units, plan.Unit{Name: name, ID: p.ID + "-" + name, Role: role, Image: image, Pull: plan.PullIfNotPresent, Mounts: mounts})
}

// filesVolume adds a Files volume with one file to a pod.
func filesVolume(p *plan.Pod, name, content string) {
	p.Volumes = append(p.Volumes, plan.Volume{Name: name, Kind: plan.Files, Path: p.Dir + "/volumes/" + name,
		Files: []plan.File{{Path: "file", Mode: 0o644, Content: []byte(content)}}})
}

// webPod has one of each: an init container, two main ones, a claim and a Files volume.
func webPod() plan.Pod {
	p := pod("default", "web")
	p.Volumes = []plan.Volume{{Name: "data", Kind: plan.Claim, Path: "/volumes/default/data", Claim: "data"}}
	filesVolume(&p, "page", "hello")
	unit(&p, plan.Init, "setup", "docker.io/library/tool:1", plan.Mount{Volume: "data", Target: "/data"})
	unit(&p, plan.Main, "nginx", "docker.io/library/nginx:1", plan.Mount{Volume: "page", Target: "/page", ReadOnly: true})
	unit(&p, plan.Main, "log", "docker.io/library/log:1", plan.Mount{Volume: "data", Target: "/data"})
	return p
}

// simplePod has one main container and nothing else.
func simplePod(namespace, name string) plan.Pod {
	p := pod(namespace, name)
	unit(&p, plan.Main, "app", "docker.io/library/app:1")
	return p
}
