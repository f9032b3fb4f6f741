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

// registryMain is the registry, where this process is that of registry.service.
func registryMain() {
	if len(os.Args) < 2 || os.Args[1] != registryRole {
		return
	}
	if err := serveRegistry(); err != nil {
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
		img, err := newImage(name, "")
		if err != nil {
			return err
		}
		if err := (&registryServer{addr: registryAddr}).push(name, img); err != nil {
			return err
		}
	}
	notify, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		return err
	}
	if _, err := notify.Write([]byte("READY=1")); err != nil {
		return err
	}
	return <-ended
}
