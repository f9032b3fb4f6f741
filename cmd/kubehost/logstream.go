package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
)

// errLimit ends the log of a container of which enough has been printed.
var errLimit = errors.New("the limit of bytes is reached")

// read copies a log.
func (l *logging) read(ctx context.Context, s source, w io.Writer) error {
	if s.file != "" {
		b, err := os.ReadFile(s.file)
		if errors.Is(err, fs.ErrNotExist) {
			return noPrevious(s)
		}
		if err != nil {
			return settings.StateError(err)
		}
		_, err = w.Write(lastLines(b, s.query.Tail))
		return err
	}
	c := s.engine.Logs(s.id, s.query)
	out := &refusalWriter{w: w, holds: !s.query.Follow}
	code, err := s.engine.Attach(ctx, c, runtime.Streams{Out: out, Err: out})
	if err == nil && code != 0 {
		return &runtime.CommandError{Command: c, Result: runtime.Result{Stderr: out.held, Code: code}}
	}
	return errors.Join(err, out.release())
}

// lastLines are the last n lines of a text; all of it when n is nil.
func lastLines(b []byte, n *int64) []byte {
	if n == nil {
		return b
	}
	at := len(bytes.TrimSuffix(b, []byte("\n")))
	for i := int64(0); i < *n; i++ {
		if at = bytes.LastIndexByte(b[:max(at, 0)], '\n'); at < 0 {
			return b
		}
	}
	if *n == 0 {
		return nil
	}
	return b[at+1:]
}

// refusalWriter holds back a line that may be the runtime's own word on why it fails: that comes last, and in the
// stream of the log. What is followed is not held back, as it may stay the last line for long.
type refusalWriter struct {
	w     io.Writer
	holds bool
	held  []byte
}

func (r *refusalWriter) Write(b []byte) (int, error) {
	all := append(r.held, b...)
	r.held = nil
	last := bytes.LastIndexByte(bytes.TrimSuffix(all, []byte("\n")), '\n') + 1
	if r.holds && bytes.HasPrefix(all[last:], []byte("Error")) {
		r.held = bytes.Clone(all[last:])
		all = all[:last]
	}
	if _, err := r.w.Write(all); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (r *refusalWriter) release() error {
	_, err := r.w.Write(r.held)
	return err
}

// logWriter prints the log of one container.
type logWriter struct {
	w io.Writer
	// prefix stands before each line.
	prefix string
	// whole says that lines are written whole, so that those of others do not get between.
	whole bool
	line  []byte
	// left is how many bytes of the log may still be printed, where that is limited; full is called when none are.
	limited bool
	left    int64
	full    func()
}

// longestLine is from where on a line is printed before its end has come, in bytes.
const longestLine = 1 << 20

func (l *logWriter) Write(b []byte) (int, error) {
	n := len(b)
	if l.limited {
		b = b[:min(int64(n), l.left)]
		l.left -= int64(len(b))
		if l.left == 0 {
			defer l.full()
		}
	}
	if !l.whole {
		_, err := l.w.Write(b)
		return n, err
	}
	l.line = append(l.line, b...)
	var out strings.Builder
	for {
		i := bytes.IndexByte(l.line, '\n')
		if i < 0 && len(l.line) > longestLine {
			l.line = append(l.line, '\n')
			continue
		}
		if i < 0 {
			break
		}
		out.WriteString(l.prefix)
		out.Write(l.line[:i+1])
		l.line = l.line[i+1:]
	}
	_, err := io.WriteString(l.w, out.String())
	return n, err
}

// end prints a last line that has no end.
func (l *logWriter) end() error {
	if len(l.line) == 0 {
		return nil
	}
	_, err := io.WriteString(l.w, l.prefix+string(l.line)+"\n")
	l.line = nil
	return err
}

// lockedWriter lets several write, one at a time.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}
