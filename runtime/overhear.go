package runtime

import (
	"bytes"
	"io"
	"sync"
)

// longLine is how much of a line without an end is kept, in bytes, before it is passed on as it is.
const longLine = 64 << 10

// listener gives each line to somebody, and what that does not take to a writer.
type listener struct {
	mu    *sync.Mutex // one for both streams
	heard func(line string) bool
	w     io.Writer
	line  []byte
}

// overhear puts somebody between the streams of a command and their writers. end passes on the last words that no
// newline follows.
func overhear(heard func(string) bool, stdout, stderr io.Writer) (out, errs io.Writer, end func()) {
	mu := new(sync.Mutex)
	o, e := &listener{mu: mu, heard: heard, w: stdout}, &listener{mu: mu, heard: heard, w: stderr}
	return o, e, func() { o.end(); e.end() }
}

func (l *listener) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = append(l.line, b...)
	for {
		n := bytes.IndexByte(l.line, '\n') + 1
		if n == 0 && len(l.line) > longLine {
			n = len(l.line)
		}
		if n == 0 {
			return len(b), nil
		}
		if err := l.pass(n); err != nil {
			return 0, err
		}
	}
}

// pass takes the first n bytes.
func (l *listener) pass(n int) error {
	line := l.line[:n]
	defer func() { l.line = l.line[n:] }()
	if l.heard(string(bytes.TrimRight(line, "\r\n"))) {
		return nil
	}
	_, err := l.w.Write(line)
	return err
}

func (l *listener) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.line) > 0 {
		_ = l.pass(len(l.line)) // a buffer takes all
	}
}
