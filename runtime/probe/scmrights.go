package probe

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// The helper's protocol, in packets: the request is one byte, the family of the socket that is wanted; the answer is four
// bytes, an errno or 0, and with 0 comes the socket.

// answerTimeout is far beyond what a helper takes that is alive.
const answerTimeout = 5 * time.Second

// request asks the helper for a socket. An error of the helper is a syscall.Errno; any other is one of reaching it.
func request(helper *net.UnixConn, family int) (*os.File, error) {
	if err := helper.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return nil, err
	}
	if _, err := helper.Write([]byte{byte(family)}); err != nil {
		return nil, lost(err)
	}
	answer, rights := make([]byte, 4), make([]byte, syscall.CmsgSpace(4))
	n, rightsLen, _, _, err := helper.ReadMsgUnix(answer, rights)
	switch {
	case err != nil:
		return nil, lost(err)
	case n < len(answer):
		return nil, lost(io.ErrUnexpectedEOF)
	}
	if errno := syscall.Errno(binary.NativeEndian.Uint32(answer)); errno != 0 {
		return nil, os.NewSyscallError("socket", errno)
	}
	fd, err := received(rights[:rightsLen])
	if err != nil {
		return nil, lost(err)
	}
	return os.NewFile(uintptr(fd), "socket"), nil
}

// lost hides the errno: it is about the helper, not about the socket.
func lost(err error) error {
	return errors.New("the helper in the pods' network does not answer: " + err.Error())
}

// received is the one file that came with a message.
func received(rights []byte) (int, error) {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return 0, err
	}
	if len(messages) != 1 {
		return 0, errors.New("no socket came")
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil {
		return 0, err
	}
	return fds[0], nil // there is room for one
}

// ServeSockets makes sockets for the process at the other end until that closes it.
func ServeSockets(conn *os.File) error {
	c, err := net.FileConn(conn)
	if err != nil {
		return err
	}
	defer c.Close()
	client, ok := c.(*net.UnixConn)
	if !ok {
		return errors.New("this is no socket of a kubehost that wants to dial")
	}
	want := make([]byte, 1)
	for {
		if n, err := client.Read(want); err != nil || n == 0 {
			return nil
		}
		if err := answer(client, int(want[0])); err != nil {
			return nil
		}
	}
}

func answer(client *net.UnixConn, family int) error {
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	var errno syscall.Errno
	if err != nil {
		errors.As(err, &errno)
		_, err := client.Write(binary.NativeEndian.AppendUint32(nil, uint32(errno)))
		return err
	}
	defer syscall.Close(fd)
	_, _, err = client.WriteMsgUnix(make([]byte, 4), syscall.UnixRights(fd), nil)
	return err
}

// Detach runs the program again with these arguments, on its own, with this process's standard input, so that this
// process and those above it can end.
func Detach(args ...string) error {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Args[0] = os.Args[0] // for ps
	cmd.Stdin = os.Stdin
	cmd.Dir = "/" // keep no directory busy
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd.Start()
}
