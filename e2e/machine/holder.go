package machine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// held is the state of the holder.
type held struct {
	config  Config
	cgroups []string // of the machine
	inside  []string // below those, of the current boot
	boots   int
}

// holder holds a machine's namespaces. It does what it is told line by line, and ends with its standard input.
func holder(cgroups []string) error {
	requests := make(chan request)
	go func() {
		for lines := bufio.NewReader(os.Stdin); ; {
			b, err := lines.ReadBytes('\n')
			var r request
			if err != nil || json.Unmarshal(b, &r) != nil {
				os.Exit(0) // and the kernel ends all others
			}
			requests <- r
		}
	}()
	h := &held{cgroups: cgroups}
	for r := range requests {
		a := answer{}
		if err := h.do(r, &a); err != nil {
			a.Error = err.Error()
		}
		b, err := json.Marshal(a)
		if err != nil {
			return err
		}
		if _, err := os.Stdout.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func (h *held) do(r request, a *answer) error {
	switch r.Do {
	case "make":
		h.config = *r.Config
		pid, err := outerPID()
		a.PID = pid
		if err != nil {
			return err
		}
		return makeRoot(h.config)
	case "boot":
		return h.boot()
	case "wait":
		return h.allEnded()
	case "cut":
		if err := syscall.Kill(-1, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		return h.allEnded()
	}
	return fmt.Errorf("unknown request %q", r.Do)
}

// outerPID is the holder's PID as the keeper sees it. /proc is still that of the keeper's PID namespace.
func outerPID() (int, error) {
	self, err := os.Readlink("/proc/self")
	if err != nil {
		return 0, err
	}
	var pid int
	_, err = fmt.Sscan(self, &pid)
	return pid, err
}

// boot starts systemd-nspawn, in control groups that no earlier boot has used: one that lost its power left its own there.
func (h *held) boot() error {
	if err := removeCgroups(h.inside); err != nil {
		return err
	}
	h.boots++
	var err error
	if h.inside, err = makeCgroups(h.cgroups, fmt.Sprint("boot", h.boots)); err != nil {
		return err
	}
	nspawn, err := exec.LookPath("systemd-nspawn")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	console, err := os.OpenFile(filepath.Join(h.config.Control, "console"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer console.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer null.Close()
	argv := append([]string{self, enterRole}, h.inside...)
	argv = append(argv, "--", nspawn)
	argv = append(argv, nspawnArgs(h.config, self)...)
	// The environment is not this program's: systemd-nspawn would act on parts of it.
	_, err = syscall.ForkExec(self, argv, &syscall.ProcAttr{
		Dir: "/", Env: []string{"PATH=" + os.Getenv("PATH")},
		Files: []uintptr{null.Fd(), console.Fd(), console.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	return err
}

// allEnded waits until no other process is left. All come to the holder in the end, which is their PID 1.
func (h *held) allEnded() error {
	for {
		_, err := syscall.Wait4(-1, nil, 0, nil)
		if errors.Is(err, syscall.ECHILD) {
			return nil
		}
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
