package machine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Command is one to run inside.
type Command struct {
	Argv []string
	// User is who runs it, in a login session of their own; empty is root, without one.
	User string
	// Dir is where it runs; empty is the root directory.
	Dir string
}

// Result is how a command ended.
type Result struct {
	Stdout, Stderr []byte
	Code           int
	// Error says why it could not be run.
	Error string
}

// Run runs a command inside. That the context ends, kills it.
func (m *Machine) Run(ctx context.Context, c Command) (Result, error) {
	var res Result
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(m.config.Control, "agent"))
	if err != nil {
		return res, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := json.NewEncoder(conn).Encode(c); err != nil {
		return res, err
	}
	err = json.NewDecoder(conn).Decode(&res)
	switch {
	case ctx.Err() != nil:
		return res, fmt.Errorf("%q: %w", c.Argv, context.Cause(ctx))
	case err != nil:
		return res, fmt.Errorf("%q: the host has gone: %w", c.Argv, err)
	case res.Error != "":
		return res, fmt.Errorf("%q: %s", c.Argv, res.Error)
	}
	return res, nil
}

// agent runs inside and serves commands.
func agent([]string) error {
	path := filepath.Join(controlPath, "agent")
	_ = os.Remove(path) // of the boot before
	l, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go serve(conn)
	}
}

func serve(conn net.Conn) {
	defer conn.Close()
	var c Command
	if json.NewDecoder(conn).Decode(&c) != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // nothing more comes: that the reading ends means that the caller has gone
		_, _ = io.Copy(io.Discard, conn)
		cancel()
	}()
	_ = json.NewEncoder(conn).Encode(c.run(ctx))
}

func (c Command) run(ctx context.Context) Result {
	argv, dir := c.Argv, c.Dir
	if dir == "" {
		dir = "/"
	}
	if c.User != "" {
		argv = append([]string{"su", "--login", "-c", `cd "$0" && exec "$@"`, "--", c.User, dir}, argv...)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "HOME=/root", "USER=root", "LOGNAME=root")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second // for a process that keeps the output open
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	res := Result{Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		res.Code = exit.ExitCode()
	case err != nil:
		res.Error = err.Error()
	}
	return res
}

// openCgroups makes the control groups that systemd-nspawn has mounted read-only writable.
func openCgroups([]string) error {
	dirs, err := hierarchies()
	if err != nil {
		return err
	}
	if unix.Access("/sys/fs/cgroup", unix.W_OK) != nil { // the tmpfs that holds those of version 1
		dirs = append([]string{"/sys/fs/cgroup"}, dirs...)
	}
	for _, dir := range dirs {
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}
