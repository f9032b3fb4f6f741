package podman

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// Dialect is podman's command line, from version 4.3 on.
type Dialect struct {
	// Rootless says that podman runs as a user: the ids in containers are mapped to subordinate ids of the host.
	Rootless bool
	// Groups is how many groups the containers of a user may have; 0 is unknown.
	Groups int64
}

var _ runtime.Dialect = Dialect{}

// Name is "podman".
func (Dialect) Name() string { return "podman" }

// Infra is empty: podman brings its own.
func (Dialect) Infra() runtime.InfraImage { return runtime.InfraImage{} }

// Sandbox makes a real pod. Its infra would start with the first container, but that one already needs to
// know the pod's address.
func (d Dialect) Sandbox(p *plan.Pod, shared []string) []runtime.Command {
	argv := []string{"podman", "pod", "create", "--name", p.ID, "--infra-name", p.Sandbox.ID}
	if !p.Sandbox.HostIPC { // podman refuses a container a size of what is the host's
		argv = append(argv, "--shm-size", "64m") // podman's own 65536k are 64,000 KiB
	}
	if p.Sandbox.HostNetwork {
		// Else podman would name the host after the pod, which a kubelet does not.
		argv = append(argv, "--uts", "host")
	}
	if p.Sandbox.SharePID {
		argv = append(argv, "--share", "ipc,net,uts,pid")
	}
	argv = append(argv, d.sysctls(p)...)
	return []runtime.Command{{Argv: append(argv, shared...)}, {Argv: []string{"podman", "start", p.Sandbox.ID}}}
}

// Clear removes a pod of that name which is ours and has no container, not even its infra: podman makes that after the pod.
func (Dialect) Clear(p *plan.Pod) *runtime.Command {
	const script = `test "$(podman pod inspect --format "$1" "$0")" = "$2" && podman pod rm "$0"`
	format := fmt.Sprintf("{{.NumContainers}} {{index .Labels %q}}/{{index .Labels %q}}", runtime.LabelNamespace, runtime.LabelPod)
	return &runtime.Command{Argv: []string{"sh", "-c", script, p.ID, format, "0 " + p.Namespace + "/" + p.Name}}
}

// sysctls are those that docker, and containerd from version 2 on, give every pod with a network of
// its own: a process that is not root may listen on any port, and ping.
func (d Dialect) sysctls(p *plan.Pod) []string {
	if p.Sandbox.HostNetwork {
		return nil
	}
	list := []plan.Sysctl{{Name: "net.ipv4.ip_unprivileged_port_start", Value: "0"}}
	last := int64(math.MaxInt32)
	if d.Rootless {
		last = d.Groups - 1 // the kernel takes none that the user's namespace does not have
	}
	if last >= 0 {
		list = append(list, plan.Sysctl{Name: "net.ipv4.ping_group_range", Value: fmt.Sprintf("0 %d", last)})
	}
	var flags []string
	for _, s := range list {
		if !slices.ContainsFunc(p.Sandbox.Sysctls, func(set plan.Sysctl) bool { return set.Name == s.Name }) {
			flags = append(flags, "--sysctl", s.Name+"="+s.Value)
		}
	}
	return flags
}

// Resolver is the network's gateway, where aardvark-dns listens.
func (Dialect) Resolver() string { return "" }

// Join puts the container into the pod.
func (Dialect) Join(p *plan.Pod) []string { return []string{"--pod", p.ID} }

// RunFlags takes away what podman adds to a container. A variable that the manifest sets stays.
func (Dialect) RunFlags(u plan.Unit) []string {
	var f []string
	if !u.Terminal.TTY {
		f = append(f, "--unsetenv", "TERM")
	}
	f = append(f,
		"--unsetenv", "container",
		"--http-proxy=false", // the host's proxies are for pulls: with them a pod would not reach another by name
		"--passwd=false",     // no line in /etc/passwd for a user that the image does not know
	)
	if u.Security.ReadOnlyRoot {
		f = append(f, "--read-only-tmpfs=false") // else /tmp, /run and /var/tmp could be written to
	}
	return append(f, runtime.GPUs(u, gpus)...)
}

// gpus names the first GPUs by their index: --gpus came with podman 5.
func gpus(count int64) []string {
	var f []string
	for i := range count {
		f = append(f, "--device", plan.NvidiaGPU+"="+strconv.FormatInt(i, 10))
	}
	return f
}

// RemovePod removes the pod with all that is in it. Without a pod there are only containers to remove.
func (Dialect) RemovePod(pod string, containers []string) runtime.Command {
	if pod == "" {
		return runtime.Command{Argv: append([]string{"podman", "rm", "--force", "--volumes"}, containers...)}
	}
	return runtime.Command{Argv: []string{"podman", "pod", "rm", "--force", pod}}
}

// Features says how a pull is given a login. The process that publishes ports for a user knows no SCTP, but it takes what
// comes in by IPv6 to a pod that has none; for root that is the kernel's to do, which cannot.
func (d Dialect) Features() runtime.Features {
	return runtime.Features{Rootless: d.Rootless, SELinux: runtime.SELinux{Format: "{{.Host.Security.SELinuxEnabled}}", On: "true",
		Remedy: "remove label = false from containers.conf"}, MountRelabels: true, SCTP: !d.Rootless, ImageVolumes: true, Replaces: true, PullLine: pullLine, CopyIn: []string{"--archive=false"}, IPv6Ports: d.Rootless, LoginConfig: `export REGISTRY_AUTH_FILE="$dir/config.json"` + "\n"}
}

// Unshare runs the command in podman's user namespace when podman is rootless: only there does the user
// own what containers wrote, and may mount.
func (d Dialect) Unshare(argv ...string) runtime.Command {
	if d.Rootless {
		argv = append([]string{"podman", "unshare"}, argv...)
	}
	return runtime.Command{Argv: argv}
}

// InNetwork runs the command in the network namespace that rootless podman has for its bridge networks.
func (d Dialect) InNetwork(argv ...string) []string {
	if d.Rootless {
		argv = append([]string{"podman", "unshare", "--rootless-netns"}, argv...)
	}
	return argv
}

// pullLine matches what podman pull prints where it has no terminal: that it begins to copy a layer, but not when that is here.
var pullLine = regexp.MustCompile(`^(?:Trying to pull .*\.\.\.|Resolved .* as an alias .*|Getting image source signatures|Copying blob (?P<layer>[\w:]+).*|Copying config .*|Writing manifest to image destination|Storing signatures)$`)
