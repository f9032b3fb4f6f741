package runtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/translate/plan"
)

// freePorts tries whether ports of the host can be had, so that one that a process has is known before anything
// is touched, and by whom. Between this and the runtime's own attempt somebody may still be faster: then
// the runtime's words remain.
type freePorts struct {
	ports   []plan.Port
	network string
	can     Features
}

func (f freePorts) Do() error {
	var errs []error
	for _, p := range f.ports {
		a := address(p)
		switch err := try(p); {
		case p.Protocol == plan.SCTP && !f.can.SCTP:
			errs = append(errs, fmt.Errorf("%s: this runtime publishes no SCTP ports", p.Host()))
		case a.Is6() && !f.can.IPv6Ports && (a.IsLoopback() || f.ours()):
			errs = append(errs, fmt.Errorf("%s: podman as root sends on what comes in by IPv6 only where the pod's network has IPv6, and never from ::1; "+
				"use an address of IPv4, or a network of your own with the annotation kubehost.dev/network", p.Host()))
		case err != nil:
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// ours says that kubehost makes the network, which then has IPv4 alone.
func (f freePorts) ours() bool {
	return f.network == "kubehost" || strings.HasPrefix(f.network, "kubehost-")
}

// Script is empty: a shell has no means to try a port, and the runtime fails of one that is taken.
func (f freePorts) Script() []string { return nil }

// try binds a port for a moment. What the user may not bind the engine, which runs as root, perhaps may.
func try(p plan.Port) error {
	switch err := bindPort(p); {
	case err == nil, errors.Is(err, unix.EACCES):
		return nil
	case errors.Is(err, unix.EADDRINUSE):
		return fmt.Errorf("%s is taken%s", p.Host(), takenBy(p))
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return fmt.Errorf("%s: this host has no address %s", p.Host(), p.HostIP)
	case errors.Is(err, unix.EPROTONOSUPPORT), errors.Is(err, unix.ESOCKTNOSUPPORT):
		return fmt.Errorf("%s: this host's kernel knows no SCTP (modprobe sctp)", p.Host())
	case errors.Is(err, unix.EAFNOSUPPORT):
		return fmt.Errorf("%s: this host has no IPv6", p.Host())
	default:
		return fmt.Errorf("%s: %w", p.Host(), err)
	}
}

func bindPort(p plan.Port) error {
	a := address(p)
	family := "4"
	if a.Is6() {
		family = "6"
	}
	at := net.JoinHostPort(a.String(), strconv.Itoa(int(p.HostPort)))
	switch p.Protocol {
	case plan.UDP:
		c, err := net.ListenPacket("udp"+family, at)
		if err != nil {
			return err
		}
		return c.Close()
	case plan.SCTP:
		return bindSCTP(a.AsSlice(), int(p.HostPort))
	}
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	l, err := config.Listen(context.Background(), "tcp"+family, at)
	if err != nil {
		return err
	}
	return l.Close()
}

func bindSCTP(ip []byte, port int) error {
	family := unix.AF_INET
	if len(ip) == net.IPv6len {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_SCTP)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if family == unix.AF_INET6 {
		return unix.Bind(fd, &unix.SockaddrInet6{Port: port, Addr: [16]byte(ip)})
	}
	return unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte(ip)})
}

// takenBy names the process that listens on a port, as far as this user may know: " by nginx (process 123)".
func takenBy(p plan.Port) string {
	inodes := sockets(p)
	dirs, _ := filepath.Glob("/proc/[0-9]*/fd")
	for _, dir := range dirs {
		files, _ := os.ReadDir(dir)
		for _, f := range files {
			target, err := os.Readlink(filepath.Join(dir, f.Name()))
			if err != nil || !slices.Contains(inodes, target) {
				continue
			}
			process := filepath.Dir(dir)
			name, _ := os.ReadFile(filepath.Join(process, "comm"))
			text := fmt.Sprintf(" by %s (process %s)", strings.TrimSpace(string(name)), filepath.Base(process))
			if publisher.Match(name) {
				text += ", which publishes it for a container"
			}
			return text
		}
	}
	return ""
}

// publisher are the processes that hold ports in the name of containers.
var publisher = regexp.MustCompile(`^(docker-proxy|conmon|rootlessport|rootlesskit|slirp4netns|pasta)`)

// sockets are the sockets bound to a port, as /proc names them: "socket:[123]".
func sockets(p plan.Port) []string {
	var found []string
	for _, table := range []string{string(p.Protocol), string(p.Protocol) + "6"} {
		b, _ := os.ReadFile("/proc/net/" + table)
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			if len(f) < 10 || p.Protocol == plan.TCP && f[3] != "0A" { // 0A is TCP_LISTEN
				continue
			}
			if _, port, ok := strings.Cut(f[1], ":"); ok && port == fmt.Sprintf("%04X", p.HostPort) {
				found = append(found, "socket:["+f[9]+"]")
			}
		}
	}
	return found
}
