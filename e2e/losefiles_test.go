package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// loseFiles makes root's podman forget the files of a container that does not run, but not the container: as it is when a
// removal is cut off in the middle.
func loseFiles(ts *testscript.TestScript, args []string) {
	if len(args) != 1 || of(ts).name != "podman" {
		ts.Fatalf("usage: [podman] losefiles CONTAINER")
	}
	ts.Check(ts.Exec("podman", "info", "--format", "{{.Store.GraphRoot}}/{{.Store.GraphDriverName}}-containers"))
	dir := strings.TrimSpace(ts.ReadFile("stdout"))

	lock, err := os.OpenFile(filepath.Join(dir, "containers.lock"), os.O_RDWR, 0)
	ts.Check(err)
	defer lock.Close() // which gives the lock back
	ts.Check(unix.FcntlFlock(lock.Fd(), unix.F_SETLKW, &unix.Flock_t{Type: unix.F_WRLCK}))

	list := filepath.Join(dir, "containers.json")
	b, err := os.ReadFile(list)
	ts.Check(err)
	var all []json.RawMessage
	ts.Check(json.Unmarshal(b, &all))
	left := slices.DeleteFunc(slices.Clone(all), func(one json.RawMessage) bool {
		var c struct{ Names []string }
		ts.Check(json.Unmarshal(one, &c))
		return slices.Contains(c.Names, args[0])
	})
	if len(left) == len(all) {
		ts.Fatalf("%s has no %s", list, args[0])
	}
	b, err = json.Marshal(left)
	ts.Check(err)
	next := list + ".e2e"
	ts.Check(os.WriteFile(next, b, 0o600))
	ts.Check(os.Rename(next, list))
}
