package progress

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// bench is a display on a terminal with a clock that stands.
type bench struct {
	*Display
	*terminal
	clock time.Time
}

func onTerminal(width, height int) *bench {
	b := &bench{terminal: newTerminal(width, height), clock: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	b.Display = &Display{way: &screen{out: b.terminal, size: b.terminal.size}, now: func() time.Time { return b.clock },
		last: map[Item]state{}, stop: func() {}}
	return b
}

// Write is the display's, which writes to the terminal.
func (b *bench) Write(text []byte) (int, error) { return b.Display.Write(text) }

// after lets time go by, and the display show it.
func (b *bench) after(d time.Duration) {
	b.clock = b.clock.Add(d)
	b.tick()
}

func (b *bench) want(t *testing.T, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), b.terminal.String()); diff != "" {
		t.Fatalf("screen (-want +got):\n%s", diff)
	}
}

func pod(name string, phase Phase, state, detail string) Event {
	return Event{Item: Item{Pod: name}, Phase: phase, State: state, Detail: detail}
}

func container(name string, phase Phase, state, detail string) Event {
	return Event{Item: Item{Pod: "web", Container: name}, Phase: phase, State: state, Detail: detail}
}

func image(phase Phase, state string, seen, here int) Event {
	e := Event{Item: Item{Image: "docker.io/library/nginx:1"}, Phase: phase, State: state}
	if seen > 0 {
		e.Layers = &Layers{Seen: seen, Here: &here}
	}
	return e
}

func TestScreen(t *testing.T) {
	b := onTerminal(60, 24)
	b.Report(image(Working, "Pulling", 0, 0))
	b.after(1200 * time.Millisecond)
	b.want(t, `
image docker.io/library/nginx:1   1.2s  Pulling
`)
	b.Report(image(Working, "Pulling", 4, 1))
	b.Report(pod("web", Working, "Pending", ""))
	b.Report(container("prep", Working, "Running", ""))
	b.Report(container("app", Working, "Waiting", ""))
	b.after(time.Second)
	b.want(t, `
image docker.io/library/nginx:1   2.2s  Pulling, 1 of 4 lay
pod/web                           1.0s  Pending
  prep                            1.0s  Running
  app                             1.0s  Waiting
`)
	// What is said besides stands above; what is known is not said again.
	b.Note("pod %q: port 127.0.0.1:8080 -> 80/tcp", "web")
	b.Report(image(Done, "Pulled", 0, 0))
	b.Report(container("prep", Done, "Completed", ""))
	b.Report(container("app", Failed, "CrashLoopBackOff", "next try soon"))
	b.after(10 * time.Second)
	b.want(t, `
pod "web": port 127.0.0.1:8080 -> 80/tcp
image docker.io/library/nginx:1   2.2s  Pulled
pod/web                            11s  Pending
  prep                            1.0s  Completed
  app                             1.0s  CrashLoopBackOff, n
`)
	// A pod that is done has one line.
	b.Report(pod("web", Done, "Running", "1/1 ready"))
	b.Close()
	b.Write([]byte("pod/web created\n"))
	b.after(time.Minute)
	b.want(t, `
pod "web": port 127.0.0.1:8080 -> 80/tcp
image docker.io/library/nginx:1   2.2s  Pulled
pod/web                            11s  Running, 1/1 ready
pod/web created
`)
}

// TestScreenOfAFailure: what did not end stays as it was, above the error.
func TestScreenOfAFailure(t *testing.T) {
	b := onTerminal(60, 24)
	b.Report(pod("web", Working, "Stopping", "configuration changed"))
	b.Report(container("app", Working, "Stopping", ""))
	b.after(3 * time.Second)
	b.Close()
	b.Close()
	b.Write([]byte("error: stopped by a signal: interrupt\n"))
	b.want(t, `
pod/web   3.0s  Stopping, configuration changed
  app     3.0s  Stopping
error: stopped by a signal: interrupt
`)
}

// TestNothingIsShownOfNothing: a second apply that finds all as it should be leaves no trace.
func TestNothingIsShownOfNothing(t *testing.T) {
	b := onTerminal(60, 24)
	b.after(time.Second)
	b.Close()
	if got := b.terminal.String(); got != "\n" {
		t.Errorf("got %q", got)
	}
}

// TestQuestion: after Settle somebody may type in the place where the block was.
func TestQuestion(t *testing.T) {
	b := onTerminal(60, 24)
	b.Report(pod("web", Done, "Stopped", ""))
	b.Settle()
	b.Write([]byte("Type yes to go on: "))
	b.after(time.Second)
	b.want(t, `
pod/web         Stopped
Type yes to go on:
`)
}

// TestScreenIsTooSmall: what is done gives way first, one row tells of the rest, and all is there in the end.
func TestScreenIsTooSmall(t *testing.T) {
	b := onTerminal(30, 5)
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		b.Report(pod(name, Working, "Waiting", ""))
	}
	b.Report(pod("a", Done, "Running", ""))
	b.after(time.Second)
	b.want(t, `
pod/b   1.0s  Waiting
pod/c   1.0s  Waiting
pod/d   1.0s  Waiting
and 3 more
`)
	b.after(time.Second)
	b.Close()
	b.want(t, `
pod/a         Running
pod/b   2.0s  Waiting
pod/c   2.0s  Waiting
pod/d   2.0s  Waiting
pod/e   2.0s  Waiting
pod/f   2.0s  Waiting
`)
}

// TestResize: a terminal that gets narrower wraps what is drawn; it is found and drawn anew all the same.
func TestResize(t *testing.T) {
	b := onTerminal(60, 24)
	b.Note("above")
	b.Report(image(Working, "Pulling", 4, 1))
	b.Report(pod("web", Working, "Waiting", ""))
	b.after(time.Second)
	for _, width := range []int{31, 17, 9, 60, 40} {
		b.resize(width)
		b.after(time.Second)
	}
	b.want(t, `
above
…cker.io/library/nginx:1   6.0s  Pullin
pod/web                    6.0s  Waitin
`)
}

// TestNoTextMovesTheCursor: what containers and runtimes say is shown without what a terminal would obey, and never wider
// than it is.
func TestNoTextMovesTheCursor(t *testing.T) {
	b := onTerminal(30, 24)
	b.Report(pod("web", Working, "Pending", "\x1b[2J\r\n\a日本語日本語日本語"))
	b.after(time.Second)
	b.want(t, `
pod/web   1.0s  Pending,  [2J
`)
	b.resize(48)
	b.after(time.Second)
	b.want(t, `
pod/web   2.0s  Pending,  [2J   日本語日本語日
`)
}

func TestColours(t *testing.T) {
	for _, test := range []struct {
		name, term, noColour string
		want                 bool
	}{
		{"a terminal", "xterm", "", true}, {"NO_COLOR", "xterm", "1", false}, {"dumb", "dumb", "", false}, {"no TERM", "", "", false},
	} {
		env := map[string]string{"TERM": test.term, "NO_COLOR": test.noColour}
		b := onTerminal(60, 24)
		b.way.(*screen).colours = coloured(func(v string) string { return env[v] })
		b.Report(pod("web", Failed, "Failed", ""))
		b.Close()
		if got := slices.Contains(b.colours, red); got != test.want {
			t.Errorf("%s: red %v, want %v", test.name, got, test.want)
		}
	}
}
