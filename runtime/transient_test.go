package runtime

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// failing is a Runner that fails with some words so many times, and then is fine.
type failing struct {
	words string
	times int
	calls int
}

func (f *failing) Run(context.Context, Command) (Result, error) {
	f.calls++
	if f.calls <= f.times {
		return Result{Code: 1, Stderr: []byte("Error: " + f.words)}, nil
	}
	return Result{}, nil
}

func TestFailuresThatPassAreTriedAgain(t *testing.T) {
	for _, test := range []struct {
		name    string
		runner  failing
		ok      bool
		calls   int
		atLeast time.Duration
	}{
		{"an interface that vanished", failing{words: "route ip+net: no such network interface", times: 2}, true, 3, 300 * time.Millisecond},
		{"a removal that goes on", failing{words: "removal of container x is already in progress", times: 1}, true, 2, 100 * time.Millisecond},
		{"a pod that goes while podman lists", failing{words: "could not find container b0 pod (id 48) in state: no such pod", times: 1}, true, 2, 100 * time.Millisecond},
		{"an image that goes while podman looks for the parent of another", failing{words: `reading image "928f": locating image with ID "928f": image not known`, times: 1}, true, 2, 100 * time.Millisecond},
		{"one that does not pass", failing{words: "no such network interface", times: 99}, false, 7, 6 * time.Second},
		{"any other", failing{words: "no such image", times: 1}, false, 1, 0},
		{"an image that is not there", failing{words: "inspecting object: web: image not known", times: 1}, false, 1, 0},
		{"a pod that is not there", failing{words: "unable to find pod web: no such pod", times: 1}, false, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				_, err := run(t.Context(), &test.runner, Command{Argv: []string{"true"}})
				if (err == nil) != test.ok || test.runner.calls != test.calls || time.Since(begun) < test.atLeast {
					t.Errorf("%v after %d calls and %v", err, test.runner.calls, time.Since(begun))
				}
			})
		})
	}
}
