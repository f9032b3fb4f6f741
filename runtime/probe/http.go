package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// maxRedirects is how many requests one check makes at most.
const maxRedirects = 10

// probeHTTP makes one GET request, on a connection of its own. A status from 200 to 399 is a success.
func (t Target) probeHTTP(ctx context.Context, c plan.HTTP, timeout time.Duration) Outcome {
	req, err := t.request(ctx, c, "kube-probe/"+version)
	if err != nil {
		return Outcome{Unknown, err.Error()}
	}
	transport := t.transport()
	transport.DisableKeepAlives = true  // says "Connection: close"
	transport.DisableCompression = true // says nothing about encodings
	defer transport.CloseIdleConnections()
	client := &http.Client{Timeout: timeout, Transport: transport, CheckRedirect: sameHost}
	res, err := client.Do(req)
	if err != nil {
		return Outcome{Failure, err.Error()}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxOutput))
	if err != nil {
		// Not a failure: a kubelet, too, takes a verdict only from an answer that is complete.
		return Outcome{Unknown, err.Error()}
	}
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return Outcome{Success, string(body)}
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return Outcome{Warning, "Probe terminated redirects, Response body: " + string(body)}
	}
	// Without the body: it may hold what only the probe's headers give access to.
	return Outcome{Failure, fmt.Sprintf("HTTP probe failed with statuscode: %d", res.StatusCode)}
}

// transport is one for a single check. Certificates are not checked, since they are not made for a pod's address.
func (t Target) transport() *http.Transport {
	return &http.Transport{
		DialContext:         t.dial,
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true, // where TLS agrees on it
	}
}

// request is the GET request of a check, in the name of the agent.
func (t Target) request(ctx context.Context, c plan.HTTP, agent string) (*http.Request, error) {
	addr, err := t.addr(c.Host, c.Port)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Path) // with a query, perhaps
	if err != nil {
		u = &url.URL{Path: c.Path}
	}
	u.Scheme, u.Host = "http", addr
	if c.TLS {
		u.Scheme = "https"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for _, h := range c.Headers {
		req.Header.Add(h.Name, h.Value)
	}
	req.Host = req.Header.Get("Host")
	if _, ok := req.Header["User-Agent"]; !ok { // net/http leaves out an empty one
		req.Header.Set("User-Agent", agent)
	}
	if _, ok := req.Header["Accept"]; !ok {
		req.Header.Set("Accept", "*/*")
	} else if req.Header.Get("Accept") == "" {
		req.Header.Del("Accept")
	}
	return req, nil
}

// sameHost follows redirects that stay on the host that was asked, on any of its ports: any other
// host says nothing about this container.
func sameHost(req *http.Request, via []*http.Request) error {
	if req.URL.Hostname() != via[0].URL.Hostname() {
		return http.ErrUseLastResponse
	}
	if len(via) >= maxRedirects {
		return errors.New("stopped after 10 redirects")
	}
	return nil
}
