package progress

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// pty returns both ends of a terminal of that size.
func pty(t *testing.T, width, height uint16) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height})
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

func TestChoose(t *testing.T) {
	_, terminal := pty(t, 100, 30)
	for _, test := range []struct {
		mode Mode
		out  io.Writer
		term string
		want Mode
	}{
		{Auto, terminal, "xterm", TTY}, {Auto, terminal, "dumb", Plain}, {Auto, terminal, "", Plain}, {Auto, new(bytes.Buffer), "xterm", Plain},
		{TTY, new(bytes.Buffer), "dumb", TTY}, {Plain, terminal, "xterm", Plain}, {JSON, terminal, "xterm", JSON}, {Quiet, terminal, "xterm", Quiet},
	} {
		if got := test.mode.choose(test.out, func(string) string { return test.term }); got != test.want {
			t.Errorf("%s on %T with TERM=%s: %s, want %s", test.mode, test.out, test.term, got, test.want)
		}
	}
	if w, h := sizeOf(terminal); w != 100 || h != 30 {
		t.Errorf("size %d×%d", w, h)
	}
	if w, h := sizeOf(new(bytes.Buffer)); w != 80 || h != 24 {
		t.Errorf("size of none %d×%d", w, h)
	}
}

// TestLive: on a terminal time is shown as it goes by, without anything being reported.
func TestLive(t *testing.T) {
	master, terminal := pty(t, 60, 24)
	d := New(Options{Mode: Auto, Out: terminal, Getenv: func(string) string { return "xterm" }})
	d.Report(pod("web", Working, "Pending", ""))
	var seen []byte
	for b := make([]byte, 4096); bytes.Count(seen, []byte("pod/web")) < 3; {
		n, err := master.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, b[:n]...)
	}
	d.Close()
}
