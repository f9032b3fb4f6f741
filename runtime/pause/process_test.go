//go:build linux

package pause

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// executable writes this host's pause process to a file that can be run.
func executable(t *testing.T) string {
	t.Helper()
	bin := Binary(goruntime.GOARCH)
	if bin == nil {
		t.Skipf("no pause process for %s", goruntime.GOARCH)
	}
	path := filepath.Join(t.TempDir(), "pause")
	if err := os.WriteFile(path, bin, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEndsOnSignal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd := exec.Command(executable(t))
			start(t, cmd)
			waitAsleep(t, cmd.Process.Pid)
			endsWithZero(t, cmd, func() error { return cmd.Process.Signal(sig) })
		})
	}
}

// The shell's child becomes pause's child by exec: it may end before
// pause has blocked SIGCHLD (true) or long after (sleep).
func TestReaps(t *testing.T) {
	for _, child := range []string{"true", "sleep 0.3"} {
		t.Run(child, func(t *testing.T) {
			cmd := exec.Command("/bin/sh", "-c", child+` & exec "$0"`, executable(t))
			start(t, cmd)
			pid := cmd.Process.Pid
			waitAsleep(t, pid)
			eventually(t, "all children are reaped", func() bool {
				b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
				return err == nil && len(bytes.TrimSpace(b)) == 0
			})
			endsWithZero(t, cmd, func() error { return cmd.Process.Signal(syscall.SIGTERM) })
		})
	}
}

// In a PID namespace of its own the process gets orphans to reap, and the kernel
// drops signals from within that it does not want.
func TestAsPID1(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a PID namespace needs root")
	}
	bin := executable(t)
	cmd := exec.Command(bin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	start(t, cmd)
	pid := cmd.Process.Pid
	waitAsleep(t, pid)

	// Inside the namespace: leave an orphan, then signal PID 1 as its own containers would.
	inside := func(script string) error {
		out, err := exec.Command("nsenter", "-t", fmt.Sprint(pid), "-p", "sh", "-c", script).CombinedOutput()
		if err != nil {
			return fmt.Errorf("nsenter: %w: %s", err, out)
		}
		return nil
	}
	if err := inside("(sleep 0.1 &)"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the orphan is reaped", func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		return err == nil && len(bytes.TrimSpace(b)) == 0
	})
	endsWithZero(t, cmd, func() error {
		_ = inside("kill -TERM 1") // the namespace's end may take the messenger with it
		return nil
	})
}

// start starts the command, and makes sure that it ends with the test.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
}

// waitAsleep waits until the process is pause and sleeps, which it only does waiting for signals.
func waitAsleep(t *testing.T, pid int) {
	t.Helper()
	eventually(t, "pause waits for signals", func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		return err == nil && strings.HasPrefix(string(b), "Name:\tpause\n") && strings.Contains(string(b), "State:\tS")
	})
}

func endsWithZero(t *testing.T, cmd *exec.Cmd, send func() error) {
	t.Helper()
	if err := send(); err != nil {
		t.Error(err)
		_ = cmd.Process.Kill()
	}
	watchdog := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("pause ended with %v, want exit code 0", err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}
