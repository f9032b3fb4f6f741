package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/settings"
)

const flagPodRunning = "pod-running-timeout"

func (p *program) portForwardCommand() *cli.Command {
	return &cli.Command{
		Name:      "port-forward",
		Usage:     "reach ports of a pod from this host",
		UsageText: "kubehost port-forward POD [LOCAL:]REMOTE … [flags]",
		Description: `Listens on ports of this host, on loopback unless --address says otherwise, and passes connections on to ports of the
pod until Ctrl-C, also to what listens on the pod's localhost alone. REMOTE is a number, or the name of a container's port.
LOCAL is the same number when it is not given, and any that is free in :REMOTE.

It goes on when the pod is started anew. A port that is always to be reached has a hostPort in the manifest instead.

Examples:
  kubehost port-forward web 8888:80
  kubehost port-forward pod/web :http
  kubehost port-forward --address 0.0.0.0 web 8889:80`,
		Flags: append([]cli.Flag{
			namespaceFlag("of the pod (default: default)"),
			&cli.StringFlag{Name: "address", Value: "localhost", Usage: "listen on these `ADDRESSES`, separated by commas: of IPv4, of IPv6, or localhost, which is both loopbacks"},
			&cli.DurationFlag{Name: flagPodRunning, Value: time.Minute, Usage: "longest `TIME` to wait until a pod that is being started runs"},
		}, settings.Flags()...),
		Action: p.portForward,
	}
}

func (p *program) portForward(c *cli.Context) error {
	words := c.Args().Slice()
	if len(words) < 2 {
		return commandline.Usage(c, "must name a pod, and a port of it")
	}
	r, err := podNamed(c, words[0])
	if err != nil {
		return err
	}
	addresses, err := listenAddresses(c.String("address"))
	if err != nil {
		return commandline.Usage(c, "--address: %v", err)
	}
	patience := c.Duration(flagPodRunning)
	if patience <= 0 {
		return commandline.Usage(c, "--%s must be higher than zero", flagPodRunning)
	}
	e, s, err := p.host(c)
	if err != nil {
		return err
	}
	t := &tunnel{program: p, engines: e, settings: s, ref: r}
	defer t.close()
	pod, err := t.await(c.Context, patience)
	if err != nil {
		return err
	}
	var ports []forwarding
	for _, word := range words[1:] {
		f, err := forwardingOf(word, pod)
		if err != nil {
			return commandline.Usage(c, "%v", err)
		}
		ports = append(ports, f)
	}
	err = t.forward(c.Context, addresses, ports)
	if errors.As(context.Cause(c.Context), new(commandline.Interrupted)) {
		return nil // its only end, as with kubectl
	}
	return err
}

// listenAddresses reads --address.
func listenAddresses(text string) (addresses []string, err error) {
	for word := range strings.SplitSeq(text, ",") {
		some := []string{strings.TrimSpace(word)}
		if some[0] == "localhost" {
			some = []string{"127.0.0.1", "::1"}
		}
		if net.ParseIP(some[0]) == nil {
			return nil, fmt.Errorf("%q is neither an IP address nor localhost", some[0])
		}
		for _, a := range some {
			if !slices.Contains(addresses, a) {
				addresses = append(addresses, a)
			}
		}
	}
	return addresses, nil
}

// forwarding is a port of this host, 0 for any that is free, and the one of the pod that it leads to.
type forwarding struct{ local, remote uint16 }

// forwardingOf reads "8080:80", "80", ":80" or "8080:http".
func forwardingOf(word string, pod *v1.Pod) (f forwarding, err error) {
	local, remote, two := strings.Cut(word, ":")
	if !two {
		remote = local
	}
	if f.remote, err = portOf(remote, pod); err != nil && two {
		return f, fmt.Errorf("%q: %w", word, err)
	} else if err != nil {
		return f, err
	}
	switch {
	case !two:
		f.local = f.remote
	case local != "":
		n, err := strconv.ParseUint(local, 10, 16)
		if err != nil {
			return f, fmt.Errorf("%q: %q is not a port, 0–65535", word, local)
		}
		f.local = uint16(n)
	}
	return f, nil
}

// portOf is a port by its number, or by its name in the manifest.
func portOf(word string, pod *v1.Pod) (uint16, error) {
	if n, err := strconv.ParseUint(word, 10, 16); err == nil && n > 0 {
		return uint16(n), nil
	}
	names := []string{}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, port := range c.Ports {
			if port.Name != "" && port.Name == word {
				return uint16(port.ContainerPort), nil
			}
			names = append(names, port.Name)
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	if len(names) == 0 {
		return 0, fmt.Errorf("%q is not a port, 1–65535, and the pod has none with a name", word)
	}
	return 0, fmt.Errorf("%q is neither a port, 1–65535, nor the name of one: %s", word, strings.Join(names, ", "))
}

// forward listens and passes connections on, until ctx ends or nothing more can be taken in.
func (t *tunnel) forward(ctx context.Context, addresses []string, ports []forwarding) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var open sync.WaitGroup
	defer open.Wait()
	defer cancel(nil)
	for _, f := range ports {
		listeners, err := listen(addresses, &f)
		for _, l := range listeners {
			defer l.Close()
		}
		if err != nil {
			return err
		}
		for _, l := range listeners {
			t.say("Forwarding from %s -> %d", l.Addr(), f.remote)
			open.Go(func() { cancel(t.serve(ctx, &open, l, f)) })
		}
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

// listen listens on all addresses that this host has, with one port.
func listen(addresses []string, f *forwarding) (listeners []net.Listener, err error) {
	var missing []error
	for _, a := range addresses {
		l, err := net.Listen("tcp", net.JoinHostPort(a, strconv.Itoa(int(f.local))))
		switch {
		case errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT):
			missing = append(missing, err) // a host without IPv6 has no ::1
		case err != nil:
			return listeners, fmt.Errorf("unable to listen on port %d: %w\n  hint: name another local port, or none: :%d", f.local, err, f.remote)
		default:
			f.local = uint16(l.Addr().(*net.TCPAddr).Port)
			listeners = append(listeners, l)
		}
	}
	if len(listeners) == 0 {
		return nil, fmt.Errorf("unable to listen on port %d: %w\n  hint: --address takes addresses of this host", f.local, errors.Join(missing...))
	}
	return listeners, nil
}
