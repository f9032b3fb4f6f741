package runtime_test

import (
	"context"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// offline is a Runner for which every pull fails with the same words.
type offline struct {
	says string
	here bool
}

func (o offline) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	switch {
	case c.Argv[1] == "pull":
		return runtime.Result{Code: 125, Stderr: []byte(o.says)}, nil
	case o.here && c.Argv[1] == "image":
		return runtime.Result{}, nil
	}
	return runtime.Result{Code: 1}, nil
}

// A supervisor starts a pod from the image that is here when the registry does not answer, but not when it says no.
func TestSpare(t *testing.T) {
	const refused = "Error: initializing source docker://r:5000/app:1: pinging container registry r:5000: dial tcp 127.0.0.1:5000: connect: connection refused"
	for name, test := range map[string]struct {
		runner offline
		spare  bool
		pull   plan.PullPolicy
		want   runtime.Phase
	}{
		"is down":            {offline{refused, true}, true, plan.PullAlways, runtime.Warned},
		"does not work":      {offline{"received unexpected HTTP status: 503 Service Unavailable", true}, true, plan.PullAlways, runtime.Warned},
		"is down for apply":  {offline{refused, true}, false, plan.PullAlways, runtime.Failed},
		"no image":           {offline{refused, false}, true, plan.PullAlways, runtime.Failed},
		"says no":            {offline{"unauthorized: authentication required", true}, true, plan.PullAlways, runtime.Failed},
		"has no such image":  {offline{"manifest unknown", true}, true, plan.PullAlways, runtime.Failed},
		"need not be asked":  {offline{refused, true}, true, plan.PullIfNotPresent, runtime.Unneeded},
		"is needed, is down": {offline{refused, false}, true, plan.PullIfNotPresent, runtime.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			var got runtime.Phase
			next := false
			x := runtime.Executor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: test.runner}, Spare: test.spare,
				Report: func(e runtime.Event) {
					if e.Step.ID == "pull" {
						got = e.Phase
					}
					next = next || e.Step.ID == "next" && e.Phase == runtime.Unneeded
				}}
			err := x.Run(t.Context(), runtime.Steps{
				{ID: "pull", Op: runtime.EnsureImage{Image: "r:5000/app:1", Pull: test.pull}},
				{ID: "next", Op: runtime.Prepared{}, Needs: []string{"pull"}},
			})
			failed := test.want == runtime.Failed
			if got != test.want || (err != nil) != failed || next == failed {
				t.Errorf("%s, error %v, next step done: %v; want %s", got, err, next, test.want)
			}
		})
	}
}
