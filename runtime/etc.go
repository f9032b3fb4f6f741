package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// This file holds what a kubelet puts into /etc of each container. The runtimes write such files too, but not
// the same: podman copies the host's /etc/hosts, and names the host's name servers beside its own.

// etcDir holds the files of a pod; cleanHosts is a copy of its hosts that no container can edit.
func etcDir(p *plan.Pod) string { return path.Join(p.Dir, "etc") }

const cleanHosts = "hosts.clean"

// etcFiles are the names of the files that are mounted into each container. On the host's network the name is
// the host's, which the runtime sees to.
func etcFiles(p *plan.Pod) []string {
	if p.Sandbox.HostNetwork {
		return []string{"hosts", "resolv.conf"}
	}
	return []string{"hosts", "hostname", "resolv.conf"}
}

// writeEtc writes them, once the sandbox has its addresses. As with a kubelet, hosts is written anew for each
// start of a container, the others last as long as the sandbox.
func (e Engine) writeEtc(p *plan.Pod) Action {
	dir := etcDir(p)
	clean := hostsFile(p)
	clean.path = path.Join(dir, cleanHosts)
	a := Action{Files: []FileOp{makeDir{dir, 0o700}, clean, resetHosts{dir},
		etcFile{path: path.Join(dir, "resolv.conf"), text: p.Sandbox.DNS.Conf, keep: true}}}
	if !p.Sandbox.HostNetwork {
		a.Files = append(a.Files, etcFile{path: path.Join(dir, "hostname"), text: p.Sandbox.Hostname + "\n", keep: true})
		a.Late = e.late(p)
	}
	return a
}

// hostsFile is /etc/hosts as a kubelet writes it.
func hostsFile(p *plan.Pod) etcFile {
	var aliases strings.Builder
	if len(p.Sandbox.HostAliases) > 0 {
		aliases.WriteString("\n# Entries added by HostAliases.\n")
	}
	for _, a := range p.Sandbox.HostAliases {
		aliases.WriteString(a.String() + "\n")
	}
	if p.Sandbox.HostNetwork {
		return etcFile{text: "# Kubernetes-managed hosts file (host network).\n", hosts: true, after: aliases.String()}
	}
	return etcFile{text: "# Kubernetes-managed hosts file.\n" +
		"127.0.0.1\tlocalhost\n" +
		"::1\tlocalhost ip6-localhost ip6-loopback\n" +
		"fe00::0\tip6-localnet\n" +
		"fe00::0\tip6-mcastprefix\n" +
		"fe00::1\tip6-allnodes\n" +
		"fe00::2\tip6-allrouters\n" +
		plan.PodIP + "\t" + strings.Join(p.Sandbox.HostNames, "\t") + "\n" + aliases.String()}
}

// etcBinds mount the files into a container. A volume that the manifest mounts in the same place
// wins. A read-only root makes the files read-only as well, but never hosts: so it is under a kubelet.
func etcBinds(p *plan.Pod, u plan.Unit) []bind {
	var binds []bind
	for _, name := range etcFiles(p) {
		if target := "/etc/" + name; !mounts(u, target) {
			readOnly := u.Security.ReadOnlyRoot && name != "hosts"
			binds = append(binds, bind{source: path.Join(etcDir(p), name), target: target, readOnly: readOnly, relabel: p.Relabel})
		}
	}
	return binds
}

func mounts(u plan.Unit, target string) bool {
	for _, m := range u.Mounts {
		if path.Clean(m.Target) == target {
			return true
		}
	}
	return false
}

// etcFile writes one file, 0644 as the kubelet's.
type etcFile struct {
	path string
	// The file is text, then (with hosts) the host's own /etc/hosts, then after.
	text  string
	hosts bool
	after string
	// keep leaves a file that is there as it is.
	keep bool
}

func (f etcFile) with(values *strings.Replacer) FileOp {
	f.text, f.after = values.Replace(f.text), values.Replace(f.after)
	return f
}

func (f etcFile) Do() error {
	if _, err := os.Lstat(f.path); f.keep && err == nil {
		return nil
	}
	content := []byte(f.text)
	if f.hosts {
		host, err := os.ReadFile("/etc/hosts")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		content = append(content, host...)
	}
	// A file that is there has been written to its end.
	part := f.path + ".part"
	if err := overwrite(part, append(content, f.after...)); err != nil {
		return err
	}
	return os.Rename(part, f.path)
}

func (f etcFile) Script() []string {
	p := Quote(f.path)
	write := "printf %s " + Quote(f.text) + " > " + p
	if f.hosts {
		write = fmt.Sprintf("{ printf %%s %s; cat /etc/hosts; printf %%s %s; } > %s", Quote(f.text), Quote(f.after), p)
	}
	write = "{ " + write + "; chmod 0644 " + p + "; }"
	if f.keep {
		write = "[ -e " + p + " ] || " + write
	}
	return []string{write}
}

// resetHosts takes away what a container wrote into the pod's hosts.
type resetHosts struct{ dir string }

func (r resetHosts) Do() error {
	content, err := os.ReadFile(path.Join(r.dir, cleanHosts))
	if err != nil {
		return err
	}
	return overwrite(path.Join(r.dir, "hosts"), content)
}

func (r resetHosts) Script() []string {
	from, to := Quote(path.Join(r.dir, cleanHosts)), Quote(path.Join(r.dir, "hosts"))
	return []string{"cat " + from + " > " + to, "chmod 0644 " + to}
}

// overwrite writes a file of mode 0644 in its place: containers have the very file mounted, not its name. One that a
// container of a rootless runtime gave to another user is replaced.
func overwrite(name string, content []byte) error {
	err := os.WriteFile(name, content, 0o644)
	if errors.Is(err, fs.ErrPermission) {
		if err := os.Remove(name); err != nil {
			return err
		}
		err = os.WriteFile(name, content, 0o644)
	}
	if err != nil {
		return err
	}
	return os.Chmod(name, 0o644)
}

// forgetEtc removes the files of a sandbox that is no more.
type forgetEtc struct{ dir string }

func (f forgetEtc) Do() error        { return os.RemoveAll(f.dir) }
func (f forgetEtc) Script() []string { return []string{"rm -rf " + Quote(f.dir)} }
