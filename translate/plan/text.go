package plan

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// mask stands in output for what comes from a Secret.
const mask = "***"

// maxShown is the length in bytes up to which the text form shows a file's content;
// of more it shows the length and a hash.
const maxShown = 512

// TextOptions says what the text form shows.
type TextOptions struct {
	// ShowSecrets shows the values that come from Secrets.
	ShowSecrets bool
}

// Text is the plan as people review it: one line a fact, the same for equal plans.
func (p Plan) Text(o TextOptions) string {
	t := text{show: o.ShowSecrets}
	for _, n := range p.Networks {
		t.line(0, "network %s", n.Name)
	}
	for i := range p.Pods {
		t.pod(&p.Pods[i])
	}
	return t.b.String()
}

type text struct {
	b    strings.Builder
	show bool
}

func (t *text) line(depth int, format string, args ...any) {
	t.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&t.b, format, args...)
	t.b.WriteByte('\n')
}

// given prints a fact unless it has the zero value.
func given[T comparable](t *text, depth int, format string, value T) {
	var zero T
	if value != zero {
		t.line(depth, format, value)
	}
}

func (t *text) pod(p *Pod) {
	t.line(0, "pod %s as %s", p.Ref, p.ID)
	t.line(1, "dir %s", p.Dir)
	for _, k := range slices.Sorted(maps.Keys(p.Labels)) {
		t.line(1, "label %s=%q", k, p.Labels[k])
	}
	by := ""
	if p.Supervised {
		by = " by a supervisor"
	}
	t.line(1, "restart %s%s", p.RestartPolicy, by)
	if p.Journal {
		t.line(1, "logs to the journal")
	}
	t.line(1, "grace %ds", p.GracePeriod)
	for _, n := range p.Needs {
		t.line(1, "needs %s", n)
	}
	if p.Manual {
		t.line(1, "not started at boot")
	}
	if p.ActiveDeadline != nil {
		t.line(1, "deadline %ds", *p.ActiveDeadline)
	}
	if p.FSGroup != nil {
		t.line(1, "fsGroup %d", *p.FSGroup)
	}
	given(t, 1, "own files relabelled for SELinux: %s", p.Relabel)
	t.sandbox(&p.Sandbox)
	for i := range p.Volumes {
		t.volume(&p.Volumes[i])
	}
	for i := range p.Units {
		t.unit(&p.Units[i])
	}
}

func (t *text) sandbox(s *Sandbox) {
	t.line(1, "sandbox %s", s.ID)
	given(t, 2, "network %s", s.Network)
	t.is(s.HostNetwork, "network of the host")
	t.is(s.HostPID, "processes of the host")
	t.is(s.HostIPC, "IPC of the host")
	t.is(s.SharePID, "processes shared")
	given(t, 2, "hostname %s", s.Hostname)
	for _, a := range s.Aliases {
		t.line(2, "alias %s", a)
	}
	for _, p := range s.Ports {
		t.line(2, "port %s", p)
	}
	for _, c := range s.Sysctls {
		t.line(2, "sysctl %s=%s", c.Name, c.Value)
	}
	given(t, 2, "hosts %s", strings.Join(s.HostNames, " "))
	for _, a := range s.HostAliases {
		t.line(2, "hosts %q", a)
	}
	t.dns(&s.DNS)
}

func (t *text) dns(d *DNS) {
	t.line(2, "dns %s %q", d.Policy, lateNames.Replace(d.Conf))
	for _, n := range d.Nameservers {
		t.line(3, "add nameserver %s", n)
	}
	for _, s := range d.Searches {
		t.line(3, "add search %s", s)
	}
	for _, o := range d.Options {
		t.line(3, "add option %s", o)
	}
}

// is prints a fact that holds or does not.
func (t *text) is(fact bool, words string) {
	if fact {
		t.line(2, "%s", words)
	}
}

// String is the port as "127.0.0.1:8080 -> 80/tcp", an IPv6 address in brackets.
func (p Port) String() string {
	return fmt.Sprintf("%s -> %d/%s", p.bound(), p.ContainerPort, p.Protocol)
}

// Host is the host's side of the port: "127.0.0.1:8080/tcp".
func (p Port) Host() string { return p.bound() + "/" + string(p.Protocol) }

func (p Port) bound() string {
	ip := p.HostIP
	if strings.Contains(ip, ":") {
		ip = "[" + ip + "]"
	}
	return fmt.Sprintf("%s:%d", ip, p.HostPort)
}

func (t *text) volume(v *Volume) {
	t.line(1, "volume %s: %s %s", v.Name, v.Kind, v.Path)
	given(t, 2, "claim %s", v.Claim)
	given(t, 2, "type %s", v.Type)
	given(t, 2, "size %d", v.Size)
	given(t, 2, "mode %04o", v.Mode)
	if v.Group != nil {
		t.line(2, "group %d", *v.Group)
	}
	if v.RootTells {
		t.line(2, "group unchanged where the root has it")
	}
	given(t, 2, "persistentVolume %s", v.PersistentVolume)
	given(t, 2, "removed with the pod, marked by %s", v.Mark)
	given(t, 2, "relabelled for SELinux: %s", v.Relabel)
	given(t, 2, "pull %s", v.Pull)
	for _, l := range v.Logins {
		t.login(l)
	}
	given(t, 2, "from %s", v.From)
	for _, f := range v.Files {
		t.line(2, "file %s %04o %s", f.Path, f.Mode, t.content(f))
	}
}

// content shows nothing at all of a secret file: its length already tells something.
func (t *text) content(f File) string {
	switch {
	case f.Secret && !t.show:
		return mask
	case len(f.Content) <= maxShown && utf8.Valid(f.Content):
		return fmt.Sprintf("%q", f.Content)
	}
	return fmt.Sprintf("%d bytes, sha256 %.16x", len(f.Content), sha256.Sum256(f.Content))
}

func (t *text) unit(u *Unit) {
	t.line(1, "%s %s as %s", u.Role, u.Name, u.ID)
	t.line(2, "image %s", u.Image)
	t.line(2, "pull %s", u.Pull)
	for _, l := range u.Logins {
		t.login(l)
	}
	if len(u.Command) > 0 {
		t.line(2, "command %q", shown(u.Command))
	}
	if len(u.Args) > 0 {
		t.line(2, "args %q", shown(u.Args))
	}
	given(t, 2, "workingDir %s", u.WorkingDir)
	for _, e := range u.Env {
		t.line(2, "env %s", t.env(e))
	}
	for _, m := range u.Mounts {
		t.line(2, "mount %s", m)
	}
	for _, m := range u.BlockDevices {
		t.line(2, "device %s", m)
	}
	t.options(u.Options)
	t.lifecycle(&u.Lifecycle)
	t.identity(u.Identity)
	t.security(u.Security)
	t.resources(u.Resources)
	t.terminal(u.Terminal)
	given(t, 2, "stop signal %s", u.StopSignal)
}

// shown are words with the names of late values.
func shown(words []string) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = lateNames.Replace(w)
	}
	return list
}

func (t *text) env(e EnvVar) string {
	if e.Secret && !t.show {
		return e.Name + "=" + mask
	}
	return fmt.Sprintf("%s=%q", e.Name, lateNames.Replace(e.Value))
}

// String is the mount as "data/sub on /srv", with ", read-only" where it is.
func (m Mount) String() string {
	s := path.Join(m.Volume, m.SubPath) + " on " + m.Target
	if m.ReadOnly {
		s += ", read-only"
	}
	if m.Propagation != PropagateNone {
		s += ", " + string(m.Propagation)
	}
	return s
}
