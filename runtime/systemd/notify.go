package systemd

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// Notifier tells the service manager how this process is. See sd_notify(3).
type Notifier struct {
	// Socket is the value of NOTIFY_SOCKET; empty where nobody listens.
	Socket string
}

// Send tells states, such as "READY=1". One that does not arrive is an error.
func (n Notifier) Send(states ...string) error {
	if n.Socket == "" || len(states) == 0 {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.Socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	text := ""
	for _, s := range states {
		text += s + "\n"
	}
	_, err = conn.Write([]byte(text))
	return err
}

// Ready says that the service has started, or has read its configuration again.
const Ready = "READY=1"

// Reloading are the states of a process that has begun to read its configuration again. [Ready] follows.
func Reloading() ([]string, error) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return nil, err
	}
	return []string{"RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", now.Nano()/1000)}, nil
}

// Status is one line for people.
func Status(line string) string { return "STATUS=" + oneLine(line) }
