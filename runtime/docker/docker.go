package docker

import (
	"regexp"
	"strconv"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/pause"
	"github.com/kubehost/kubehost/translate/plan"
)

// Dialect is docker's command line, from engine 20.10 on.
type Dialect struct {
	// User is set where the engine is a user's.
	User  User
	infra runtime.InfraImage
}

var _ runtime.Dialect = Dialect{}

// New returns the dialect for an engine on an architecture, by Go's name of it. The error says that
// kubehost carries no infra process for it.
func New(arch string) (Dialect, error) {
	ref, archive, err := pause.Image(arch)
	if err != nil {
		return Dialect{}, err
	}
	return Dialect{infra: runtime.InfraImage{Ref: ref, Archive: pause.Compress(archive)}}, nil
}

// Name is "docker".
func (Dialect) Name() string { return "docker" }

// Infra is kubehost's own pause, so that no registry is needed.
func (d Dialect) Infra() runtime.InfraImage { return d.infra }

// Clear is nil: a sandbox is one container.
func (Dialect) Clear(*plan.Pod) *runtime.Command { return nil }

// Sandbox runs the infra container that owns the pod's network and IPC namespaces.
func (d Dialect) Sandbox(p *plan.Pod, shared []string) []runtime.Command {
	argv := []string{"docker", "run", "--name", p.Sandbox.ID, "--detach",
		// The infra comes back with the containers that docker itself restarts.
		"--restart", runtime.RestartFlag(p.RuntimeRestart(p.RestartPolicy)),
		"--ipc", "shareable", // or no other container may join it
		"--pull", "never", // it was loaded
	}
	return []runtime.Command{{Argv: append(append(argv, shared...), d.infra.Ref)}}
}

// Resolver is the embedded one's, in the network namespace of each container.
func (Dialect) Resolver() string { return "127.0.0.11" }

// Join joins the infra's namespaces. With the network come the host name and /etc/hosts.
func (Dialect) Join(p *plan.Pod) []string {
	infra := "container:" + p.Sandbox.ID
	flags := []string{"--network", infra}
	if !p.Sandbox.HostIPC {
		flags = append(flags, "--ipc", infra)
	}
	if p.Sandbox.SharePID {
		flags = append(flags, "--pid", infra)
	}
	return flags
}

// RunFlags has no flags for the environment: docker adds nothing to it that a kubelet would not.
func (Dialect) RunFlags(u plan.Unit) []string {
	return runtime.GPUs(u, func(count int64) []string { return []string{"--gpus", strconv.FormatInt(count, 10)} })
}

// RemovePod removes all containers, the infra among them.
func (Dialect) RemovePod(_ string, containers []string) runtime.Command {
	return runtime.Command{Argv: append([]string{"docker", "rm", "--force", "--volumes"}, containers...)}
}

// Features says how a pull is given a login: in a configuration directory that has all of the user's but the
// logins: contexts above all, of which the chosen one stands in the very file that is left out. The process that
// publishes ports for a user knows no SCTP.
func (d Dialect) Features() runtime.Features {
	rootless := d.User.Dir != ""
	return runtime.Features{Rootless: rootless, SELinux: runtime.SELinux{Format: "{{.SecurityOptions}}", On: "name=selinux",
		Remedy: `set "selinux-enabled": true in /etc/docker/daemon.json, and restart docker`}, NoHostNetwork: rootless && !d.User.HostNetwork, SCTP: !rootless, IPv6Ports: true, PullLine: pullLine, RestartUpdates: true, CopyOut: []string{"--follow-link"}, LoginConfig: `DOCKER_CONTEXT=$(docker context inspect --format '{{.Name}}' 2>/dev/null || echo default)
for entry in "${DOCKER_CONFIG:-${HOME-}/.docker}"/*; do
	case $entry in */config.json | *'/*') ;; *) ln -s "$entry" "$dir/" ;; esac
done
export DOCKER_CONTEXT DOCKER_CONFIG="$dir"
`}
}

// pullLine matches what docker pull prints where it has no terminal.
var pullLine = regexp.MustCompile(`^(?:\S+: Pulling from .*|(?P<here>[0-9a-f]{12}): (?:Pull complete|Already exists)|(?P<layer>[0-9a-f]{12}): .*|Digest: \S+|Status: .*)$`)
