package runtime

import (
	"context"
	"errors"
	"strings"
	"time"
)

// transient are words of a runtime's failures that pass by themselves: somebody else does something
// to the same thing at the same moment.
var transient = []string{
	// podman looks at all interfaces of the host to find a free subnet; one may vanish while it looks.
	"no such network interface",
	// docker, while a removal that was asked for before goes on: one that was interrupted, say.
	"is already in progress",
	// podman lists containers, and then looks for the pod of each; one of them may be removed in between.
	") in state: no such pod",
	// podman inspects an image, and reads all others to find its parent; one of them may be removed in between.
	": locating image with ID ",
}

// The pauses between the attempts of a command that fails with transient words.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 3200 * time.Millisecond
)

// run runs a command, again as long as it fails with transient words, for some six seconds. A status other than 0
// is a *CommandError.
func run(ctx context.Context, r Runner, c Command) (Result, error) {
	for pause := firstRetry; ; pause *= 2 {
		res, err := once(ctx, r, c)
		if pause > lastRetry || !isTransient(err) {
			return res, err
		}
		select {
		case <-ctx.Done():
			return res, err
		case <-time.After(pause):
		}
	}
}

func isTransient(err error) bool {
	var failed *CommandError
	if !errors.As(err, &failed) || failed.Err != nil {
		return false
	}
	for _, words := range transient {
		if strings.Contains(string(failed.Result.Stderr), words) {
			return true
		}
	}
	return false
}
