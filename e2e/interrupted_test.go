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
// change something, and kills kubehost when the one with number $SHIM_LAST has returned.
const shim = `#!/bin/sh
case "$1 ${2-}" in
ps\ *|inspect\ *|info\ *|version\ *|images\ *|logs\ *|wait\ *|unshare\ *) exec %[1]s "$@" ;;
"pod ps"|"pod inspect"|"pod logs"|"pod exists") exec %[1]s "$@" ;;
"network ls"|"network inspect"|"network exists") exec %[1]s "$@" ;;
"image ls"|"image inspect"|"image exists"|"container ls"|"container inspect") exec %[1]s "$@" ;;
esac
status=0
%[1]s "$@" || status=$?
n=1
while ! mkdir "$SHIM_DIR/done.$n" 2>/dev/null; do n=$((n+1)); done
echo "$n $*" >>"$SHIM_DIR/log"
[ $n != "$SHIM_LAST" ] || kill -9 $PPID
exit $status
`

// mostChanges bounds the rounds, should a command never come to its end.
const mostChanges = 60

// interrupted kills a kubehost command after its first change, and runs it again to its end; then the same
// after the second change, and so on until a run comes to its end before it would be killed.
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
	real, err := exec.LookPath(s.runtime)
	ts.Check(err)
	for n := 1; n <= mostChanges; n++ {
		s.cleanUp()
		ts.Check(s.empty("state", "volumes"))
		if *prepare != "" {
			shell(ts, *prepare)
		}
		finished := s.runKilledAfter(ts, n, real, flags.Args())
		if finished && n == 1 {
			ts.Fatalf("the command changes nothing that could be interrupted")
		}
		if finished {
			return
		}
		ts.Logf("killed after change %d", n)
		ts.Check(ts.Exec("kubehost", flags.Args()...))
		shell(ts, *check)
	}
	ts.Fatalf("more than %d changes", mostChanges)
}

// runKilledAfter runs kubehost, killed after the n-th change, and reports whether it finished before.
func (s *script) runKilledAfter(ts *testscript.TestScript, n int, real string, args []string) bool {
	dir := s.dir(fmt.Sprintf("shim-%d", n))
	ts.Check(os.RemoveAll(dir)) // of an earlier "interrupted"
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(os.WriteFile(filepath.Join(dir, s.runtime), fmt.Appendf(nil, shim, real), 0o755))

	path := ts.Getenv("PATH")
	ts.Setenv("PATH", dir+string(os.PathListSeparator)+path)
	ts.Setenv("SHIM_DIR", dir)
	ts.Setenv("SHIM_LAST", fmt.Sprint(n))
	err := ts.Exec("kubehost", args...)
	ts.Setenv("PATH", path)

	// Commands that were under way run on: a test of what they leave must wait for their end.
	ts.Check(retry(patience, func() error {
		if left := runningFrom(dir); left != "" {
			return errors.New("of the killed kubehost this is still running: " + left)
		}
		return nil
	}))
	if err == nil {
		return true
	}
	if code, ran := exitCode(err); !ran || code >= 0 {
		ts.Fatalf("kubehost was not killed: %v", err)
	}
	return false
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
