package runtime_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// What docker 20.10 and podman 4.3 print while they pull an image of two layers, one of which docker has.
const (
	dockerPull = `1: Pulling from app
925ade5f6e5b: Already exists
48d143c333f1: Pulling fs layer
48d143c333f1: Verifying Checksum
48d143c333f1: Download complete
48d143c333f1: Pull complete
Digest: sha256:fe7d6375c64e56ca5ff8ed2462d9c472c2a5164611761c692033591fbdca4a44
Status: Downloaded newer image for app:1
`
	podmanPull = `Trying to pull localhost:5000/app:1...
Getting image source signatures
Copying blob sha256:1e0db457ec2612319e7980cd899b501861631c44cebc48a61f9402b0ac8cf755
Copying blob sha256:48d143c333f1c0df7f314dfd6f8b39a34a8c089c9f7f5a17b4ca14a24dd6489c
Copying config sha256:fed461965f644bb6a23ca561cc901ff45371cc74df475706fd789dd2f795f530
Writing manifest to image destination
Storing signatures
`
)

// puller is a Runner that has no image, and says this while it pulls one.
type puller struct{ says string }

func (p puller) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	if c.Pulls == "" {
		return runtime.Result{Code: 1}, nil
	}
	for line := range strings.Lines(p.says) {
		if !c.Heard(strings.TrimSuffix(line, "\n")) {
			return runtime.Result{Code: 1, Stderr: []byte("not understood: " + line)}, nil
		}
	}
	return runtime.Result{}, nil
}

func TestPullIsReported(t *testing.T) {
	d, err := docker.New("amd64")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		dialect runtime.Dialect
		says    string
		want    []string
	}{
		{d, dockerPull, []string{"begun", "pulling 0/0", "pulling 1/1", "pulling 1/2", "pulling 2/2", "done"}},
		{podman.Dialect{}, podmanPull, []string{"begun", "pulling -1/0", "pulling -1/1", "pulling -1/2", "done"}},
	} {
		var got []string
		x := runtime.Executor{Engine: runtime.Engine{Dialect: test.dialect, Runner: puller{test.says}}, Report: func(e runtime.Event) {
			text := string(e.Phase)
			if e.Phase == runtime.Pulling {
				text += fmt.Sprintf(" %d/%d", e.Pull.Here, e.Pull.Layers)
			}
			got = append(got, text)
		}}
		if err := x.Run(t.Context(), runtime.Steps{{ID: "image", Op: runtime.EnsureImage{Image: "app:1", Pull: plan.PullIfNotPresent}}}); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.dialect.Name(), diff)
		}
	}
}

// TestHeard: lines of both streams are heard as they come, and those that are taken are not kept.
func TestHeard(t *testing.T) {
	var heard []string
	script := `printf 'one\ntwo '; printf 'halves\r\n'; printf 'three\nno end' >&2; head -c 70000 /dev/zero | tr '\0' x`
	res, err := runtime.Exec{}.Run(t.Context(), runtime.Command{Argv: []string{"sh", "-c", script}, Heard: func(line string) bool {
		if len(line) < 100 {
			heard = append(heard, line)
		}
		return line == "two halves" || line == "three"
	}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, line := range heard {
		seen[line] = true
	}
	for _, want := range []string{"one", "two halves", "three", "no end"} {
		if !seen[want] {
			t.Errorf("%q was not heard: %q", want, heard)
		}
	}
	if got, want := string(res.Stdout), "one\n"+strings.Repeat("x", 70000); got != want {
		t.Errorf("stdout: %d bytes, want %d", len(got), len(want))
	}
	if got := string(res.Stderr); got != "no end" {
		t.Errorf("stderr: %q", got)
	}
}
