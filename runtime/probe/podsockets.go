package probe

import (
	"os"
	goruntime "runtime"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/runtime"
)

// PodSockets dial from inside the network namespace of a process, where localhost is that of its pod. The program is
// kubehost's own path. Who may not enter the namespace gets ErrNoHelper when dialling.
func PodSockets(d runtime.Dialect, program string, pid int) *Sockets {
	command := d.Unshare(program, DialCommand, "/proc/"+strconv.Itoa(pid)+"/ns/net")
	return &Sockets{Command: command.Argv, Fixed: true}
}

// EnterNetwork moves the calling goroutine for good into the network namespace that a file stands for, and so what it starts.
// The rest of the program stays where it is.
func EnterNetwork(file string) error {
	goruntime.LockOSThread()
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return os.NewSyscallError("setns", unix.Setns(int(f.Fd()), unix.CLONE_NEWNET))
}
