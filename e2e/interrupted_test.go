package e2e

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// shim stands in front of the runtime on PATH. It passes every command on, counts those that
// change something, and kills the kubehost that ran it, be it the command or a supervisor, when the one with the number
// in $SHIM_DIR/last has returned.
const shim = `#!/bin/sh
case "$1 ${2-}" in
ps\ *|inspect\ *|info\ *|version\ *|images\ *|logs\ *|wait\ *|unshare\ *) exec %[1]s "$@" ;;
"pod ps"|"pod inspect"|"pod logs"|"pod exists") exec %[1]s "$@" ;;
"network ls"|"network inspect"|"network exists") exec %[1]s "$@" ;;
"image ls"|"image inspect"|"image exists"|"container ls"|"container inspect") exec %[1]s "$@" ;;
esac
[ -e "$SHIM_DIR/last" ] || exec %[1]s "$@"
status=0
%[1]s "$@" || status=$?
n=1
while ! mkdir "$SHIM_DIR/done.$n" 2>/dev/null; do n=$((n+1)); done
echo "$n $*" >>"$SHIM_DIR/log"
# A shell that holds the pod's lock stands between.
read -r _ name _ kubehost _ </proc/$PPID/stat
[ "$name" = "(sh)" ] || kubehost=$PPID
[ $n != "$(cat "$SHIM_DIR/last")" ] || { : >"$SHIM_DIR/killed"; kill -9 $kubehost; }
exit $status
`

// mostChanges bounds the rounds, should a command never come to its end.
const mostChanges = 60

// interrupted kills a kubehost command, or the supervisor that works for it, after a change, and runs the command again to its
// end; then the same after a later change, and so on until nothing is left to be killed. What is changed is the same on both runtimes:
// one has every second change, from the first, and the other those between.
//
//	interrupted [-prepare FILE.sh] -check FILE.sh ARGS…
func interrupted(ts *testscript.TestScript, args []string) {
	flags := flag.NewFlagSet("interrupted", flag.ContinueOnError)
	prepare := flags.String("prepare", "", "")
	check := flags.String("check", "", "")
	ts.Check(flags.Parse(args))
	if *check == "" || flags.NArg() == 0 {
		ts.Fatalf("usage: interrupted [-prepare FILE.sh] -check FILE.sh ARGS…")
	}
	s := of(ts)
	// Supervisors keep the PATH that they were started with: the shim is there from the beginning.
	dir, path := s.dir("shim"), ts.Getenv("PATH")
	if ts.Getenv("SHIM_DIR") == "" {
		real, err := exec.LookPath(s.runtime)
		ts.Check(err)
		ts.Check(os.MkdirAll(dir, 0o755))
		ts.Check(os.WriteFile(filepath.Join(dir, s.runtime), fmt.Appendf(nil, shim, real), 0o755))
		ts.Setenv("PATH", dir+string(os.PathListSeparator)+path)
		ts.Setenv("SHIM_DIR", dir)
	}
	first := 1
	if s.runtime == "podman" {
		first = 2
	}
	for n := first; n <= mostChanges; n += 2 {
		s.cleanUp()
		ts.Check(s.empty("state", "volumes"))
		if *prepare != "" {
			shell(ts, *prepare)
		}
		killed, done := s.runKilledAfter(ts, n, dir, flags.Args())
		if !killed && n == first {
			ts.Fatalf("the command changes nothing that could be interrupted")
		}
		if !killed {
			return
		}
		ts.Logf("killed after change %d", n)
		if !done {
			ts.Check(ts.Exec("kubehost", flags.Args()...))
		}
		shell(ts, *check)
	}
	ts.Fatalf("more than %d changes", mostChanges)
}

// runKilledAfter runs kubehost while the n-th change is followed by a kill. It reports whether it came to that, and whether
// the command was done nevertheless, as it may be when its supervisor was killed.
func (s *script) runKilledAfter(ts *testscript.TestScript, n int, dir string, args []string) (killed, done bool) {
	left, _ := filepath.Glob(filepath.Join(dir, "done.*"))
	for _, name := range append(left, filepath.Join(dir, "killed")) {
		ts.Check(os.RemoveAll(name))
	}
	ts.Check(os.WriteFile(filepath.Join(dir, "last"), fmt.Append(nil, n), 0o644))
	err := ts.Exec("kubehost", args...)
	// Commands that were under way run on: a test of what they leave must wait for their end.
	ts.Check(retry(patience, func() error {
		if left := runningFrom(dir); left != "" {
			return errors.New("of the killed kubehost this is still running: " + left)
		}
		return nil
	}))
	ts.Check(os.Remove(filepath.Join(dir, "last")))
	if code, ran := exitCode(err); err != nil && (!ran || code >= 0) {
		ts.Fatalf("kubehost was not killed: %v", err)
	}
	_, noMark := os.Stat(filepath.Join(dir, "killed"))
	return noMark == nil, err == nil
}

// runningFrom returns the command line of a process that runs the shim in dir, or of a child of
// kubehost that was about to when kubehost was killed; empty when there is none.
func runningFrom(dir string) string {
	procs, _ := filepath.Glob("/proc/[0-9]*")
	for _, proc := range procs {
		cmdline, _ := os.ReadFile(filepath.Join(proc, "cmdline")) // gone meanwhile is as good as not there
		line := strings.ReplaceAll(string(cmdline), "\x00", " ")
		if strings.Contains(line, dir+"/") {
			return line
		}
		environ, _ := os.ReadFile(filepath.Join(proc, "environ"))
		if strings.Contains(line, "/kubehost ") && !strings.Contains(line, " supervise ") &&
			strings.Contains(string(environ), "SHIM_DIR="+dir+"\x00") {
			return line
		}
	}
	return ""
}

// empty removes directories of the script, with what is mounted in them.
func (s *script) empty(names ...string) error {
	s.unmount()
	for _, name := range names {
		// An engine that was just told to remove a container may still hold a file for a moment.
		if err := retry(5*time.Second, func() error { return os.RemoveAll(s.dir(name)) }); err != nil {
			return err
		}
	}
	return nil
}
