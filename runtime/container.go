package runtime

import (
	"net"
	"strconv"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// This file is the one builder of the argv that docker and podman share.

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// sandboxFlags are the flags of a sandbox that mean the same on both runtimes.
func sandboxFlags(p *plan.Pod) []string {
	s := p.Sandbox
	var f []string
	if s.HostNetwork {
		f = append(f, "--network", "host")
	} else {
		f = append(f, "--network", s.Network)
		f = append(f, "--hostname", s.Hostname)
	}
	for _, a := range s.Aliases {
		f = append(f, "--network-alias", a)
	}
	for _, port := range s.Ports {
		f = append(f, "--publish", publish(port))
	}
	for _, c := range s.Sysctls {
		f = append(f, "--sysctl", c.Name+"="+c.Value)
	}
	return append(f, labelFlags(sandboxLabels(p))...)
}

// publish is the value of --publish; an IPv6 address stands in brackets.
func publish(p plan.Port) string {
	return net.JoinHostPort(p.HostIP, strconv.Itoa(int(p.HostPort))) + ":" +
		strconv.Itoa(int(p.ContainerPort)) + "/" + string(p.Protocol)
}

// RestartFlag is the runtime's own restart policy that comes nearest to the pod's.
func RestartFlag(p plan.RestartPolicy) string {
	switch p {
	case plan.RestartAlways:
		return "always"
	case plan.RestartOnFailure:
		return "on-failure"
	}
	return "no"
}

// runContainer makes and starts a container. An init container is run attached: the command ends with the
// container, with its exit status.
func (e Engine) runContainer(op RunContainer) Action {
	p, u := op.Pod, op.Unit
	argv := []string{e.Dialect.Name(), "run", "--name", u.ID}
	if op.Replace {
		argv = append(argv, "--replace")
	}
	if u.Role != plan.Init || op.Detach || p.Supervised {
		argv = append(argv, "--detach", "--restart", RestartFlag(p.RuntimeRestart(p.RestartOf(u))))
	}
	argv = append(argv, e.Dialect.Join(p)...)
	if p.Sandbox.HostPID {
		argv = append(argv, "--pid", "host")
	}
	if p.Sandbox.HostIPC {
		argv = append(argv, "--ipc", "host")
	}
	argv = append(argv,
		"--pull", "never", // the image was seen to already, by the pull policy of Kubernetes
		"--no-healthcheck", // Kubernetes knows probes, and ignores the image's HEALTHCHECK
		"--stop-timeout", itoa(p.GracePeriod),
	)
	if u.StopSignal != "" {
		argv = append(argv, "--stop-signal", u.StopSignal)
	}
	argv = append(argv, e.Dialect.RunFlags(u)...)
	argv = append(argv, identityFlags(u.Identity)...)
	argv = append(argv, securityFlags(u.Security)...)
	argv = append(argv, e.resourceFlags(u.Resources)...)
	argv = append(argv, terminalFlags(u)...)
	argv = append(argv, e.journalFlags(p, u)...)
	labels := unitLabels(p, u)
	if op.Restarts > 0 {
		labels[LabelRestarts] = strconv.Itoa(op.Restarts)
	}
	argv = append(argv, labelFlags(labels)...)
	env, secret, file := envFlags(u.Env)
	argv = append(argv, env...)
	if u.WorkingDir != "" {
		argv = append(argv, "--workdir", u.WorkingDir)
	}
	binds := etcBinds(p, u)
	for i := range u.Mounts {
		binds = append(binds, e.volumeBind(p, u, i))
	}
	files, message := messageBind(p, u)
	binds = append(binds, message...)
	for _, b := range binds {
		argv = append(argv, e.bindFlags(b)...)
	}
	for _, d := range u.BlockDevices {
		argv = append(argv, "--device", device(p.Volume(d.Volume).Path, d))
	}
	if len(u.Command) > 0 {
		argv = append(argv, "--entrypoint", u.Command[0])
	}
	argv = append(argv, e.options(u.Options)...)
	argv = append(argv, u.Image)
	if len(u.Command) > 0 {
		argv = append(argv, u.Command[1:]...)
	}
	run := Command{Argv: append(argv, u.Args...), Env: secret, Stdin: file}
	files = append(files, resetHosts{etcDir(p)})
	a := Action{Files: append(e.unlabelled(binds), files...), Run: append(e.bindSubPaths(p, u), run)}
	if u.HasLate() {
		a.Late = e.late(p)
	}
	if u.Role == plan.Init && !op.Detach {
		a.Failure = "init container " + u.Name + " failed"
		if p.Supervised {
			a.Run = append(a.Run, e.await(u.ID))
		}
	}
	return a
}

// envFlags gives a plain variable as NAME=value. The value of a secret one stands in no argv and in no file: it
// reaches the runtime's command on its stdin. What an env-file cannot hold, several lines above all, is
// given by name alone, and the command takes it from its own environment. That is not for
// all, because the command obeys its environment: a Secret with the key DOCKER_HOST would send it elsewhere. No plan has one
// of these with a value that no env-file can hold.
func envFlags(env []plan.EnvVar) (flags, secret []string, file []byte) {
	for _, v := range env {
		switch {
		case !v.Secret:
			flags = append(flags, "--env", v.Name+"="+v.Value)
		case v.IsLine() && (isPlainLine(v) || v.Obeyed()):
			file = append(file, v.Name+"="+v.Value+"\n"...)
		default:
			flags = append(flags, "--env", v.Name)
			secret = append(secret, v.Name+"="+v.Value)
		}
	}
	if file != nil {
		flags = append([]string{"--env-file", "/dev/stdin"}, flags...)
	}
	return flags, secret, file
}

// isPlainLine says whether every version reads the line as it is: podman 4.7 reads quotes, escapes and
// comments in it (containers/podman#19565), others leave them alone.
func isPlainLine(v plan.EnvVar) bool {
	return !strings.ContainsAny(v.Value, "\"'`#\\$") && strings.TrimSpace(v.Value) == v.Value
}

// await waits for the end of a container, and ends with its status.
func (e Engine) await(id string) Command {
	return Command{Argv: []string{"sh", "-c", `exit "$("$1" wait "$2")"`, "sh", e.Dialect.Name(), id}}
}
