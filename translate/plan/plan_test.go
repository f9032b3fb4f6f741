package plan

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example has a value in every field, so that walking it reaches all of them.
func example() Plan {
	deadline, group := int64(600), int64(2000)
	return Plan{
		Networks: []Network{{Name: "kubehost"}},
		Pods: []Pod{{
			Ref: Ref{Namespace: "default", Name: "web"}, ID: "web", Dir: "/var/lib/kubehost/pods/default/web",
			Labels: map[string]string{"b": "2", "a": "1"}, RestartPolicy: RestartAlways, GracePeriod: 30,
			Needs: []Need{{Ref{"default", "db"}, ""}, {Ref{"default", "cache"}, "redis"}}, Manual: true,
			ActiveDeadline: &deadline, FSGroup: &group, Relabel: ForPod,
			Sandbox: Sandbox{
				ID: "web-infra", Network: "kubehost", HostNetwork: true, Hostname: "web", Aliases: []string{"web", "web-c"},
				Ports:   []Port{{"127.0.0.1", 8080, 80, TCP}, {"::1", 5353, 53, UDP}},
				HostPID: true, HostIPC: true, SharePID: true, Sysctls: []Sysctl{{"net.ipv4.tcp_syncookies", "1"}},
				HostNames: []string{"web.sub", "web"}, HostAliases: []HostAlias{{"10.0.0.1", []string{"a", "b"}}},
				DNS: DNS{Policy: DNSClusterFirst, Nameservers: []string{"8.8.8.8"}, Searches: []string{"x.y"}, Options: []string{"ndots:1"},
					Conf: "search x.y\nnameserver " + Resolver + "\n"},
			},
			Volumes: []Volume{
				{Name: "data", Kind: Claim, Path: "/srv/data", Claim: "data", Group: &group, RootTells: true},
				{Name: "host", Kind: HostPath, Path: "/srv/host", Type: Directory},
				{Name: "mem", Kind: Memory, Path: "/mem", Size: 1024},
				{Name: "files", Kind: Files, Path: "/files", Mode: 0o1777, From: "secret files", Files: []File{
					{Path: "a", Mode: 0o644, Content: []byte("text\n")},
					{Path: "b", Mode: 0o400, Content: []byte{0xff}},
					{Path: "s", Mode: 0o400, Content: []byte("hunter2"), Secret: true},
				}},
				{Name: "own", Kind: Claim, Path: "/srv/own", Relabel: ForAll, Claim: "web-own", Mark: "/own", PersistentVolume: "pv"},
				{Name: "image", Kind: Image, Path: "docker.io/library/a:1", Pull: PullNever, Logins: []Login{{Registry: "docker.io", Username: "me", Password: "hunter2"}}},
			},
			Units: []Unit{
				{Name: "i", ID: "web-i", Role: Init, Image: "docker.io/library/busybox:1", Pull: PullNever},
				{
					Name: "c", ID: "web-c", Role: Main, Image: "docker.io/library/nginx:1", Pull: PullAlways,
					Options: Options{Both: []string{"--init"}, Docker: []string{"--isolation=default"}, Podman: []string{"--sdnotify=ignore", "--label=a b"}},
					Logins: []Login{
						{Registry: "docker.io", Username: "bob", Password: "hunter2"},
						{Registry: "docker.io", Username: "eve", PasswordFile: "/root/pw"},
					},
					Command: []string{"sh", "-c"}, Args: []string{"echo \"$A\" " + PodIPs}, WorkingDir: "/w",
					Env:          []EnvVar{{Name: "A", Value: "two\nlines"}, {Name: "P", Value: "hunter2", Secret: true}},
					Mounts:       []Mount{{Volume: "data", Target: "/data"}, {Volume: "files", Target: "/files", ReadOnly: true, SubPath: "a/b", Propagation: HostToContainer}},
					BlockDevices: []Mount{{Volume: "host", Target: "/dev/sda", ReadOnly: true}},
					Lifecycle:    exampleLifecycle(),
					Identity:     Identity{User: new(int64(7)), Group: new(int64(8)), Groups: []int64{9, 10}, NonRoot: true},
					Security: Security{
						Privileged: true, NoNewPrivileges: true, ReadOnlyRoot: true, Unmasked: true,
						AddCapabilities: []string{"NET_ADMIN"}, DropCapabilities: []string{"CHOWN", "KILL"},
						Seccomp: Unconfined, AppArmor: "web", SELinux: SELinux{User: "u", Type: "t"},
					},
					Resources: Resources{CPUShares: 102, CPUQuota: 25000, Memory: 64 << 20, MemoryRequest: 32 << 20, OOMScore: 990,
						Devices: []Device{{Name: NvidiaGPU, Count: 2}, {Name: "vendor.com/class=0"}}},
					Terminal: Terminal{Stdin: true, TTY: true},
				},
			},
		}},
	}
}

// exampleLifecycle has each way to check a container once.
func exampleLifecycle() Lifecycle {
	grace, pause := int64(4), int64(3)
	http := &HTTP{Host: "::1", Port: 80, Path: "/ready", TLS: true, Headers: []Header{{"Host", "web"}, {"X", "a \"b\""}}}
	return Lifecycle{
		Startup:      &Probe{Check: Check{HTTP: http}, InitialDelay: 5, Period: 2, Timeout: 1, Successes: 1, Failures: 30, Grace: &grace},
		Liveness:     &Probe{Check: Check{GRPC: &GRPC{Port: 50051, Service: "web"}}, Period: 10, Timeout: 1, Successes: 1, Failures: 3},
		Readiness:    &Probe{Check: Check{TCP: &TCPDial{Host: "127.0.0.1", Port: 80}}, Period: 10, Timeout: 1, Successes: 2, Failures: 3},
		PostStart:    &Check{Exec: []string{"sh", "-c", "echo \"$A\""}},
		PreStop:      &Check{Sleep: &pause},
		Restart:      RestartOnFailure,
		RestartRules: []RestartRule{{Codes: []int32{42, 43}}, {Codes: []int32{0}, NotIn: true}},
		MessagePath:  "/run/message", MessageFromLogs: true,
	}
}

const exampleText = `network kubehost
pod default/web as web
  dir /var/lib/kubehost/pods/default/web
  label a="1"
  label b="2"
  restart Always
  grace 30s
  needs default/db
  needs default/cache/redis
  not started at boot
  deadline 600s
  fsGroup 2000
  own files relabelled for SELinux: pod
  sandbox web-infra
    network kubehost
    network of the host
    processes of the host
    IPC of the host
    processes shared
    hostname web
    alias web
    alias web-c
    port 127.0.0.1:8080 -> 80/tcp
    port [::1]:5353 -> 53/udp
    sysctl net.ipv4.tcp_syncookies=1
    hosts web.sub web
    hosts "10.0.0.1\ta\tb"
    dns ClusterFirst "search x.y\nnameserver <resolver>\n"
      add nameserver 8.8.8.8
      add search x.y
      add option ndots:1
  volume data: claim /srv/data
    claim data
    group 2000
    group unchanged where the root has it
  volume host: hostPath /srv/host
    type Directory
  volume mem: memory /mem
    size 1024
  volume files: files /files
    mode 1777
    from secret files
    file a 0644 "text\n"
    file b 0400 1 bytes, sha256 a8100ae6aa1940d0b663bb31cd466142
    file s 0400 ***
  volume own: claim /srv/own
    claim web-own
    persistentVolume pv
    removed with the pod, marked by /own
    relabelled for SELinux: all
  volume image: image docker.io/library/a:1
    pull Never
    login docker.io as "me", password ***
  init i as web-i
    image docker.io/library/busybox:1
    pull Never
  main c as web-c
    image docker.io/library/nginx:1
    pull Always
    login docker.io as "bob", password ***
    login docker.io as "eve", password in /root/pw
    command ["sh" "-c"]
    args ["echo \"$A\" <podIPs>"]
    workingDir /w
    env A="two\nlines"
    env P=***
    mount data on /data
    mount files/a/b on /files, read-only, HostToContainer
    device host on /dev/sda, read-only
    option "--init"
    option of docker "--isolation=default"
    option of podman "--sdnotify=ignore"
    option of podman "--label=a b"
    startup get https://[::1]:80/ready, every 2s, timeout 1s, successes 1, failures 30, delay 5s, grace 4s
      header Host: "web"
      header X: "a \"b\""
    liveness grpc :50051 "web", every 10s, timeout 1s, successes 1, failures 3
    readiness connect 127.0.0.1:80, every 10s, timeout 1s, successes 2, failures 3
    postStart exec ["sh" "-c" "echo \"$A\""]
    preStop sleep 3s
    restart OnFailure
    restart on exit codes [42 43]
    restart on exit codes other than [0]
    message /run/message
    message from the log after a failure
    user 7
    group 8
    groups 9 10
    no image of root
    privileged
    no new privileges
    read-only root
    unmasked /proc and /sys
    capability +NET_ADMIN
    capability -CHOWN
    capability -KILL
    seccomp unconfined
    apparmor web
    selinux u:*:t:*
    cpu shares 102
    cpu quota 25000
    memory 67108864
    memory request 33554432
    oom score 990
    device nvidia.com/gpu, 2
    device vendor.com/class=0
    stdin open
    tty
`

func TestText(t *testing.T) {
	if diff := cmp.Diff(exampleText, example().Text(TextOptions{})); diff != "" {
		t.Error(diff)
	}
	shown := strings.NewReplacer("s 0400 ***", `s 0400 "hunter2"`, "P=***", `P="hunter2"`, "password ***", `password "hunter2"`).Replace(exampleText)
	if diff := cmp.Diff(shown, example().Text(TextOptions{ShowSecrets: true})); diff != "" {
		t.Error(diff)
	}
}

// A fact that the text leaves out is a change that no reviewer sees.
func TestTextTellsEveryField(t *testing.T) {
	all := TextOptions{ShowSecrets: true}
	p := example()
	text := p.Text(all)
	eachValue(reflect.ValueOf(&p).Elem(), "plan", func(path string) {
		if changed := p.Text(all); changed == text && !strings.HasSuffix(path, ".Secret") {
			t.Errorf("the text does not tell %s", path)
		}
	})
}

func TestMasked(t *testing.T) {
	p := example()
	masked := p.Masked()
	if diff := cmp.Diff(example(), p); diff != "" {
		t.Errorf("Masked changed the plan: %s", diff)
	}
	want := example()
	want.Pods[0].Units[1].Logins[0].Password = "***"
	want.Pods[0].Units[1].Env[1].Value = "***"
	want.Pods[0].Volumes[3].Files[2].Content = []byte("***")
	want.Pods[0].Volumes[5].Logins[0].Password = "***"
	if diff := cmp.Diff(want, masked); diff != "" {
		t.Error(diff)
	}
	// Whatever is done to the copy, the plan stays as it is.
	eachValue(reflect.ValueOf(&masked).Elem(), "plan", func(path string) {
		if !cmp.Equal(example(), p) {
			t.Fatalf("%s is shared with the plan", path)
		}
	})
	masked.Pods[0].Labels["a"] = "changed"
	if p.Pods[0].Labels["a"] != "1" {
		t.Error("the labels are shared with the plan")
	}
}

// A plan is kept on the disk as JSON and must come back as it was.
func TestJSONRoundTrip(t *testing.T) {
	b, err := json.Marshal(example())
	if err != nil {
		t.Fatal(err)
	}
	var back Plan
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), back); diff != "" {
		t.Error(diff)
	}
}

func TestEqualPlansHaveEqualHashes(t *testing.T) {
	if a, b := hashes(example()), hashes(example()); !cmp.Equal(a, b) {
		t.Error(cmp.Diff(a, b))
	}
}

func TestLabelsAreInNoHash(t *testing.T) {
	p := example()
	before := hashes(p)
	p.Pods[0].Labels = map[string]string{"other": "label"}
	if diff := cmp.Diff(before, hashes(p)); diff != "" {
		t.Error(diff)
	}
}

// Where the logs go holds for the next containers: those that run are not made anew for it.
func TestJournalRestartsNothing(t *testing.T) {
	p := example().Pods[0]
	before, unit, sandbox := p.Hash(), p.UnitHash(p.Units[0]), p.Sandbox.Hash()
	p.Journal = !p.Journal
	if p.UnitHash(p.Units[0]) != unit || p.Sandbox.Hash() != sandbox {
		t.Error("a container would be replaced")
	}
	if p.Hash() == before {
		t.Error("the plan is taken for the same")
	}
}

func TestSandboxHashCoversEveryField(t *testing.T) {
	p := example()
	before := p.Pods[0].Sandbox.Hash()
	eachValue(reflect.ValueOf(&p.Pods[0].Sandbox).Elem(), "sandbox", func(path string) {
		// What the host's own resolv.conf brings in may change under a pod.
		if same := p.Pods[0].Sandbox.Hash() == before; same != (path == "sandbox.DNS.Conf") {
			t.Errorf("a change of %s keeps the hash: %v", path, same)
		}
	})
}

func TestUnitHashCoversEveryField(t *testing.T) {
	p := example()
	pod, unit := &p.Pods[0], &p.Pods[0].Units[1]
	before := pod.UnitHash(*unit)
	changed := func(path string) {
		if strings.HasSuffix(path, ".OOMScore") {
			return // tested below
		}
		if !strings.HasSuffix(path, ".Volume") && pod.UnitHash(*unit) == before { // must name a volume
			t.Errorf("a change of %s keeps the hash", path)
		}
	}
	for _, list := range []string{"Command", "Args", "Env"} {
		eachValue(reflect.ValueOf(unit).Elem().FieldByName(list), "unit."+list, changed)
	}
	unit.Mounts[0].Volume = "host"
	changed("unit.Mounts[0]: the volume")
	unit.Mounts[0].Volume = "data"
	for _, mounts := range [][]Mount{unit.Mounts, unit.BlockDevices} {
		for i := range mounts {
			eachValue(reflect.ValueOf(&mounts[i].Target).Elem(), "unit.Mounts.Target", changed)
			eachValue(reflect.ValueOf(&mounts[i].ReadOnly).Elem(), "unit.Mounts.ReadOnly", changed)
			eachValue(reflect.ValueOf(&mounts[i].SubPath).Elem(), "unit.Mounts.SubPath", changed)
			eachValue(reflect.ValueOf(&mounts[i].Propagation).Elem(), "unit.Mounts.Propagation", changed)
		}
	}
	for _, field := range []string{"Name", "ID", "Role", "Image", "WorkingDir", "Identity", "Security", "Resources", "Terminal", "Options", "StopSignal"} {
		eachValue(reflect.ValueOf(unit).Elem().FieldByName(field), "unit."+field, changed)
	}
	if n := reflect.TypeFor[Unit]().NumField(); n != 19 {
		t.Errorf("Unit has %d fields: name the new ones above, or below", n)
	}
	looksAfter := func(path string) {
		if pod.UnitHash(*unit) != before && !strings.HasSuffix(path, ".MessagePath") { // a mount
			t.Errorf("a change of %s replaces a container that stays the same", path)
		}
	}
	eachValue(reflect.ValueOf(&unit.Pull).Elem(), "unit.Pull", looksAfter)
	eachValue(reflect.ValueOf(&unit.Logins).Elem(), "unit.Logins", looksAfter)
	eachValue(reflect.ValueOf(&unit.Lifecycle).Elem(), "unit.Lifecycle", looksAfter)
	eachValue(reflect.ValueOf(&unit.Resources.OOMScore).Elem(), "unit.Resources.OOM", looksAfter)
	for _, lent := range []any{&pod.RestartPolicy, &pod.GracePeriod, &pod.Volumes[0].Path, &pod.Volumes[0].Kind} {
		eachValue(reflect.ValueOf(lent).Elem(), fmt.Sprintf("%T", lent), changed)
	}
	if pod.UnitHash(*unit) != before {
		t.Error("the same unit has another hash now")
	}
}

// What files hold may change under a running container: the files are swapped, nothing is restarted.
func TestContentIsInItsOwnHash(t *testing.T) {
	p := example()
	pod := &p.Pods[0]
	unit, content := pod.UnitHash(pod.Units[1]), pod.Volumes[3].ContentHash()
	eachValue(reflect.ValueOf(&pod.Volumes[3].Files).Elem(), "files", func(path string) {
		if pod.UnitHash(pod.Units[1]) != unit {
			t.Errorf("a change of %s changes the unit's hash", path)
		}
		if pod.Volumes[3].ContentHash() == content {
			t.Errorf("a change of %s keeps the content's hash", path)
		}
	})
}

func hashes(p Plan) []string {
	var list []string
	for i := range p.Pods {
		pod := &p.Pods[i]
		list = append(list, pod.Sandbox.Hash())
		for _, u := range pod.Units {
			list = append(list, pod.UnitHash(u))
		}
		for _, v := range pod.Volumes {
			list = append(list, v.ContentHash())
		}
	}
	return list
}

// eachValue changes each value in v, one at a time, calls f with where it is, and changes it back.
func eachValue(v reflect.Value, path string, f func(path string)) {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	defer v.Set(old)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			eachValue(v.Field(i), path+"."+v.Type().Field(i).Name, f)
		}
		return
	case reflect.Slice:
		for i := range v.Len() {
			eachValue(v.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
		}
		if v.Len() == 0 {
			return
		}
		v.Set(v.Slice(0, v.Len()-1))
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		eachValue(v.Elem(), path, f)
		v.SetZero()
	case reflect.Map:
		v.Set(reflect.Zero(v.Type()))
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8, reflect.Uint32:
		v.SetUint(v.Uint() ^ 1)
	default:
		panic("no way to change a " + v.Kind().String())
	}
	f(path)
}

func TestRestartOf(t *testing.T) {
	p := &Pod{RestartPolicy: RestartNever}
	for _, test := range []struct {
		role Role
		own  RestartPolicy
		want RestartPolicy
	}{
		{Main, "", RestartNever},
		{Init, "", RestartNever},
		{Main, RestartOnFailure, RestartOnFailure},
		{Init, RestartOnFailure, RestartOnFailure},
		{Sidecar, "", RestartAlways},
	} {
		if got := p.RestartOf(Unit{Role: test.role, Lifecycle: Lifecycle{Restart: test.own}}); got != test.want {
			t.Errorf("a %s container with %q: %s, want %s", test.role, test.own, got, test.want)
		}
	}
}

func TestRestarts(t *testing.T) {
	rules := []RestartRule{{Codes: []int32{42}}, {Codes: []int32{0, 1}, NotIn: true}}
	for _, test := range []struct {
		policy RestartPolicy
		rules  []RestartRule
		want   [4]bool // for the exit codes 0, 1, 2 and 42
	}{
		{RestartAlways, nil, [4]bool{true, true, true, true}},
		{RestartOnFailure, nil, [4]bool{false, true, true, true}},
		{RestartNever, nil, [4]bool{}},
		{RestartNever, rules[:1], [4]bool{false, false, false, true}},
		{RestartNever, rules, [4]bool{false, false, true, true}},
		{RestartOnFailure, rules[:1], [4]bool{false, true, true, true}},
	} {
		p, u := &Pod{RestartPolicy: test.policy}, Unit{Role: Main, Lifecycle: Lifecycle{RestartRules: test.rules}}
		if got := [4]bool{p.Restarts(u, 0), p.Restarts(u, 1), p.Restarts(u, 2), p.Restarts(u, 42)}; got != test.want {
			t.Errorf("%s with %v: %v, want %v", test.policy, test.rules, got, test.want)
		}
	}
}
