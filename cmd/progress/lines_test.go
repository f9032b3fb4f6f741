package progress

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// story is what every way is told here.
func story(d *Display, clock *time.Time) {
	d.Note("waiting for another kubehost")
	d.Report(image(Working, "Pulling", 0, 0))
	*clock = clock.Add(1500 * time.Millisecond)
	d.Report(image(Working, "Pulling", 4, 1))
	d.Report(image(Done, "Pulled", 0, 0))
	waiting := container("app", Working, "Waiting", "")
	waiting.Minor = true
	d.Report(waiting)
	running := container("app", Working, "Running", "not ready")
	d.Report(running)
	d.Report(running)
	d.Report(container("app", Done, "Ready", ""))
	waits := pod("web", Working, "Running", "0/1 ready")
	waits.Minor = true
	d.Report(waits)
	waits.Minor = false
	d.Report(waits)
	d.Report(waits)
	d.Report(pod("web", Failed, "Failed", "DeadlineExceeded"))
	d.Close()
	fmt.Fprintf(d, "error: pod %q has failed\n  hint: look\n", "web")
}

func told(mode Mode) string {
	var out bytes.Buffer
	clock := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	d := New(Options{Mode: mode, Out: &out})
	d.now = func() time.Time { return clock }
	story(d, &clock)
	return out.String()
}

// TestFirstMoment: what has just begun is under way for no time at all, however slow this host is.
func TestFirstMoment(t *testing.T) {
	var out bytes.Buffer
	clock := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	d := New(Options{Mode: JSON, Out: &out})
	d.now = func() time.Time { clock = clock.Add(time.Second); return clock }
	d.Report(container("app", Working, "Stopping", ""))
	if !strings.Contains(out.String(), `"seconds":0}`) {
		t.Error(out.String())
	}
}

func TestWaysWithoutTerminal(t *testing.T) {
	const plain = `
waiting for another kubehost
image docker.io/library/nginx:1: Pulling
image docker.io/library/nginx:1: Pulled
pod "web": container app: Running, not ready
pod "web": container app: Ready
pod "web": Running, 0/1 ready
pod "web": Failed, DeadlineExceeded
error: pod "web" has failed
  hint: look
`
	for mode, want := range map[Mode]string{
		Auto: plain, Plain: plain,
		Quiet: "\nerror: pod \"web\" has failed\n  hint: look\n",
		JSON: `
{"time":"2026-11-23T12:00:00Z","type":"message","text":"waiting for another kubehost"}
{"time":"2026-11-23T12:00:00Z","type":"progress","image":"docker.io/library/nginx:1","phase":"working","state":"Pulling","seconds":0}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","image":"docker.io/library/nginx:1","phase":"working","state":"Pulling","layers":{"seen":4,"here":1},"seconds":1.5}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","image":"docker.io/library/nginx:1","phase":"done","state":"Pulled","seconds":1.5}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","pod":"web","container":"app","phase":"working","state":"Waiting","seconds":0}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","pod":"web","container":"app","phase":"working","state":"Running","detail":"not ready","seconds":0}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","pod":"web","container":"app","phase":"done","state":"Ready","seconds":0}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","pod":"web","phase":"working","state":"Running","detail":"0/1 ready","seconds":0}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","pod":"web","phase":"working","state":"Running","detail":"0/1 ready","seconds":0}
{"time":"2026-11-23T12:00:01.5Z","type":"progress","pod":"web","phase":"failed","state":"Failed","detail":"DeadlineExceeded","seconds":0}
{"time":"2026-11-23T12:00:01.5Z","type":"message","text":"error: pod \"web\" has failed\n  hint: look"}
`,
	} {
		if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), told(mode)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
	}
}
