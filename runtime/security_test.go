package runtime_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// walledPod has a container for each form of what a container may be, do and use.
func walledPod() plan.Pod {
	id := func(n int64) *int64 { return &n }
	p := plan.Pod{Ref: plan.Ref{Namespace: "shop", Name: "walls"}, ID: "shop.walls", Dir: "/state/pods/shop/walls",
		RestartPolicy: plan.RestartAlways, GracePeriod: 30}
	p.Sandbox = plan.Sandbox{ID: "shop.walls-infra", Network: "kubehost-shop", Hostname: "walls"}
	for _, u := range []plan.Unit{
		{Name: "init", Role: plan.Init, Terminal: plan.Terminal{Stdin: true, TTY: true}},
		{Name: "user", Identity: plan.Identity{User: id(1000), Groups: []int64{2000, 3000}}},
		{Name: "both", Identity: plan.Identity{User: id(0), Group: id(2345)}},
		{Name: "group", Identity: plan.Identity{Group: id(2345)}},
		{Name: "careful", Identity: plan.Identity{NonRoot: true}, Security: plan.Security{NoNewPrivileges: true, ReadOnlyRoot: true,
			DropCapabilities: []string{"ALL"}, AddCapabilities: []string{"NET_BIND_SERVICE"}, Seccomp: "/state/seccomp/a b.json",
			AppArmor: "web", SELinux: plan.SELinux{Type: "svirt_lxc_net_t", Level: "s0:c1,c2"}}},
		{Name: "open", Security: plan.Security{Seccomp: plan.Unconfined, AppArmor: plan.Unconfined, Unmasked: true,
			AddCapabilities: []string{"ALL"}, DropCapabilities: []string{"CHOWN", "NET_RAW"}}},
		{Name: "root", Security: plan.Security{Privileged: true, Unmasked: true, Seccomp: "/state/seccomp/a.json", DropCapabilities: []string{"ALL"}}},
		{Name: "small", Resources: plan.Resources{CPUShares: 2, OOMScore: 1000}},
		{Name: "large", Resources: plan.Resources{CPUShares: 102, CPUQuota: 150000, Memory: 64 << 20, OOMScore: 3,
			Devices: []plan.Device{{Name: plan.NvidiaGPU, Count: 2}, {Name: "vendor.com/class=a"}}}},
		{Name: "open-stdin", Terminal: plan.Terminal{Stdin: true}},
		{Name: "tty", Terminal: plan.Terminal{TTY: true}},
		{Name: "message", Lifecycle: plan.Lifecycle{MessagePath: "/run/a,b"}},
		{Name: "stop-signal", StopSignal: "SIGQUIT"},
		{Name: "own-message", Lifecycle: plan.Lifecycle{MessagePath: "/m"}, Mounts: []plan.Mount{{Volume: "m", Target: "/m"}}},
	} {
		u.ID, u.Image, u.Pull = p.ID+"-"+u.Name, "docker.io/library/app:1", plan.PullNever
		if u.Role == "" {
			u.Role = plan.Main
		}
		p.Units = append(p.Units, u)
	}
	p.Volumes = []plan.Volume{{Name: "m", Kind: plan.HostPath, Path: "/srv/m"}}
	return p
}

// labels are those of a container, and with them the hash that changes whenever a plan gets a field.
var labels = regexp.MustCompile(`(?m)^    --label .*\n`)

// TestSecurityArgv compares the flags of both runtimes, and what is checked before.
func TestSecurityArgv(t *testing.T) {
	p := walledPod()
	var b strings.Builder
	all := engines(t)
	all[2].Limits = runtime.Limits{MinOOMScore: 200, NoCPUWeight: true}
	for _, u := range p.Units {
		fmt.Fprintf(&b, "\n# %s\n", u.Name)
		for _, op := range []runtime.Op{runtime.CheckUser{Pod: p.Ref, Unit: u}, runtime.RunContainer{Pod: &p, Unit: u}} {
			docker, podman, rootless := rendered(all[0].Action(op)), rendered(all[1].Action(op)), rendered(all[2].Action(op))
			if _, ok := op.(runtime.CheckUser); ok && !strings.Contains(docker, "inspect") {
				continue
			}
			fmt.Fprintf(&b, "docker:\n%spodman:\n%s", docker, podman)
			if rootless != podman {
				fmt.Fprintf(&b, "podman, rootless:\n%s", rootless)
			}
		}
	}
	golden(t, "security.txt", labels.ReplaceAllString(b.String(), ""))
}

// TestSecurityIsCheckedFirst shows that a check which fails leaves the host as it is.
func TestSecurityIsCheckedFirst(t *testing.T) {
	p := walledPod()
	steps, err := runtime.Decide(runtime.Desired{Plan: plan.Plan{Pods: []plan.Pod{p}}}, runtime.Observed{}, runtime.InfraImage{})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "security-steps.txt", steps.Text())
}

// TestCheckUser runs the check against images with different users.
func TestCheckUser(t *testing.T) {
	p := walledPod()
	e := engines(t)[0]
	careful, group := p.Units[4], p.Units[3]
	for _, test := range []struct {
		unit       plan.Unit
		user, want string
	}{
		{careful, "", `container has runAsNonRoot and image will run as root (pod: "walls_shop", container: careful)`},
		{careful, "0", `container has runAsNonRoot and image will run as root (pod: "walls_shop", container: careful)`},
		{careful, "0:1000", `container has runAsNonRoot and image will run as root (pod: "walls_shop", container: careful)`},
		{careful, "00", `container has runAsNonRoot and image will run as root (pod: "walls_shop", container: careful)`},
		{careful, "app", `container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "walls_shop", container: careful)`},
		{careful, "root", `container has runAsNonRoot and image has non-numeric user (root), cannot verify user is non-root (pod: "walls_shop", container: careful)`},
		{careful, "1000", ""},
		{careful, "1000:app", ""},
		{group, "", ""},
		{group, "0:0", ""},
		{group, "root", ""},
		{group, "1000", `container has runAsGroup without runAsUser, and the image's user is 1000 (pod: "walls_shop", container: group)`},
		{group, "app:app", `container has runAsGroup without runAsUser, and the image's user is app (pod: "walls_shop", container: group)`},
	} {
		dir := t.TempDir()
		script := "#!/bin/sh\n[ \"$1 $2 $5\" = 'image inspect docker.io/library/app:1' ] || exit 9\necho '" + test.user + "'\n"
		if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
		a := e.Action(runtime.CheckUser{Pod: p.Ref, Unit: test.unit})
		res, err := runtime.Exec{}.Run(context.Background(), a.Run[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(string(res.Stderr)); got != test.want || (res.Code == 0) != (test.want == "") {
			t.Errorf("image of %q: exit %d, %q, want %q", test.user, res.Code, got, test.want)
		}
	}
}
