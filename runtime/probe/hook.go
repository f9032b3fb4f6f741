package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Hook runs a lifecycle hook. It takes as long as the hook does, or until ctx is done.
func Hook(ctx context.Context, c plan.Check, t Target) error {
	switch {
	case c.Exec != nil:
		return t.hookExec(ctx, c.Exec)
	case c.HTTP != nil:
		return t.hookHTTP(ctx, *c.HTTP)
	case c.Sleep != nil:
		return sleep(ctx, time.Duration(*c.Sleep)*time.Second)
	}
	// The API still has tcpSocket here, and a kubelet fails on it.
	return errors.New("this is no handler that a hook can have")
}

func (t Target) hookExec(ctx context.Context, argv []string) error {
	exit, err := t.Exec(ctx, Command{Container: t.Container, Argv: argv})
	if err != nil {
		return err
	}
	if exit.Code != 0 {
		return fmt.Errorf("command '%s' exited with %d: %s", strings.Join(argv, " "), exit.Code, exit.Output)
	}
	return nil
}

// hookHTTP succeeds when there is an answer, whatever it says.
func (t Target) hookHTTP(ctx context.Context, c plan.HTTP) error {
	err := t.get(ctx, c)
	// Hooks ignored the scheme for years. A kubelet has served manifests that still say HTTPS
	// to a plain server ever since.
	if c.TLS && err != nil && strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		c.TLS = false
		c.Headers = without(c.Headers, "Authorization")
		return t.get(ctx, c)
	}
	return err
}

func (t Target) get(ctx context.Context, c plan.HTTP) error {
	req, err := t.request(ctx, c, "kube-lifecycle/"+version)
	if err != nil {
		return err
	}
	transport := t.transport()
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport, CheckRedirect: sameHost}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	// A server that is cut off in its answer may take the request for abandoned.
	_, _ = io.CopyN(io.Discard, res.Body, maxOutput)
	return nil
}

func without(headers []plan.Header, name string) []plan.Header {
	var kept []plan.Header
	for _, h := range headers {
		if !strings.EqualFold(h.Name, name) {
			kept = append(kept, h)
		}
	}
	return kept
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return errors.New("container terminated before sleep hook finished")
	case <-timer.C:
		return nil
	}
}
