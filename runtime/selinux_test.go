package runtime_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// labelledPod has volumes of each kind with the labels that they get on a host with SELinux.
func labelledPod() plan.Pod {
	p := plan.Pod{Ref: plan.Ref{Namespace: "shop", Name: "web"}, ID: "shop.web", Dir: "/state/pods/shop/web", Relabel: plan.ForPod,
		RestartPolicy: plan.RestartAlways, GracePeriod: 30, Sandbox: plan.Sandbox{ID: "shop.web-infra", Network: "kubehost-shop", Hostname: "web"}}
	p.Volumes = []plan.Volume{
		{Name: "claim", Kind: plan.Claim, Path: `/volumes/a,b "c"`, Relabel: plan.ForAll},
		{Name: "empty", Kind: plan.EmptyDir, Path: p.Dir + "/empty/empty", Relabel: plan.ForPod},
		{Name: "files", Kind: plan.Files, Path: p.Dir + "/volumes/files", Relabel: plan.ForPod},
		{Name: "host", Kind: plan.HostPath, Path: "/etc"},
		{Name: "named", Kind: plan.HostPath, Path: "/srv/pages", Relabel: plan.ForAll},
		{Name: "colon", Kind: plan.Claim, Path: "/mnt/a:b", Relabel: plan.ForAll},
	}
	app := plan.Unit{Name: "app", ID: "shop.web-app", Role: plan.Main, Image: "docker.io/library/app:1", Lifecycle: plan.Lifecycle{MessagePath: "/dev/termination-log"},
		Mounts: []plan.Mount{{Volume: "claim", Target: "/claim"}, {Volume: "empty", Target: "/empty", ReadOnly: true}, {Volume: "claim", Target: "/part", SubPath: "x"},
			{Volume: "files", Target: "/file", SubPath: "name"}, {Volume: "host", Target: "/host", ReadOnly: true},
			{Volume: "named", Target: "/named", Propagation: plan.BothPropagations}, {Volume: "named", Target: "/slave", ReadOnly: true, Propagation: plan.HostToContainer}}}
	colon := plan.Unit{Name: "colon", ID: "shop.web-colon", Role: plan.Main, Image: "docker.io/library/app:1", Mounts: []plan.Mount{{Volume: "colon", Target: "/colon"}}}
	p.Units = []plan.Unit{app, colon}
	return p
}

// TestSELinuxArgv compares how both runtimes are told to relabel. There is no host with SELinux among those of the tests.
func TestSELinuxArgv(t *testing.T) {
	p := labelledPod()
	var b strings.Builder
	for _, e := range engines(t)[:2] {
		for _, u := range p.Units {
			fmt.Fprintf(&b, "\n# %s: %s\n", e.Dialect.Name(), u.Name)
			for line := range strings.Lines(rendered(e.Action(runtime.RunContainer{Pod: &p, Unit: u}))) {
				for _, word := range []string{"--mount type", "--volume", "chcon", "relabel"} {
					if strings.Contains(line, word) {
						b.WriteString(line)
						break
					}
				}
			}
		}
	}
	golden(t, "selinux.txt", b.String())
}

// TestSELinuxIsUsed: what a manifest asks of SELinux is refused where the runtime does not use it.
func TestSELinuxIsUsed(t *testing.T) {
	for _, e := range engines(t)[:2] {
		s := e.Dialect.Features().SELinux
		for says, want := range map[string]int{"[name=seccomp,profile=default name=selinux] true": 0, "[name=seccomp,profile=default] false": 1} {
			file := filepath.Join(t.TempDir(), "runtime")
			if err := os.WriteFile(file, []byte("#!/bin/sh\ntest \"$1 $2 $3\" = \"info --format "+s.Format+"\" && echo '"+says+"'\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			if res, err := (runtime.Exec{}).Run(t.Context(), s.Asks(file)); err != nil || res.Code != want {
				t.Errorf("%s says %q: exit code %d, %v", e.Dialect.Name(), says, res.Code, err)
			}
		}
	}
}
