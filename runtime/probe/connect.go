package probe

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// connect connects a socket, as a net.Dialer does. Its error is what stands inside that of a net.Dialer.
func connect(ctx context.Context, socket *os.File, to netip.AddrPort) error {
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := socket.SetWriteDeadline(deadline); err != nil {
			return err
		}
	}
	defer context.AfterFunc(ctx, func() { _ = socket.SetWriteDeadline(time.Unix(1, 0)) })()
	started := false
	var result error
	err = raw.Write(func(fd uintptr) bool {
		if !started {
			started = true
			result = syscall.Connect(int(fd), sockaddr(to))
			return result != syscall.EINPROGRESS
		}
		result = connected(int(fd))
		return result != syscall.EINPROGRESS
	})
	if err == nil {
		return os.NewSyscallError("connect", result)
	}
	return stopped(ctx)
}

// stopped is why a dial had to end early, in the words of the net package.
func stopped(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return errors.New("operation was canceled")
	}
	return os.ErrDeadlineExceeded
}

// connected is the result of a connect that was in progress.
func connected(fd int) error {
	errno, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ERROR)
	if err != nil {
		return err
	}
	if errno != 0 {
		return syscall.Errno(errno)
	}
	if _, err := syscall.Getpeername(fd); err != nil {
		return syscall.EINPROGRESS // woken for nothing
	}
	return nil
}

func family(to netip.AddrPort) int {
	if to.Addr().Is4() {
		return syscall.AF_INET
	}
	return syscall.AF_INET6
}

func sockaddr(to netip.AddrPort) syscall.Sockaddr {
	if to.Addr().Is4() {
		return &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	return &syscall.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
}
