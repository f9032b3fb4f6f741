package runtime

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestAttach: streams, environment, status; what a signal ended has that signal's code.
func TestAttach(t *testing.T) {
	var out bytes.Buffer
	code, err := Exec{}.Attach(t.Context(), Command{Argv: []string{"sh", "-c", `cat; echo "$X" >&2; exit 3`}, Env: []string{"X=err"}},
		Streams{In: strings.NewReader("in\n"), Out: &out, Err: &out})
	if code != 3 || err != nil || out.String() != "in\nerr\n" {
		t.Errorf("code %d, %v, %q", code, err, out.String())
	}
	code, err = Exec{}.Attach(t.Context(), Command{Argv: []string{"sleep", "3600"}},
		Streams{Begun: func(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }})
	if code != 143 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
}

func TestAttachEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	_, err := Exec{}.Attach(ctx, Command{Argv: []string{"sleep", "3600"}}, Streams{Begun: func(*os.Process) { cancel(enough) }})
	if !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
	if _, err := (Exec{}).Attach(t.Context(), Command{Argv: []string{"/no/such/command"}}, Streams{}); err == nil {
		t.Error("a command that is not there could be run")
	}
}
