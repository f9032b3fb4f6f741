package machine

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// keeper starts the holder, and removes the machine's control groups when that has ended,
// and the control directory. The pipes from
// and to the program are the holder's.
func keeper(args []string) error {
	defer func() { _ = os.RemoveAll(args[0]) }()
	hierarchies, err := hierarchies()
	if err != nil {
		return err
	}
	removeAbandoned(hierarchies)
	dirs, err := makeCgroups(hierarchies, cgroupName(os.Getpid()))
	defer func() { _ = removeCgroups(dirs) }()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, append([]string{holderRole}, dirs...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	if err := cmd.Start(); err != nil {
		return err
	}
	// The ends of the pipes that stay open here would hide the holder's end from the program.
	_ = os.Stdout.Close()
	err = cmd.Wait()
	return errors.Join(err, removeCgroups(dirs))
}
