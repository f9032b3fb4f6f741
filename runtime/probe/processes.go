package probe

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// processes are those of the host, as /proc shows them. A rootless user may read the environment of, and
// signal, all that is in a user namespace that is the user's own, whatever the uid in it.
type processes struct {
	proc   fs.FS
	signal func(pid int) error
}

func hostProcesses() processes {
	return processes{os.DirFS("/proc"), func(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }}
}

// process is one of them.
type process struct {
	pid int
	age time.Duration
}

// tick is the unit of times in /proc: USER_HZ is 100 on every architecture that Go has.
const tick = time.Second / 100

// with returns the processes that have the variable in their environment: a command and what it has started. The
// oldest, the command, is first.
func (p processes) with(variable string) []process {
	names, err := fs.Glob(p.proc, "[0-9]*")
	if err != nil {
		return nil
	}
	now, ok := p.uptime() // once, so that all ages are of one moment
	var found []process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || !ok || !p.has(name, variable) {
			continue
		}
		if started, ok := p.started(name); ok {
			found = append(found, process{pid, now - started})
		}
	}
	slices.SortFunc(found, func(a, b process) int { return cmp.Or(cmp.Compare(b.age, a.age), cmp.Compare(a.pid, b.pid)) })
	return found
}

func (p processes) has(pid, variable string) bool {
	environ, err := fs.ReadFile(p.proc, pid+"/environ")
	if err != nil { // it is gone, or somebody else's
		return false
	}
	for v := range bytes.SplitSeq(environ, []byte{0}) {
		if string(v) == variable {
			return true
		}
	}
	return false
}

// started is when a process was started, since boot: the 20th field behind the name, which is in
// parentheses and may hold anything.
func (p processes) started(pid string) (time.Duration, bool) {
	stat, err := fs.ReadFile(p.proc, pid+"/stat")
	if err != nil {
		return 0, false
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 {
		return 0, false
	}
	ticks, err := strconv.ParseInt(fields[19], 10, 64)
	return time.Duration(ticks) * tick, err == nil
}

// uptime is the time since boot.
func (p processes) uptime() (time.Duration, bool) {
	b, err := fs.ReadFile(p.proc, "uptime")
	if err != nil {
		return 0, false
	}
	text, _, _ := strings.Cut(string(b), " ")
	seconds, err := strconv.ParseFloat(text, 64)
	return time.Duration(seconds * float64(time.Second)).Round(tick), err == nil
}

// kill ends processes at once, as a kubelet's runtime does.
func (p processes) kill(found []process) error {
	var errs []error
	for _, f := range found {
		if err := p.signal(f.pid); err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
