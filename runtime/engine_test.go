package runtime_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if flag.Lookup("update").Value.String() == "true" {
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

// shortInfra is docker's dialect with a fixed infra image, so that the golden files hold no archive.
type shortInfra struct{ docker.Dialect }

func (shortInfra) Infra() runtime.InfraImage {
	return runtime.InfraImage{Ref: "kubehost/pause:1", Archive: bytes.Repeat([]byte("pause"), 20)}
}

func engines(t *testing.T) []runtime.Engine {
	t.Helper()
	d, err := docker.New("amd64")
	if err != nil {
		t.Fatal(err)
	}
	return []runtime.Engine{{Dialect: shortInfra{d}}, {Dialect: podman.Dialect{}}, {Dialect: podman.Dialect{Rootless: true, Groups: 65537}}}
}

// hash is any hash of a part of the plan: that they are the right ones is for other tests.
var hash = regexp.MustCompile(`\b[0-9a-f]{32}\b`)

const topSecret = "it's a\nsecret"

var group = int64(4567)

// richPod sets everything that can be set.
func richPod() plan.Pod {
	p := plan.Pod{Ref: plan.Ref{Namespace: "shop", Name: "web"}, ID: "shop.web", Dir: "/state/pods/shop/web",
		Labels:        map[string]string{"app": "web", "app.kubernetes.io/part-of": "shop", "kubehost.dev/id": "forged", "kubehost.dev/network": "forged"},
		RestartPolicy: plan.RestartOnFailure, GracePeriod: 7}
	p.Sandbox = plan.Sandbox{ID: "shop.web-infra", Network: "kubehost-shop", Hostname: "www", Aliases: []string{"web", "web-nginx", "www.shop"},
		Ports: []plan.Port{
			{HostIP: "127.0.0.1", HostPort: 8080, ContainerPort: 80, Protocol: plan.TCP},
			{HostIP: "::1", HostPort: 8080, ContainerPort: 80, Protocol: plan.TCP},
			{HostIP: "0.0.0.0", HostPort: 53, ContainerPort: 5353, Protocol: plan.UDP},
		},
		SharePID: true, Sysctls: []plan.Sysctl{{Name: "net.ipv4.ip_local_port_range", Value: "1024 65535"}, {Name: "net.ipv4.ping_group_range", Value: "0 1"}},
		HostNames: []string{"www.sub.shop.svc.cluster.local", "www"}, HostAliases: []plan.HostAlias{{IP: "10.0.0.1", Names: []string{"a", "b"}}},
		DNS: plan.DNS{Policy: plan.DNSClusterFirst, Conf: "search shop.svc.cluster.local\nnameserver " + plan.Resolver + "\noptions ndots:5\n"}}
	p.Volumes = []plan.Volume{
		{Name: "data", Kind: plan.Claim, Path: `/volumes/a,b "c"`, Claim: "data"},
		{Name: "page", Kind: plan.Files, Path: "/state/pods/shop/web/volumes/page", Files: []plan.File{
			{Path: "index.html", Mode: 0o644, Content: []byte("<p>it's\n")},
			{Path: "sub/dir/binary", Mode: 0o400, Content: []byte{0, 1, 255}},
			{Path: "token", Mode: 0o600, Content: []byte(topSecret), Secret: true}}},
		{Name: "cache", Kind: plan.EmptyDir, Path: "/state/pods/shop/web/empty/cache"},
		{Name: "fast", Kind: plan.Memory, Path: "/state/pods/shop/web/memory/fast", Size: 1 << 20},
		{Name: "any", Kind: plan.HostPath, Path: "/srv/any"},
		{Name: "sock", Kind: plan.HostPath, Path: "/run/the sock", Type: plan.Socket},
		{Name: "conf", Kind: plan.HostPath, Path: "/etc/conf", Type: plan.FileOrCreate},
		{Name: "shared", Kind: plan.Claim, Path: "/volumes/shared", Group: &group, RootTells: true},
		{Name: "scratch", Kind: plan.EmptyDir, Path: "/state/pods/shop/web/empty/scratch", Group: &group},
		{Name: "ram", Kind: plan.Memory, Path: "/state/pods/shop/web/memory/ram", Group: &group},
		{Name: "info", Kind: plan.Files, Path: "/state/pods/shop/web/volumes/info", Mode: 0o1777, Group: &group, From: "volume info",
			Files: []plan.File{{Path: "name", Mode: 0o644, Content: []byte("web")}}},
		{Name: "labelled", Kind: plan.Claim, Path: "/volumes/labelled", Claim: "labelled", Relabel: plan.ForAll},
		{Name: "own", Kind: plan.Claim, Path: "/volumes/web-own", Claim: "web-own", Mark: "/state/pods/shop/web/ephemeral/own"},
		{Name: "disk", Kind: plan.HostPath, Path: "/dev/sdx", Type: plan.BlockDevice, Claim: "disk", PersistentVolume: "disk"},
		{Name: "tools", Kind: plan.Image, Path: "docker.io/library/tools:1", Pull: plan.PullIfNotPresent},
	}
	p.Units = []plan.Unit{
		{Name: "setup", ID: "shop.web-setup", Role: plan.Init, Image: "docker.io/library/tool:1", Pull: plan.PullNever,
			Command: []string{"sh", "-c", `echo "$HOME" it's`}, Mounts: []plan.Mount{{Volume: "data", Target: "/da,ta"}}},
		{Name: "nginx", ID: "shop.web-nginx", Role: plan.Main, Image: "docker.io/library/nginx:1", Pull: plan.PullAlways,
			Args: []string{"--verbose", "", "--listen=" + plan.PodIP + ":80"}, WorkingDir: "/a b",
			Env: []plan.EnvVar{{Name: "PLAIN", Value: "a b\nc"}, {Name: "TOKEN", Value: topSecret, Secret: true},
				{Name: "my.token", Value: "one line", Secret: true}, {Name: "EMPTY"}},
			Mounts: []plan.Mount{{Volume: "data", Target: "/data", ReadOnly: true}, {Volume: "page", Target: "/page", ReadOnly: true},
				{Volume: "cache", Target: "/cache"}, {Volume: "fast", Target: "/fast"}}},
		{Name: "log", ID: "shop.web-log", Role: plan.Main, Image: "docker.io/library/log:1", Pull: plan.PullIfNotPresent,
			Mounts: []plan.Mount{{Volume: "any", Target: "/any", Propagation: plan.HostToContainer},
				{Volume: "info", Target: "/name", SubPath: "name", ReadOnly: true}, {Volume: "data", Target: "/log", SubPath: "a b/log"},
				{Volume: "shared", Target: "/shared", Propagation: plan.BothPropagations}, {Volume: "tools", Target: "/tools", ReadOnly: true},
				{Volume: "labelled", Target: "/labelled"}, {Volume: "labelled", Target: "/again", ReadOnly: true, SubPath: "x", Propagation: plan.HostToContainer}},
			BlockDevices: []plan.Mount{{Volume: "disk", Target: "/dev/xvda"}, {Volume: "disk", Target: "/dev/xvdb", ReadOnly: true}}},
	}
	return p
}

func hostPod() plan.Pod {
	return plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "net"}, ID: "net", Dir: "/state/pods/default/net",
		Labels:        map[string]string{"kubehost.dev/network": "forged"},
		RestartPolicy: plan.RestartNever, Sandbox: plan.Sandbox{ID: "net-infra", HostNetwork: true, HostPID: true, HostIPC: true,
			HostAliases: []plan.HostAlias{{IP: "10.0.0.1", Names: []string{"a"}}}, DNS: plan.DNS{Policy: plan.DNSDefault, Conf: "nameserver 192.0.2.53\n"}},
		Units: []plan.Unit{{Name: "app", ID: "net-app", Role: plan.Main, Image: "docker.io/library/app:1", Pull: plan.PullAlways}}}
}

func rendered(a runtime.Action) string {
	var b strings.Builder
	if a.Late != nil {
		fmt.Fprintf(&b, "  late %s\n", a.Late.Masked())
	}
	for _, f := range a.Files {
		for _, line := range f.Script() {
			fmt.Fprintf(&b, "  file: %s\n", line)
		}
	}
	if a.Unless != nil {
		fmt.Fprintf(&b, "  unless %s (lately: %v)\n", a.Unless.Masked(), a.Lately)
	}
	for _, c := range a.Run {
		c.Brief = nil // it is for messages
		// One flag a line, for those who review a change.
		fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(c.Masked(), " --", "\n    --"))
	}
	if a.Then != nil {
		b.WriteString(rendered(*a.Then))
	}
	if a.Optional {
		b.WriteString("  optional\n")
	}
	if a.Failure != "" {
		fmt.Fprintf(&b, "  failure: %s\n", a.Failure)
	}
	if a.Hint != "" {
		fmt.Fprintf(&b, "  hint: %s\n", a.Hint)
	}
	return b.String()
}

// ops has one operation of each kind, and of each form.
func ops(infra runtime.InfraImage) []runtime.Op {
	p, host := richPod(), hostPod()
	always, never := richPod(), richPod()
	always.RestartPolicy, never.RestartPolicy = plan.RestartAlways, plan.RestartNever
	grace := int64(0)
	stop := runtime.Stop{Running: []string{"shop.web-log"}, All: []string{"shop.web-infra", "shop.web-log", "shop.web-nginx"}}
	now := runtime.Stop{Running: []string{"shop.web-log", "shop.web-nginx"}, All: stop.All, Grace: &grace}
	list := []runtime.Op{
		runtime.LoadInfra{Image: infra},
		runtime.EnsureImage{Image: "docker.io/library/a:1", Pull: plan.PullAlways},
		runtime.EnsureImage{Image: "docker.io/library/a:1", Pull: plan.PullIfNotPresent},
		runtime.EnsureImage{Image: "docker.io/library/a:1", Pull: plan.PullNever},
		runtime.EnsureImage{Image: "docker.io/library/a:1", Pull: plan.PullAlways, Logins: []plan.Login{
			{Registry: "docker.io", Username: "bob", Password: topSecret}, {Registry: "docker.io", Username: "eve", PasswordFile: "/root/my pw"}}},
		runtime.Prepared{},
		runtime.CreateNetwork{Name: "kubehost"},
		runtime.RemoveNetwork{Name: "kubehost"},
		runtime.CreateSandbox{Pod: &p}, runtime.CreateSandbox{Pod: &host}, runtime.CreateSandbox{Pod: &always},
		runtime.WriteEtc{Pod: &p}, runtime.WriteEtc{Pod: &host}, runtime.RunContainer{Pod: &host, Unit: host.Units[0]},
	}
	for _, u := range p.Units {
		list = append(list, runtime.RunContainer{Pod: &p, Unit: u})
	}
	sidecar, own := host.Units[0], host.Units[0] // of a pod that restarts nothing
	sidecar.Role, own.Lifecycle.Restart = plan.Sidecar, plan.RestartOnFailure
	journal, driver := host, host.Units[0]
	journal.Journal, driver.Options = true, plan.Options{Both: []string{"--log-opt", "max-size=10m"}}
	list = append(list, runtime.RunContainer{Pod: &journal, Unit: host.Units[0]}, runtime.RunContainer{Pod: &journal, Unit: driver})
	list = append(list, runtime.RunContainer{Pod: &always, Unit: p.Units[2]}, runtime.RunContainer{Pod: &never, Unit: p.Units[2]},
		runtime.RunContainer{Pod: &host, Unit: sidecar}, runtime.RunContainer{Pod: &host, Unit: own},
		runtime.AwaitContainer{ID: "shop.web-setup"},
		runtime.RemoveContainers{Stop: stop}, runtime.RemoveContainers{Stop: now},
		runtime.RemoveContainers{Stop: runtime.Stop{All: []string{"shop.web-log"}}},
		runtime.RemovePod{Stop: stop}, runtime.RemovePod{ID: "shop.web", Stop: now},
		runtime.StopPod{Infra: "web-infra", Stop: now}, runtime.RestartContainer{ID: "web-a", Grace: 30},
		runtime.RemoveFiles{Dir: "/state/pods/shop/web"}, runtime.RemoveClaim{Dir: "/volumes/data"},
		runtime.RemoveImage{ID: "0123", Names: []string{"docker.io/library/a:1", "reg:5000/b:1"}}, runtime.RemoveImage{ID: "0123", Was: "docker.io/library/a:1"})
	for _, v := range p.Volumes {
		list = append(list, runtime.MakeVolume{Volume: v, Setup: true})
	}
	return list
}

func TestArgv(t *testing.T) {
	var b strings.Builder
	all := engines(t)
	for _, op := range ops(all[0].Dialect.Infra()) {
		var texts []string
		for _, e := range all {
			texts = append(texts, rendered(e.Action(op)))
		}
		fmt.Fprintf(&b, "\n# %s\n", strings.ReplaceAll(op.String(), "\n", " "))
		switch {
		case texts[0] == texts[1] && texts[1] == texts[2]:
			fmt.Fprintf(&b, "both:\n%s", texts[0])
			continue
		case texts[1] == texts[2]:
			fmt.Fprintf(&b, "docker:\n%spodman:\n%s", texts[0], texts[1])
		case texts[0] == texts[1]:
			fmt.Fprintf(&b, "docker, podman:\n%spodman, rootless:\n%s", texts[0], texts[2])
		default:
			fmt.Fprintf(&b, "docker:\n%spodman:\n%spodman, rootless:\n%s", texts[0], texts[1], texts[2])
		}
	}
	golden(t, "argv.txt", hash.ReplaceAllString(b.String(), "HASH"))
}

// TestNoSecretInArgv looks at every operation.
func TestNoSecretInArgv(t *testing.T) {
	for _, e := range engines(t) {
		for _, op := range ops(e.Dialect.Infra()) {
			a := e.Action(op)
			for _, c := range a.Run {
				text := strings.Join(c.Argv, " ") + c.Masked() + (&runtime.CommandError{Command: c}).Error()
				if strings.Contains(text, "secret") || strings.Contains(text, "one line") {
					t.Errorf("%s: %s", op, text)
				}
			}
		}
	}
}

// TestSecretReachesTheContainer checks that a value which is in no argv is handed over in another way.
func TestSecretReachesTheContainer(t *testing.T) {
	p := richPod()
	for _, e := range engines(t) {
		c := e.Action(runtime.RunContainer{Pod: &p, Unit: p.Units[1]}).Run[0]
		given := strings.Join(c.Env, "\x00") + "\x00" + string(c.Stdin)
		for _, want := range []string{"TOKEN=" + topSecret, "my.token=one line"} {
			if !strings.Contains(given, want) {
				t.Errorf("%s: no %q in %q", e.Dialect.Name(), want, given)
			}
		}
	}
}

func TestScript(t *testing.T) {
	rich, host := richPod(), hostPod()
	for _, e := range engines(t)[:2] {
		want := plan.Plan{Pods: []plan.Pod{rich, host}}.Masked()
		steps, err := runtime.Decide(runtime.Desired{Plan: want}, runtime.Observed{}, e.Dialect.Infra())
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := e.WriteScript(&b, steps); err != nil {
			t.Fatal(err)
		}
		golden(t, "script-"+e.Dialect.Name()+".sh", hash.ReplaceAllString(b.String(), "HASH"))
		cmd := exec.Command("sh", "-n")
		cmd.Stdin = &b
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: no shell takes the script: %v\n%s", e.Dialect.Name(), err, out)
		}
	}
}

// answers is a Runner that prints the text whose key is the command's second word.
type answers map[string]string

func (a answers) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	return runtime.Result{Stdout: []byte(a[c.Argv[1]])}, nil
}
