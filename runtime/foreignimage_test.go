package runtime_test

import (
	"context"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// shelf has one image, which is pulled when it is not here.
type shelf struct {
	platform string
	here     bool
}

func (s *shelf) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	switch {
	case c.Argv[1] == "pull":
		s.here = true
	case s.here:
		return runtime.Result{Stdout: []byte("sha256:1 " + s.platform + "\n")}, nil
	default:
		return runtime.Result{Code: 1}, nil
	}
	return runtime.Result{}, nil
}

// TestForeignImage: a warning, whether the image was here or is pulled now; what needs it goes on.
func TestForeignImage(t *testing.T) {
	for _, c := range []struct {
		pull plan.PullPolicy
		here bool
	}{{plan.PullNever, true}, {plan.PullIfNotPresent, true}, {plan.PullIfNotPresent, false}, {plan.PullAlways, false}, {plan.PullAlways, true}} {
		for platform, warns := range map[string]bool{"linux/s390x": true, "": false} {
			var warning string
			next := false
			x := runtime.Executor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: &shelf{platform, c.here}}, Noted: func(context.Context, runtime.Note) error { return nil }, Report: func(e runtime.Event) {
				if e.Phase == runtime.Warned {
					warning = e.Err.Error()
				}
				next = next || e.Step.ID == "next"
			}}
			err := x.Run(t.Context(), runtime.Steps{{ID: "image", Op: runtime.EnsureImage{Image: "a:1", Pull: c.pull}}, {ID: "next", Op: runtime.Prepared{}, Needs: []string{"image"}}})
			if err != nil || !next || strings.HasPrefix(warning, "image a:1: it is made for linux/s390x, and this host is linux/") != warns {
				t.Errorf("%+v, %s: %v, next step: %t, warning %q", c, platform, err, next, warning)
			}
		}
	}
}
