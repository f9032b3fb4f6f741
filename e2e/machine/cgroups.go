package machine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// hierarchies are the roots of the control group hierarchies: one of version 2, several of version 1, or both.
func hierarchies() ([]string, error) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var dirs []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		before, after, _ := strings.Cut(lines.Text(), " - ")
		if strings.HasPrefix(after, "cgroup ") || strings.HasPrefix(after, "cgroup2 ") {
			dirs = append(dirs, strings.Fields(before)[4])
		}
	}
	if len(dirs) == 0 {
		return nil, errors.New("no control groups are mounted here")
	}
	return dirs, nil
}

const cgroupPrefix = "kubehost-e2e-"

// cgroupName is the name of a machine's control groups. The keeper's PID tells whether they are in use.
func cgroupName(pid int) string { return fmt.Sprint(cgroupPrefix, pid) }

// removeAbandoned removes the control groups of machines whose keeper was killed.
func removeAbandoned(hierarchies []string) {
	for _, h := range hierarchies {
		found, _ := filepath.Glob(filepath.Join(h, cgroupPrefix+"*"))
		for _, dir := range found {
			// The PID may be another's by now, and a process that has ended but not been waited for has no arguments.
			args, _ := os.ReadFile(filepath.Join("/proc", strings.TrimPrefix(filepath.Base(dir), cgroupPrefix), "cmdline"))
			if !bytes.Contains(args, []byte("\x00"+keeperRole+"\x00")) {
				_ = removeCgroup(dir)
			}
		}
	}
}

// makeCgroups makes one group in each of the groups above, with all that those may hand down.
func makeCgroups(above []string, name string) ([]string, error) {
	var dirs []string
	for _, up := range above {
		dir := filepath.Join(up, name)
		if err := handDown(up); err != nil {
			return dirs, err
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			return dirs, err
		}
		dirs = append(dirs, dir)
		// A new cpuset of version 1 is empty, and no process may enter it.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			if err := inherit(up, dir, file); err != nil {
				return dirs, err
			}
		}
	}
	return dirs, nil
}

// handDown lets the groups below have the controllers of this one (version 2).
func handDown(dir string) error {
	have, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, c := range strings.Fields(string(have)) {
		// Some cannot be handed down, and no test needs those.
		_ = os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+c), 0)
	}
	return err
}

func inherit(up, dir, file string) error {
	if _, err := os.Stat(filepath.Join(up, "cgroup.controllers")); err == nil {
		return nil // in version 2 an empty value means that of the group above
	}
	value, err := os.ReadFile(filepath.Join(up, file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, file), value, 0)
}

func removeCgroups(dirs []string) error {
	var errs []error
	for _, dir := range dirs {
		errs = append(errs, removeCgroup(dir))
	}
	return errors.Join(errs...)
}

// removeCgroup removes a group and all below it. The kernel may need a moment for the last process to be gone.
func removeCgroup(dir string) error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		var groups []string
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
		slices.Reverse(groups) // those below first
		var err error
		for _, g := range groups {
			err = os.Remove(g)
		}
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// enter puts this process into the control groups named before "--", and becomes the command after it.
func enter(args []string) error {
	at := slices.Index(args, "--")
	for _, dir := range args[:at] {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("0"), 0); err != nil {
			return err
		}
	}
	argv := args[at+1:]
	return fmt.Errorf("%s: %w", argv[0], syscall.Exec(argv[0], argv, os.Environ()))
}
