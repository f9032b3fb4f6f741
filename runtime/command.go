package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Command is one command of a runtime, or of the host.
type Command struct {
	Argv []string
	// Env is added to kubehost's own environment, as NAME=value. It carries the values of
	// Secrets, which may not stand in Argv, and is masked wherever a command is printed.
	Env []string
	// Stdin is never printed but in scripts: it may hold the values of Secrets, too.
	Stdin []byte
	// Keep bounds what is kept of each stream, in bytes; 0 is enough for all that a runtime lists.
	Keep int
	// Brief stands for Argv in messages: what a user would type in the place of a long script.
	Brief []string
	// Pulls is the image that the command pulls, if it does.
	Pulls string
	// Mortal ends the command with kubehost even when that is killed: what it was to do is decided anew.
	Mortal bool
	// Heard, unless it is nil, is given each line of both streams as it comes, one at a time. Those that it takes are
	// not in the [Result].
	Heard func(line string) (taken bool)
}

// Result is what a command that ended has left.
type Result struct {
	Stdout, Stderr []byte
	// Code is the exit status; -1 when a signal ended the command.
	Code int
}

// Runner runs commands. The error is nil for every command that ended, whatever its status.
type Runner interface {
	Run(ctx context.Context, c Command) (Result, error)
}

// Exec is the Runner that starts real processes.
type Exec struct{}

// keepOutput bounds what is kept of each stream: enough for the listings of a thousand pods, and a bound on
// what a container that prints without end can cost.
const keepOutput = 64 << 20

// Run starts the command in its own process group, so that a Ctrl-C in the
// terminal reaches kubehost alone, which then ends the command through ctx.
func (Exec) Run(ctx context.Context, c Command) (Result, error) {
	if _, err := exec.LookPath(c.Argv[0]); err != nil {
		return Result{}, err // a shell would hide it in a status
	}
	argv, files := held(ctx, c.Argv)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.ExtraFiles = files
	cmd.Env = append(os.Environ(), c.Env...)
	if c.Stdin != nil {
		cmd.Stdin = bytes.NewReader(c.Stdin)
	}
	keep := c.Keep
	if keep == 0 {
		keep = keepOutput
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{w: &stdout, left: keep}, &limited{w: &stderr, left: keep}
	end := func() {}
	if c.Heard != nil {
		cmd.Stdout, cmd.Stderr, end = overhear(c.Heard, cmd.Stdout, cmd.Stderr)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.Mortal {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	}
	// The whole group: podman unshare and sh have children that would go on without them.
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	// A runtime's helpers (conmon) may hold the pipes open after the command itself has ended.
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	end()
	r := Result{Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}
	if cmd.ProcessState != nil {
		r.Code = cmd.ProcessState.ExitCode()
	}
	if ctx.Err() != nil {
		return r, context.Cause(ctx)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay) {
		return r, nil
	}
	return r, err
}

// limited drops what comes after the first bytes, but keeps the writer going.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(b []byte) (int, error) {
	n := min(len(b), l.left)
	l.left -= n
	if _, err := l.w.Write(b[:n]); err != nil {
		return 0, err
	}
	return len(b), nil
}

// CommandError is a command that failed, with all that is needed to try it by hand.
type CommandError struct {
	Command Command
	Result  Result
	// Err is set when the command could not be run to its end.
	Err error
}

// Error names the status and the last lines that the command wrote to stderr; the
// command itself, ready to paste, is on a line of its own.
func (e *CommandError) Error() string {
	var b strings.Builder
	switch {
	case e.Err != nil:
		fmt.Fprintf(&b, "%v", e.Err)
	case e.Result.Code < 0:
		b.WriteString("ended by a signal")
	default:
		fmt.Fprintf(&b, "exit status %d", e.Result.Code)
	}
	fmt.Fprintf(&b, "\n  command: %s", e.Command.Masked())
	for _, line := range lastLines(e.Result.Stderr, 8) {
		b.WriteString("\n  | " + line)
	}
	return b.String()
}

// Brief is the last thing that the command said: nearly always the cause.
func (e *CommandError) Brief() string {
	if last := lastLines(e.Result.Stderr, 1); len(last) > 0 {
		return last[0]
	}
	return e.Error()
}

func (e *CommandError) Unwrap() error { return e.Err }

// once runs a command and makes a status other than 0 a *CommandError.
func once(ctx context.Context, r Runner, c Command) (Result, error) {
	res, err := r.Run(ctx, c)
	if err != nil || res.Code != 0 {
		return res, &CommandError{Command: c, Result: res, Err: err}
	}
	return res, nil
}

// chatter are lines that say nothing of what went wrong: podman's of each try but the last, and docker's where its help is.
var chatter = regexp.MustCompile(`level=warning msg="Failed, retrying in |^(?:See|Run) 'docker .*--help'`)

func lastLines(b []byte, n int) []string {
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(string(b))) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && !chatter.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-n):]
}

// Masked is the command as a shell would take it, without the values of its environment.
func (c Command) Masked() string { return c.shell("***") }

// Shell is the command as a shell would take it, with the values of its environment.
func (c Command) Shell() string { return c.shell("") }

func (c Command) shell(mask string) string { return strings.Join(c.shellWords(mask), " ") }

func (c Command) shellWords(mask string) []string {
	var words []string
	if slices.ContainsFunc(c.Env, func(e string) bool { name, _, _ := strings.Cut(e, "="); return !identifier(name) }) {
		words = append(words, "env")
	}
	for _, e := range c.Env {
		name, value, _ := strings.Cut(e, "=")
		if mask != "" {
			value = mask
		}
		words = append(words, Quote(name)+"="+Quote(value))
	}
	argv := c.Argv
	if mask != "" {
		argv = c.shown()
	}
	for _, a := range argv {
		words = append(words, Quote(a))
	}
	return words
}

// shown are the words that stand for the command in messages.
func (c Command) shown() []string {
	if c.Brief != nil {
		return c.Brief
	}
	return c.Argv
}

// identifier says whether a shell can assign to the name. Kubernetes takes "my.var", too: those go through env(1).
func identifier(name string) bool {
	for i, c := range []byte(name) {
		if c != '_' && !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return name != ""
}

// Quote makes one word of a POSIX shell of a string. Words without special characters stay as they are.
func Quote(s string) string {
	if plan.HasLate(s) {
		return quoteLate(s)
	}
	if s != "" && !slices.ContainsFunc([]byte(s), special) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func special(c byte) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_-./:=,@%+", c) >= 0)
}

// Outputs runs commands at the same time and returns what each wrote to stdout. The first that fails is the error;
// one whose failure passes by itself is run again.
func Outputs(ctx context.Context, r Runner, commands ...Command) ([][]byte, error) {
	out, errs := make([][]byte, len(commands)), make([]error, len(commands))
	var wg sync.WaitGroup
	for i, c := range commands {
		wg.Go(func() {
			res, err := run(ctx, r, c)
			out[i], errs[i] = res.Stdout, err
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
