package runtime

import (
	"encoding/csv"
	"net"
	"strconv"
	"strings"
	"unicode/utf8"

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
	argv = append(argv, e.Dialect.RunFlags(u)...)
	argv = append(argv, identityFlags(u.Identity)...)
	argv = append(argv, securityFlags(u.Security)...)
	argv = append(argv, e.resourceFlags(u.Resources)...)
	argv = append(argv, terminalFlags(u)...)
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
	argv = append(argv, etcMounts(p, u)...)
	for i, m := range u.Mounts {
		argv = append(argv, mountFlags(p.Volume(m.Volume), source(p, u, i), m)...)
	}
	for _, d := range u.BlockDevices {
		argv = append(argv, "--device", device(p.Volume(d.Volume).Path, d))
	}
	files, message := messageMount(p, u)
	argv = append(argv, message...)
	if len(u.Command) > 0 {
		argv = append(argv, "--entrypoint", u.Command[0])
	}
	argv = append(argv, e.options(u.Options)...)
	argv = append(argv, u.Image)
	if len(u.Command) > 0 {
		argv = append(argv, u.Command[1:]...)
	}
	run := Command{Argv: append(argv, u.Args...), Env: secret, Stdin: file}
	a := Action{Files: append(files, resetHosts{etcDir(p)}), Run: append(e.bindSubPaths(p, u), run)}
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
// all, because the command obeys its environment: a Secret with the key DOCKER_HOST would send it elsewhere.
func envFlags(env []plan.EnvVar) (flags, secret []string, file []byte) {
	for _, v := range env {
		switch {
		case !v.Secret:
			flags = append(flags, "--env", v.Name+"="+v.Value)
		case isLine(v) && (isPlainLine(v) || obeyed(v.Name)):
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

// maxEnvLine keeps a line of an env-file below the 64 KiB from which on docker refuses it.
const maxEnvLine = 60_000

// isLine says whether the variable can stand in an env-file at all: a line's
// end, a comment, white space in a name or what is no UTF-8 would be changed or refused.
func isLine(v plan.EnvVar) bool {
	return len(v.Name)+len(v.Value) < maxEnvLine && utf8.ValidString(v.Value) && !strings.ContainsAny(v.Value, "\r\n\x00") &&
		!strings.HasPrefix(v.Name, "#") && !strings.ContainsAny(v.Name, " \t")
}

// isPlainLine says whether every version reads the line as it is: podman 4.7 reads quotes, escapes and
// comments in it (containers/podman#19565), others leave them alone.
func isPlainLine(v plan.EnvVar) bool {
	return !strings.ContainsAny(v.Value, "\"'`#\\$") && strings.TrimSpace(v.Value) == v.Value
}

// obeyed says whether a variable in the environment of docker or podman would change what they do,
// or whether they start at all. One of a version's quirks is the smaller evil.
func obeyed(name string) bool {
	switch name {
	case "PATH", "HOME", "TMPDIR", "GODEBUG", "SSL_CERT_FILE", "SSL_CERT_DIR":
		return true
	}
	if n := strings.ToUpper(name); n == "HTTP_PROXY" || n == "HTTPS_PROXY" || n == "NO_PROXY" || n == "ALL_PROXY" {
		return true
	}
	for _, prefix := range []string{"DOCKER_", "CONTAINER_", "CONTAINERS_", "PODMAN_", "STORAGE_", "REGISTRY_AUTH_", "XDG_", "LD_", "DBUS_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// mountFlags mount a volume. Only the older flag tells both runtimes to relabel, and its value cannot hold every path.
func mountFlags(v *plan.Volume, source string, m plan.Mount) []string {
	if !v.Relabel || strings.ContainsAny(source+m.Target, ":,") {
		return []string{"--mount", mount(v, source, m)}
	}
	options := "z" // for several containers
	if m.ReadOnly {
		options = "ro,z"
	}
	switch m.Propagation {
	case plan.HostToContainer:
		options += ",rslave"
	case plan.BothPropagations:
		options += ",rshared"
	}
	return []string{"--volume", source + ":" + m.Target + ":" + options}
}

// mount is the value of --mount for the part of a volume that is at source.
func mount(v *plan.Volume, source string, m plan.Mount) string {
	if v.Kind == plan.Image {
		return record("type=image", "source="+source, "target="+m.Target) // read-only by itself
	}
	switch m.Propagation {
	case plan.HostToContainer:
		return bind(source, m.Target, m.ReadOnly, "bind-propagation=rslave")
	case plan.BothPropagations:
		return bind(source, m.Target, m.ReadOnly, "bind-propagation=rshared")
	}
	return bind(source, m.Target, m.ReadOnly)
}

// bind is the value of --mount. It is one record of CSV for both runtimes, so a path may hold commas and quotes.
func bind(source, target string, readOnly bool, options ...string) string {
	fields := append([]string{"type=bind", "source=" + source, "target=" + target}, options...)
	if readOnly {
		fields = append(fields, "readonly")
	}
	return record(fields...)
}

// device is the value of --device.
func device(source string, d plan.Mount) string {
	if d.ReadOnly {
		return source + ":" + d.Target + ":r"
	}
	return source + ":" + d.Target + ":rwm"
}

func record(fields ...string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(fields)
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// await waits for the end of a container, and ends with its status.
func (e Engine) await(id string) Command {
	return Command{Argv: []string{"sh", "-c", `exit "$("$1" wait "$2")"`, "sh", e.Dialect.Name(), id}}
}
