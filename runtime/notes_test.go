package runtime_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// hub is a Runner with a registry: a pull of an image gives it the ID that stands there.
type hub struct {
	mu       sync.Mutex
	here     map[string]string // IDs by the names of images
	there    map[string]string
	networks bool // each network is there already
}

func (h *hub) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	name := c.Argv[len(c.Argv)-1]
	switch c.Argv[1] {
	case "pull":
		if h.there[name] == "" {
			return runtime.Result{Code: 1}, nil
		}
		h.here[name] = h.there[name]
	case "image":
		if h.here[name] == "" {
			return runtime.Result{Code: 1}, nil
		}
		return runtime.Result{Stdout: []byte("sha256:" + h.here[name] + "\n")}, nil
	case "network":
		if c.Argv[2] == "create" && h.networks {
			return runtime.Result{Code: 1}, nil
		}
	}
	return runtime.Result{}, nil
}

func TestNoted(t *testing.T) {
	const app = "docker.io/library/app:1"
	image := func(id string) []runtime.Note {
		return []runtime.Note{{Runtime: "podman", Kind: runtime.NotedImage, Name: app, ID: id}}
	}
	volume := func(pull plan.PullPolicy) runtime.Op {
		return runtime.MakeVolume{Volume: plan.Volume{Name: "v", Kind: plan.Image, Path: app, Pull: pull}}
	}
	for name, c := range map[string]struct {
		op          runtime.Op
		here, there string
		networks    bool
		want        []runtime.Note
	}{
		"pulled":                    {op: runtime.EnsureImage{Image: app, Pull: plan.PullIfNotPresent}, there: "1", want: image("1")},
		"was there":                 {op: runtime.EnsureImage{Image: app, Pull: plan.PullIfNotPresent}, here: "1", there: "2"},
		"always: pulled":            {op: runtime.EnsureImage{Image: app, Pull: plan.PullAlways}, there: "1", want: image("1")},
		"always: was there":         {op: runtime.EnsureImage{Image: app, Pull: plan.PullAlways}, here: "1", there: "1"},
		"always: another was there": {op: runtime.EnsureImage{Image: app, Pull: plan.PullAlways}, here: "1", there: "2", want: image("2")},
		"never":                     {op: runtime.EnsureImage{Image: app, Pull: plan.PullNever}, here: "1"},
		"cannot be pulled":          {op: runtime.EnsureImage{Image: app, Pull: plan.PullAlways}, here: "1"},
		"volume":                    {op: volume(plan.PullIfNotPresent), there: "1", want: image("1")},
		"volume: was there":         {op: volume(plan.PullAlways), here: "1", there: "1"},
		"volume that is no image":   {op: runtime.MakeVolume{Volume: plan.Volume{Kind: plan.HostPath, Path: "/"}}, here: "1"},
		"network":                   {op: runtime.CreateNetwork{Name: "net"}, want: []runtime.Note{{Runtime: "podman", Kind: runtime.NotedNetwork, Name: "net"}}},
		"network of somebody else":  {op: runtime.CreateNetwork{Name: "net"}, networks: true},
		"anything":                  {op: runtime.RemoveNetwork{Name: "net"}},
	} {
		h := &hub{here: map[string]string{app: c.here}, there: map[string]string{app: c.there}, networks: c.networks}
		var got []runtime.Note
		x := runtime.Executor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: h},
			Noted: func(_ context.Context, n runtime.Note) error { got = append(got, n); return nil }}
		_ = x.Run(t.Context(), runtime.Steps{{ID: "step", Op: c.op}}) // that one fails is the point of it
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNoteThatCannotBeKept(t *testing.T) {
	full := errors.New("no space left on device")
	x := runtime.Executor{Engine: runtime.Engine{Dialect: podman.Dialect{}, Runner: &hub{}}, Noted: func(context.Context, runtime.Note) error { return full }}
	err := x.Run(t.Context(), runtime.Steps{{ID: "step", Op: runtime.CreateNetwork{Name: "net"}}})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "a note of network net cannot be kept") {
		t.Errorf("got %v", err)
	}
}
