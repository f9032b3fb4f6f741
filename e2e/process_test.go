package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// process is a program in the background, in a session of its own.
type process struct {
	cmd  *exec.Cmd
	text bytes.Buffer
	// done is closed when it has ended with err.
	done chan struct{}
	err  error
}

// environ is the environment of the script's commands.
func environ(ts *testscript.TestScript) []string {
	ts.Check(ts.Exec("env", "-0"))
	return strings.Split(strings.TrimRight(ts.ReadFile("stdout"), "\x00"), "\x00")
}

// start starts a program of kubehost's directory. The script's end is its end, too.
func (s *script) start(ts *testscript.TestScript, env []string, name string, args ...string) *process {
	p := &process{done: make(chan struct{})}
	bin, err := programs()
	ts.Check(err)
	p.cmd = exec.Command(filepath.Join(bin, name), args...)
	p.cmd.Env = env
	p.cmd.Dir = s.work
	p.cmd.Stdout, p.cmd.Stderr = &p.text, &p.text
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	ts.Check(p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	ts.Defer(func() {
		if !p.ended() {
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	})
	return p
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// output is all that it wrote; it has ended.
func (p *process) output() string {
	<-p.done
	return p.text.String()
}

// killReader kills the process that reads from the pipe at its standard input, with SIGKILL.
func killReader(pipe *os.File) error {
	want, err := pipe.Stat()
	if err != nil {
		return err
	}
	return retry(patience, func() error {
		inputs, err := filepath.Glob("/proc/[0-9]*/fd/0")
		if err != nil {
			return final{err}
		}
		for _, input := range inputs {
			if have, err := os.Stat(input); err != nil || !os.SameFile(have, want) {
				continue
			}
			pid, err := strconv.Atoi(strings.Split(input, "/")[2])
			if err != nil {
				return final{err}
			}
			return syscall.Kill(pid, syscall.SIGKILL)
		}
		return fmt.Errorf("nobody reads from %s", pipe.Name())
	})
}
