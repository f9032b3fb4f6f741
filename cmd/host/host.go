package host

import (
	"net"
	"os"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/translate"
)

// Look returns what a translation must know of the host that the program runs on, but for what the manifests ask: [EnvFiles],
// [HasJournal].
func Look(s settings.Settings) translate.Host {
	name, _ := os.Hostname()
	h := translate.Host{
		StateDir: s.StateDir, VolumeBaseDir: s.VolumeBaseDir, Name: name, IPs: hostIPs(),
		CPUs: goruntime.NumCPU(), Memory: memory(), Storage: storage(s.StateDir),
		SeccompDir: s.SeccompDir, AppArmor: hasAppArmor(), SELinux: hasSELinux(),
		Supervised: s.Supervisor != settings.SupervisorNone,
	}
	if b, err := os.ReadFile("/etc/resolv.conf"); err == nil {
		h.DNS = parseResolvConf(string(b))
	}
	return h
}

// hostIPs are the addresses that the host would send from, of IPv4 and of IPv6: a kubelet's rule, too. Without
// a way to the outside it is any address that others could reach, and at last the loopback.
func hostIPs() []string {
	var ips []string
	// Addresses for documentation, to which nothing is sent: connecting a UDP socket only looks up the route.
	for _, to := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		c, err := net.Dial("udp", to)
		if err != nil {
			continue
		}
		if a, ok := c.LocalAddr().(*net.UDPAddr); ok && a.IP.IsGlobalUnicast() {
			ips = append(ips, a.IP.String())
		}
		_ = c.Close()
	}
	if len(ips) > 0 {
		return ips
	}
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			return []string{n.IP.String()}
		}
	}
	return []string{"127.0.0.1"}
}

// memory is the size of the host's memory in bytes, 0 when the kernel does not tell.
func memory() int64 {
	b, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "MemTotal:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb * 1024
		}
	}
	return 0
}

// storage is the size in bytes of the file system that dir is on, or will be.
func storage(dir string) int64 {
	var fs unix.Statfs_t
	for unix.Statfs(dir, &fs) != nil {
		cut := strings.LastIndexByte(dir, '/')
		if cut < 0 || dir == "/" {
			return 0
		}
		dir = dir[:max(cut, 1)]
	}
	return int64(fs.Blocks) * fs.Bsize
}

// parseResolvConf reads a resolv.conf as the kubelet does: of search lines the last counts, of options all.
func parseResolvConf(text string) translate.ResolvConf {
	var c translate.ResolvConf
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		switch values := f[1:]; f[0] {
		case "nameserver":
			if len(values) > 0 {
				c.Nameservers = append(c.Nameservers, values[0])
			}
		case "search", "domain":
			c.Searches = nil
			for _, s := range values {
				if s != "." {
					s = strings.TrimSuffix(s, ".")
				}
				c.Searches = append(c.Searches, s)
			}
		case "options":
			for _, o := range values {
				if !slices.Contains(c.Options, o) {
					c.Options = append(c.Options, o)
				}
			}
		}
	}
	return c
}
