package e2e

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
)

// scalePod is one of many: two containers, a claim and a page of its own.
const scalePod = `apiVersion: v1
kind: Pod
metadata: {name: pod-%04[1]d, labels: {app: scale}}
spec:
  containers:
  - name: app
    image: localhost/app:%[2]d
    env: [{name: NUMBER, value: "%[1]d"}]
    resources: {limits: {memory: 64Mi}}
    volumeMounts: [{name: data, mountPath: /data}, {name: page, mountPath: /page}]
  - {name: log, image: "localhost/log:1"}
  volumes:
  - {name: data, persistentVolumeClaim: {claimName: data-%04[1]d}}
  - {name: page, configMap: {name: page-%04[1]d}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: page-%04[1]d}
data: {page: "%[1]d"}
---
`

// BenchmarkScale measures what kubehost itself needs for many pods: the runtime is one that answers at once. It prints one
// table, and ignores b.N.
//
//	make bench-scale
func BenchmarkScale(b *testing.B) {
	fake := filepath.Join(b.TempDir(), "fake")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", fake, "./fake").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "runtime\tpods\tfirst apply\ta pod\tnothing changed\tone pod changed\ta pod\tprocessor\tmemory\t")
	for _, runtime := range []string{"docker", "podman"} {
		for _, pods := range []int{10, 100, 1000} {
			s := newScale(b, fake, runtime)
			first := s.apply(pods, 1)
			same := s.median(func() cost { return s.apply(pods, 1) })
			version := 1
			changed := s.median(func() cost { version++; return s.apply(pods, version) })
			fmt.Fprintf(w, "%s\t%d\t%.2f s\t%.2f ms\t%.3f s\t%.3f s\t%.2f ms\t%.2f s\t%.0f MB\t\n", runtime, pods, first.wall.Seconds(), first.each(pods),
				same.wall.Seconds(), changed.wall.Seconds(), changed.each(pods), changed.cpu.Seconds(), changed.memory)
		}
	}
	w.Flush()
	fmt.Print(text.String()) // a log of a benchmark is cut short
}

// scale is a host with a runtime that answers at once.
type scale struct {
	*testing.B
	bin, dir string
	env      []string
}

func newScale(b *testing.B, fake, runtime string) *scale {
	s := &scale{B: b, dir: b.TempDir()}
	var err error
	if s.bin, err = programs(); err != nil {
		b.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.dir, "path"), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.Symlink(fake, filepath.Join(s.dir, "path", runtime)); err != nil {
		b.Fatal(err)
	}
	s.env = append(os.Environ(), "KUBEHOST_RUNTIME="+runtime, "KUBEHOST_SUPERVISOR=none", "KUBEHOST_STATE_DIR="+filepath.Join(s.dir, "state"),
		"KUBEHOST_VOLUME_DIR="+filepath.Join(s.dir, "volumes"), "FAKE_STATE="+filepath.Join(s.dir, "containers"),
		"PATH="+filepath.Join(s.dir, "path")+":"+os.Getenv("PATH"))
	return s
}

// cost is what one apply needed: the time, the processor time with that of the commands, and the most memory at a time, in MB.
type cost struct {
	wall, cpu time.Duration
	memory    float64
}

// each is the time for one of so many pods, in ms.
func (c cost) each(pods int) float64 { return milliseconds(c.wall) / float64(pods) }

// apply applies so many pods; the image of the last one's first container has the version for a tag.
func (s *scale) apply(pods, version int) cost {
	s.Helper()
	var manifest bytes.Buffer
	for n := range pods {
		tag := 1
		if n == pods-1 {
			tag = version
		}
		fmt.Fprintf(&manifest, scalePod, n, tag)
	}
	cmd := exec.Command(s.bin+"/kubehost", "apply", "-q", "-f", "-")
	cmd.Env, cmd.Stdin = s.env, &manifest
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.Fatalf("%v\n%s", err, out[max(0, len(out)-2000):])
	}
	took := time.Since(begun)
	want := 0
	if version > 1 {
		want = 1
	}
	if n := bytes.Count(out, []byte(" configured\n")); n != want {
		s.Fatalf("%d pods changed, not %d", n, want)
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), float64(usage.Maxrss) / 1000}
}

// median is the one in the middle of five, by time.
func (s *scale) median(f func() cost) cost {
	var all []cost
	for range 5 {
		all = append(all, f())
	}
	slices.SortFunc(all, func(a, b cost) int { return cmp.Compare(a.wall, b.wall) })
	return all[len(all)/2]
}
