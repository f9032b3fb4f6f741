package systemd

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestSend(t *testing.T) {
	if err := (Notifier{}).Send(Ready); err != nil {
		t.Errorf("where nobody listens: %v", err)
	}
	socket := filepath.Join(t.TempDir(), "notify")
	n := Notifier{Socket: socket}
	if err := n.Send(Ready); err == nil {
		t.Error("what did not arrive is no error")
	}
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	states, err := Reloading()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Send(append(states, Ready, Status("main: exit\ncode 1\x00"))...); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4096)
	_ = l.SetReadDeadline(time.Now().Add(10 * time.Second))
	size, err := l.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=[0-9]+\nREADY=1\nSTATUS=main: exit code 1\n$`)
	if got := strings.ReplaceAll(string(b[:size]), "\x00", "?"); !want.MatchString(got) {
		t.Errorf("got %q", got)
	}
}
