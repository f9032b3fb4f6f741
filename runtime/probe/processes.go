package probe

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kubehost/kubehost/runtime"
)

// processes are those of the host, as /proc shows them.
type processes struct {
	proc fs.FS
	// find returns the IDs of those that have a variable in their environment.
	find   func(ctx context.Context, variable string) []int
	signal func(pid int) error
}

func hostProcesses(r runtime.Runner, d runtime.Dialect) processes {
	p := processes{proc: os.DirFS("/proc"), signal: func(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }}
	p.find = func(_ context.Context, variable string) []int { return environ(p.proc, variable) }
	// The user may signal all that is in a user namespace that is the user's own, but read the environment of only
	// those that have the user's own uid.
	plain := []string{"sh", "-c", `grep -lsF -e "$0" /proc/[0-9]*/environ`}
	if search := d.Unshare(plain...); !slices.Equal(search.Argv, plain) {
		p.find = func(ctx context.Context, variable string) []int {
			c := search
			c.Argv = append(slices.Clone(search.Argv), variable)
			res, err := r.Run(ctx, c)
			if err != nil {
				return nil
			}
			return pids(strings.Fields(string(res.Stdout)))
		}
	}
	return p
}

// pids are the numbers in the paths of files in /proc.
func pids(files []string) []int {
	var all []int
	for _, file := range files {
		if pid, err := strconv.Atoi(path.Base(path.Dir(file))); err == nil {
			all = append(all, pid)
		}
	}
	return all
}

// environ finds the processes that have the variable, as far as they may be read.
func environ(proc fs.FS, variable string) []int {
	dirs, err := fs.Glob(proc, "[0-9]*") // not */environ, which would list all of each
	if err != nil {
		return nil
	}
	var files []string
	for _, dir := range dirs {
		b, err := fs.ReadFile(proc, dir+"/environ")
		if err == nil && bytes.Contains(b, []byte(variable)) { // a variable is random: no other is longer
			files = append(files, dir+"/environ")
		}
	}
	return pids(files)
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
func (p processes) with(ctx context.Context, variable string) []process {
	pids := p.find(ctx, variable)
	now, ok := p.uptime() // once, so that all ages are of one moment
	if !ok {
		return nil
	}
	var found []process
	for _, pid := range pids {
		if started, ok := p.started(pid); ok {
			found = append(found, process{pid, now - started})
		}
	}
	sort.Slice(found, func(i, j int) bool {
		if found[i].age != found[j].age {
			return found[i].age > found[j].age
		}
		return found[i].pid < found[j].pid
	})
	return found
}

// started is when a process was started, since boot: the 20th field behind the name, which is in
// parentheses and may hold anything.
func (p processes) started(pid int) (time.Duration, bool) {
	stat, err := fs.ReadFile(p.proc, strconv.Itoa(pid)+"/stat")
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

// errNoProcess says that no process of the host, as far as it can be seen, is the one that is meant.
var errNoProcess = errors.New("no process has this variable")

// Signal sends a signal to the command that was started with a variable in its environment, NAME=value, and to the rest
// of its process group, as a terminal would. The error says that there is none to be seen, or that it may not be signalled.
func Signal(ctx context.Context, r runtime.Runner, d runtime.Dialect, variable string, s syscall.Signal) error {
	found := hostProcesses(r, d).with(ctx, variable)
	if len(found) == 0 {
		return errNoProcess
	}
	err := syscall.Kill(-found[0].pid, s)
	if errors.Is(err, syscall.ESRCH) { // it leads no group
		err = syscall.Kill(found[0].pid, s)
	}
	return err
}
