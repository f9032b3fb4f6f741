package e2e

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

// registryAddr is where registry.service listens on a host.
const registryAddr = "127.0.0.1:5000"

// hostImages are what it has: the test image, with other names and IDs.
var hostImages = []string{"app:1", "other:1"}

const registryRole = "host-registry"

// registryUnit runs this binary, which is the agent's, too. Whoever starts it waits until it has the images.
const registryUnit = `[Unit]
Description=Registry of the end-to-end tests

[Service]
Type=notify
ExecStart=/usr/local/lib/kubehost-e2e/agent ` + registryRole + `
`

// brokenUnit is one that answers in its place, and does not work.
const brokenUnit = `[Unit]
Description=Registry of the end-to-end tests that does not work

[Service]
Type=notify
ExecStart=/usr/local/lib/kubehost-e2e/agent ` + registryRole + ` broken
`

// registryMain is the registry, where this process is that of registry.service.
func registryMain() {
	if len(os.Args) < 2 || os.Args[1] != registryRole {
		return
	}
	serve := serveRegistry
	if len(os.Args) > 2 {
		serve = serveBroken
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}

func serveRegistry() error {
	l, err := net.Listen("tcp", registryAddr)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- http.Serve(l, registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	}()
	for _, name := range hostImages {
		img, err := newImage(name, imageConfig{})
		if err != nil {
			return err
		}
		if err := (&registryServer{addr: registryAddr}).push(name, img); err != nil {
			return err
		}
	}
	if err := notifyReady(); err != nil {
		return err
	}
	return <-ended
}

func serveBroken() error {
	l, err := net.Listen("tcp", registryAddr)
	if err != nil {
		return err
	}
	if err := notifyReady(); err != nil { // what connects from now on is answered
		return err
	}
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "out of order", http.StatusServiceUnavailable)
	}))
}

// notifyReady tells systemd that the service has started.
func notifyReady() error {
	notify, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		return err
	}
	_, err = notify.Write([]byte("READY=1"))
	return err
}
