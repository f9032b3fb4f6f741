package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
)

// fakeProc is a /proc of a host that was booted an hour before begin, with processes that start later.
type fakeProc struct {
	begin time.Time
	mu    sync.Mutex
	all   []fakeProcess
}

type fakeProcess struct {
	pid    int
	starts time.Duration
	mark   string
}

func (f *fakeProc) add(pid int, starts time.Duration, mark string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, fakeProcess{pid, starts, mark})
}

func (f *fakeProc) Open(name string) (fs.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Since(f.begin)
	files := fstest.MapFS{
		"uptime": {Data: fmt.Appendf(nil, "%.2f 1.00\n", (time.Hour + now).Seconds())},
		"self":   {Data: []byte("no process")},
		"1/stat": {Data: []byte("1 (a) S 0")}, // unreadable environ
	}
	for _, p := range f.all {
		if p.starts > now {
			continue
		}
		dir := strconv.Itoa(p.pid)
		files[dir+"/environ"] = &fstest.MapFile{Data: []byte("A=1\x00" + p.mark + "\x00B=" + p.mark)}
		files[dir+"/stat"] = &fstest.MapFile{Data: fmt.Appendf(nil, "%d (a) b) S 1%s %d 9 9\n", p.pid,
			strings.Repeat(" 0", 17), (time.Hour+p.starts)/tick)}
	}
	return files.Open(name)
}

// The real /proc has the real thing.
func TestProcesses(t *testing.T) {
	marked := mark + t.Name() + strconv.Itoa(os.Getpid())
	// Both say that they are there, and then are what they are: one that becomes another program has no environment meanwhile.
	cmd := exec.Command("sh", "-c", "(echo started; read line <&3) & echo started; read line")
	cmd.Env = append(os.Environ(), marked)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd.Stdin, cmd.ExtraFiles = r, []*os.File{r}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("started\nstarted\n"))); err != nil {
		t.Fatal(err)
	}
	p := hostProcesses(nil, podman.Dialect{})
	found := p.with(t.Context(), marked)
	if len(found) != 2 || found[0].age < 0 || found[0].age > time.Minute || found[0].pid != cmd.Process.Pid {
		t.Errorf("%+v, want %d and its child", found, cmd.Process.Pid)
	}
	if err := p.kill(found); err != nil {
		t.Error(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("%v, want it killed", err)
	}
	if err := p.kill(found); err != nil {
		t.Errorf("killed again: %v", err)
	}
}

// A rootless user has to ask podman for what other uids of the user namespace have.
func TestProcessesRootless(t *testing.T) {
	var got []string
	p := hostProcesses(runner(func(_ context.Context, c runtime.Command) (runtime.Result, error) {
		got = c.Argv
		return runtime.Result{Stdout: []byte("/proc/77/environ\n/proc/8/environ\n"), Code: 2}, nil // some have gone away
	}), podman.Dialect{Rootless: true})
	if pids := p.find(t.Context(), mark+"x"); !slices.Equal(pids, []int{77, 8}) {
		t.Errorf("found %d", pids)
	}
	want := []string{"podman", "unshare", "sh", "-c", `grep -lsF -e "$0" /proc/[0-9]*/environ`, mark + "x"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestKillFails(t *testing.T) {
	p := processes{signal: func(int) error { return syscall.EPERM }}
	e := &execer{processes: p}
	err := e.timedOut([]process{{pid: 1}})
	if want := "the command took longer than its time-out and goes on: operation not permitted"; !errors.Is(err, ErrTimeout) || err.Error() != want {
		t.Error(err)
	}
}

func BenchmarkProcesses(b *testing.B) {
	p := hostProcesses(nil, podman.Dialect{})
	b.ReportAllocs()
	for b.Loop() {
		p.with(b.Context(), mark+"none")
	}
	names, _ := fs.Glob(p.proc, "[0-9]*")
	b.ReportMetric(float64(len(names)), "processes")
}
