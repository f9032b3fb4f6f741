package runtime

import (
	"fmt"

	"github.com/kubehost/kubehost/translate/plan"
)

// identityFlags say who the container's processes are. Given a user alone, both runtimes take its groups from the
// image, as a kubelet does; given a group, too, neither looks into the image any more.
func identityFlags(i plan.Identity) []string {
	var f []string
	switch {
	case i.User != nil && i.Group != nil:
		f = append(f, "--user", itoa(*i.User)+":"+itoa(*i.Group))
	case i.User != nil:
		f = append(f, "--user", itoa(*i.User))
	case i.Group != nil:
		// ":2345" means root to both runtimes, whoever the image's user is. So root is named, and CheckUser
		// makes sure of the image.
		f = append(f, "--user", "0:"+itoa(*i.Group))
	}
	for _, g := range i.Groups {
		f = append(f, "--group-add", itoa(g))
	}
	return f
}

// securityFlags say what the container's processes may do.
func securityFlags(s plan.Security) []string {
	var f []string
	option := func(o string) { f = append(f, "--security-opt", o) }
	if s.Privileged {
		f = append(f, "--privileged")
	} else {
		f = append(f, capabilityFlags(s)...)
	}
	if s.ReadOnlyRoot {
		f = append(f, "--read-only")
	}
	if s.NoNewPrivileges {
		option("no-new-privileges")
	}
	if s.Unmasked && !s.Privileged {
		option("systempaths=unconfined")
	}
	if s.Seccomp != "" && !s.Privileged { // a privileged container has no filter
		option("seccomp=" + s.Seccomp)
	}
	if s.AppArmor != "" {
		option("apparmor=" + s.AppArmor)
	}
	for _, part := range [][2]string{{"user", s.SELinux.User}, {"role", s.SELinux.Role}, {"type", s.SELinux.Type}, {"level", s.SELinux.Level}} {
		if part[1] != "" {
			option("label=" + part[0] + ":" + part[1])
		}
	}
	return f
}

// capabilityFlags change the runtime's default set. It would be wrong to give podman the whole set of
// containerd, which is larger than its own: to a user other than root, podman makes
// each --cap-add effective at once, and whether the image's user is root is not known here.
func capabilityFlags(s plan.Security) []string {
	var f []string
	for _, c := range s.DropCapabilities {
		f = append(f, "--cap-drop", c)
	}
	for _, c := range s.AddCapabilities {
		f = append(f, "--cap-add", c)
	}
	return f
}

// terminalFlags leave a container that runs attached without an open stdin: it would be kubehost's own.
func terminalFlags(u plan.Unit) []string {
	var f []string
	if u.Terminal.Stdin && u.Role != plan.Init {
		f = append(f, "--interactive")
	}
	if u.Terminal.TTY {
		f = append(f, "--tty")
	}
	return f
}

// checkUser ends with 1 and a kubelet's words unless the image $2 of the runtime $1 is fit for the container $4 of the
// pod $3. $5 says what is asked: non-root, or root.
const checkUser = `user=$("$1" image inspect --format '{{.Config.User}}' "$2"); user=${user%%:*}
where="(pod: \"$3\", container: $4)"
case $5,$user in
non-root,*[!0-9]*) echo "container has runAsNonRoot and image has non-numeric user ($user), cannot verify user is non-root $where" >&2; exit 1;;
non-root,*[1-9]*|root,|root,0|root,root) ;;
non-root,*) echo "container has runAsNonRoot and image will run as root $where" >&2; exit 1;;
*) echo "container has runAsGroup without runAsUser, and the image's user is $user $where" >&2; exit 1;;
esac`

func (e Engine) checkUser(op CheckUser) Action {
	a := Action{Failure: fmt.Sprintf("container %q may not run with the user of its image", op.Unit.Name),
		Hint: "set securityContext.runAsUser to the id that it should run as"}
	ask := func(what string) {
		a.Run = append(a.Run, Command{Argv: []string{"sh", "-euc", checkUser, "sh",
			e.Dialect.Name(), op.Unit.Image, op.Pod.Name + "_" + op.Pod.Namespace, op.Unit.Name, what}})
	}
	if op.Unit.Identity.NonRoot {
		ask("non-root")
	}
	if op.Unit.Identity.NeedsRootImage() {
		ask("root")
	}
	return a
}

// SELinux is what a runtime says of itself: info prints text for Format that has On in it when it keeps containers by SELinux. Remedy says
// how it is told to.
type SELinux struct{ Format, On, Remedy string }

// Asks is the command that succeeds when the runtime keeps containers by SELinux.
func (s SELinux) Asks(runtime string) Command {
	return Command{Argv: []string{"sh", "-euc", `info=$("$1" info --format "$2"); case $info in *"$3"*) ;; *) exit 1 ;; esac`, "sh", runtime, s.Format, s.On}}
}

func (e Engine) checkSELinux() Action {
	s := e.Dialect.Features().SELinux
	return Action{Run: []Command{s.Asks(e.Dialect.Name())}, Failure: "seLinuxOptions cannot be enforced: " + e.Dialect.Name() + " does not use SELinux", Hint: s.Remedy}
}

// needsUserCheck says whether the image's user decides if the container may run.
func needsUserCheck(u plan.Unit) bool { return u.Identity.NonRoot || u.Identity.NeedsRootImage() }

// seccompFile is the profile on the host that the container needs; empty when it needs none.
func seccompFile(u plan.Unit) string {
	if s := u.Security; s.Seccomp != plan.Unconfined && !s.Privileged {
		return s.Seccomp
	}
	return ""
}
