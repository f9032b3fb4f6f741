package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// recorder stands in front of the runtime on PATH, and notes each command in $JOURNAL: its process ID, the session of whoever
// began it, "looks" if it changes nothing, else "begins" and later "ends", and the first words of it. As on a busy host,
// every other change takes its time before it comes to anything.
const recorder = `#!/bin/sh
read -r _ _ _ _ _ session _ </proc/$$/stat
case "$1 ${2-}" in
ps\ *|inspect\ *|info\ *|version\ *|--version\ *|images\ *|logs\ *|wait\ *|unshare\ *|exec\ *|"pod ps"|"pod inspect"|"pod logs"|"pod exists"|\
"context inspect"|"network ls"|"network inspect"|"network exists"|"image ls"|"image inspect"|"image exists"|"container ls"|"container inspect")
	echo "$$ $session looks $1 ${2-}" >>"$JOURNAL"
	exec %[1]s "$@" ;;
esac
echo "$$ $session begins $1 ${2-} ${3-} ${4-}" >>"$JOURNAL"
[ $(($$ %% 2)) = 0 ] || sleep 0.3
status=0
%[1]s "$@" || status=$?
echo "$$ $session ends" >>"$JOURNAL"
exit $status
`

// journal is what was asked of the runtime since startJournal.
type journal struct{ file string }

// startJournal makes all that the script begins from now on tell what it asks of the runtime.
func (s *script) startJournal(ts *testscript.TestScript) *journal {
	real, err := exec.LookPath(s.runtime)
	ts.Check(err)
	dir := s.dir("recorder")
	j := &journal{filepath.Join(dir, "journal")}
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(os.WriteFile(filepath.Join(dir, s.runtime), fmt.Appendf(nil, recorder, real), 0o755))
	ts.Check(os.WriteFile(j.file, nil, 0o644))
	ts.Setenv("PATH", dir+string(os.PathListSeparator)+ts.Getenv("PATH"))
	ts.Setenv("JOURNAL", j.file)
	return j
}

func (j *journal) lines() ([]string, error) {
	b, err := os.ReadFile(j.file)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n"), nil
}

// changes counts the changes that were begun.
func (j *journal) changes() (int, error) {
	b, err := os.ReadFile(j.file)
	return bytes.Count(b, []byte(" begins ")), err
}

// check makes sure that never two acted at once: that no command changed anything while one of another session did, were it that of
// a kubehost which had been killed.
func (j *journal) check() error {
	lines, err := j.lines()
	if err != nil {
		return err
	}
	running := map[string]string{} // lines by process
	session := func(line string) string { return strings.Fields(line)[1] }
	for n, line := range lines {
		f := strings.Fields(line)
		if len(f) < 3 {
			return fmt.Errorf("journal, line %d: %q", n+1, line)
		}
		switch f[2] {
		case "ends":
			delete(running, f[0])
		case "begins":
			for _, other := range running {
				if session(other) != f[1] {
					return fmt.Errorf("two act at once:\n%s\n%s\nin:\n%s", other, line, strings.Join(lines[max(0, n-40):n+1], "\n"))
				}
			}
			running[f[0]] = line
		}
	}
	if len(running) > 0 {
		return fmt.Errorf("these have not ended: %v", running)
	}
	return nil
}

// quiet makes sure that nothing is asked of the runtime for a while.
func (j *journal) quiet(d time.Duration) error {
	before, err := j.lines()
	if err != nil {
		return err
	}
	time.Sleep(d)
	after, err := j.lines()
	if err == nil && len(after) > len(before) {
		err = fmt.Errorf("nothing is to be done, but this was:\n%s", strings.Join(after[len(before):], "\n"))
	}
	return err
}
