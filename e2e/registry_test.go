package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/registry"
)

// registryUser and registryPassword are what the registry at authAddr asks for.
const registryUser, registryPassword = "robot", "s3cret"

// registryServer is a script's own registry on loopback: docker and podman take images from there
// without TLS. It notes who asked for what.
type registryServer struct {
	addr, authAddr string
	open, auth     *httptest.Server

	// stalled makes it leave requests without an answer until it closes.
	stalled atomic.Bool
	closing chan struct{}

	mu       sync.Mutex
	requests []string // "GET app:1"
}

func newRegistry() *registryServer {
	r := &registryServer{closing: make(chan struct{})}
	content := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	noted := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.note(req)
		if r.stalled.Load() {
			select {
			case <-r.closing:
			case <-req.Context().Done():
			}
			return
		}
		content.ServeHTTP(w, req)
	})
	r.open = httptest.NewServer(noted)
	r.auth = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		user, password, ok := req.BasicAuth()
		if !ok || user != registryUser || password != registryPassword {
			w.Header().Set("WWW-Authenticate", `Basic realm="kubehost e2e"`)
			http.Error(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`, http.StatusUnauthorized)
			return
		}
		noted(w, req)
	}))
	r.addr, r.authAddr = r.open.Listener.Addr().String(), r.auth.Listener.Addr().String()
	return r
}

func (r *registryServer) close() {
	close(r.closing)
	r.open.Close()
	r.auth.Close()
}

// note keeps requests for manifests: /v2/<repository>/manifests/<tag>.
func (r *registryServer) note(req *http.Request) {
	repo, tag, ok := strings.Cut(strings.TrimPrefix(req.URL.Path, "/v2/"), "/manifests/")
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, req.Method+" "+repo+":"+tag)
}

// pulls says how often an image was asked for since the last call. Some clients ask with
// HEAD, some with GET, some with both for one pull.
func (r *registryServer) pulls(image string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var heads, gets int
	for _, req := range r.requests {
		switch req {
		case "HEAD " + image:
			heads++
		case "GET " + image:
			gets++
		}
	}
	r.requests = nil
	return max(heads, gets)
}

// push stores an image as repository:tag. One that is not for this host is also the only one of the list repository:tag-list.
func (r *registryServer) push(name string, img image) error {
	repo, tag, ok := strings.Cut(name, ":")
	if !ok {
		return fmt.Errorf("%q is not repository:tag", name)
	}
	layer, err := zipped(img.layer)
	if err != nil {
		return err
	}
	const (
		docker = "application/vnd.docker."
		kind   = docker + "distribution.manifest.v2+json"
		list   = docker + "distribution.manifest.list.v2+json"
	)
	type descriptor struct {
		MediaType string `json:"mediaType"`
		Size      int    `json:"size"`
		Digest    string `json:"digest"`
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2,
		"mediaType":     kind,
		"config":        descriptor{docker + "container.image.v1+json", len(img.config), digest(img.config)},
		"layers":        []descriptor{{docker + "image.rootfs.diff.tar.gzip", len(layer), digest(layer)}},
	})
	if err != nil {
		return err
	}
	base := "http://" + r.addr + "/v2/" + repo
	for _, blob := range [][]byte{layer, img.config} {
		if err := send(http.MethodPost, base+"/blobs/uploads/?digest="+digest(blob), "application/octet-stream", blob); err != nil {
			return err
		}
	}
	if err := send(http.MethodPut, base+"/manifests/"+tag, kind, manifest); err != nil || img.arch == goruntime.GOARCH {
		return err
	}
	index, err := json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": list, "manifests": []any{map[string]any{
		"mediaType": kind, "size": len(manifest), "digest": digest(manifest), "platform": map[string]string{"os": "linux", "architecture": img.arch}}}})
	if err != nil {
		return err
	}
	return send(http.MethodPut, base+"/manifests/"+tag+"-list", list, index)
}

func send(method, url, kind string, body []byte) error {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, text)
	}
	return nil
}
