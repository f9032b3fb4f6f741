package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// failing is a runtime that says the same of everything.
type failing string

func (f failing) Run(context.Context, runtime.Command) (runtime.Result, error) {
	return runtime.Result{Code: 125, Stderr: []byte(f)}, nil
}

// TestHints: what the runtimes say, in their words of several versions, and what a user is told to do.
func TestHints(t *testing.T) {
	pull, always := runtime.EnsureImage{Image: "quay.io/team/app:1"}, runtime.EnsureImage{Image: "quay.io/team/app:1", Pull: plan.PullAlways}
	sandbox := runtime.CreateSandbox{Pod: &plan.Pod{Sandbox: plan.Sandbox{ID: "web-infra"}}}
	for _, c := range []struct {
		op   runtime.Op
		says string
		want string
	}{
		{pull, "dial tcp 127.0.0.1:1: connect: connection refused", "this host does not reach the registry quay.io: check its name and the network"},
		{always, "lookup quay.io on 10.0.0.1:53: no such host", "this host does not reach the registry quay.io: check its name and the network; imagePullPolicy: IfNotPresent uses an image that is here already"},
		{pull, "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 1970-01-01T00:00:07Z is before 2026-01-01T00:00:00Z",
			"by the clock of this host the certificate of the registry quay.io is not valid now: see whether the clock is right (date), else the registry needs a new one"},
		{pull, "Error response from daemon: manifest for quay.io/team/app:1 not found: manifest unknown: manifest unknown", "the registry quay.io has no such repository or no such tag: check how both are spelt"},
		{pull, "reading manifest 1 in quay.io/team/app: name unknown: unknown name", "the registry quay.io has no such repository or no such tag: check how both are spelt"},
		{pull, "pull access denied for quay.io/team/app, repository does not exist or may require 'docker login': denied",
			"name a Secret of type kubernetes.io/dockerconfigjson in spec.imagePullSecrets, or log in with: podman login quay.io; a registry says so, too, of a repository that it does not have"},
		{pull, "toomanyrequests: You have reached your pull rate limit.", "the registry quay.io answers only so many pulls from here: wait, or log in"},
		{pull, "something new", "check the name and the registry"},
		{always, "something new", "check the name and the registry; imagePullPolicy: IfNotPresent uses an image that is here already"},
		{sandbox, "Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: address already in use.", "give the pod another hostPort or hostIP, or end what has the port"},
		{sandbox, "Bind for 127.0.0.1:80 failed: port is already allocated", "give the pod another hostPort or hostIP, or end what has the port"},
		{sandbox, "no such device", ""},
		{sandbox, "mkdir /var/lib/x: no space left on device", `make room where podman keeps images and containers: "podman system df" tells what takes it, and "kubehost prune" removes what no pod uses`},
	} {
		err := runtime.Executor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: failing(c.says)}}.Run(t.Context(), runtime.Steps{{ID: "step", Op: c.op}})
		var failed *runtime.StepError
		if !errors.As(err, &failed) || failed.Hint != c.want {
			t.Errorf("%T, %s:\n%v\nwant %q", c.op, c.says, err, c.want)
		}
	}
}

// TestChatter: a user reads once what is wrong.
func TestChatter(t *testing.T) {
	const retry = `time="2026-11-24T00:14:53Z" level=warning msg="Failed, retrying in 1s ... (1/3). Error: pinging container registry: connection refused"`
	err := &runtime.CommandError{Command: runtime.Command{Argv: []string{"podman", "pull", "x"}},
		Result: runtime.Result{Code: 125, Stderr: []byte(retry + "\n" + retry + "\nError: pinging container registry: connection refused\n\nRun 'docker run --help' for more information\n")}}
	if n := strings.Count(err.Error(), "\n  | "); n != 1 {
		t.Errorf("%d lines: %v", n, err)
	}
}
