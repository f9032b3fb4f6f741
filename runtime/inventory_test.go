package runtime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
)

// busy is a runtime where others remove things for some looks.
type busy struct {
	podman.Dialect
	looks *int
}

var errGone = errors.New("no such image")

func (b busy) Inventory(context.Context, runtime.Runner) (runtime.Inventory, error) {
	if *b.looks--; *b.looks >= 0 {
		return runtime.Inventory{}, errGone
	}
	return runtime.Inventory{Images: []runtime.Image{{ID: "1"}}}, nil
}

func TestInventoryTriesAgain(t *testing.T) {
	for looks, want := range map[int]error{0: nil, 3: nil, 100: errGone} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			have, err := runtime.Engine{Dialect: busy{looks: &looks}}.Inventory(t.Context())
			if !errors.Is(err, want) || (err == nil) != (len(have.Images) == 1) || time.Since(begun) > 10*time.Second {
				t.Errorf("%v, %v after %s", have, err, time.Since(begun))
			}
		})
	}
}
