package supervise

import (
	"os"

	"golang.org/x/sys/unix"
)

// watch calls ended once the process has ended, without asking anybody again and again: the kernel
// tells, through a pidfd. The returned file ends the watch when it is closed. The error is ESRCH
// when the process has ended already.
func watch(pid int, ended func()) (*os.File, error) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return nil, err
	}
	// A file in non-blocking mode is waited for by Go's poller, which costs no thread.
	f := os.NewFile(uintptr(fd), "pidfd")
	conn, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, err
	}
	go func() {
		err := conn.Read(func(fd uintptr) bool {
			// The first call comes at once: only a pidfd that is readable tells of an end.
			fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, err := unix.Poll(fds, 0)
			return err == nil && n == 1
		})
		if err == nil {
			ended()
		}
	}()
	return f, nil
}
