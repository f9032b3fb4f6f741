package rootless

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// unitDirs are where systemd reads units, the first first.
var unitDirs = []string{"etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"}

// stopLimit is TimeoutStopSec= of the users' managers: the file's, or that of the last drop-in by name which has one.
func (r reader) stopLimit() int64 {
	limit, dropIns := "", map[string]string{}
	for _, dir := range slices.Backward(unitDirs) {
		if text := r.text(path.Join(dir, "user@.service")); text != "" {
			limit = stopTimeout(text, "")
		}
		files, _ := fs.Glob(r.root, path.Join(dir, "user@.service.d/*.conf")) // the pattern is good
		for _, file := range files {
			dropIns[path.Base(file)] = r.text(file) // one in a directory that comes first hides its namesakes
		}
	}
	for _, name := range slices.Sorted(maps.Keys(dropIns)) {
		limit = stopTimeout(dropIns[name], limit)
	}
	return spanSeconds(limit)
}

// stopTimeout is the last TimeoutStopSec= of a unit file, or what it was before.
func stopTimeout(text, before string) string {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); key == "TimeoutStopSec" || key == "TimeoutSec" {
			before = strings.TrimSpace(value)
		}
	}
	return before
}

// spanSeconds reads a time span as systemd does, as far as such are written; one that it cannot read is 0, as is infinity.
func spanSeconds(span string) int64 {
	if n, err := strconv.ParseInt(span, 10, 64); err == nil {
		return n
	}
	d, err := time.ParseDuration(strings.NewReplacer(" ", "", "min", "m", "sec", "s", "hr", "h").Replace(span))
	if err != nil {
		return 0
	}
	return int64(d / time.Second)
}
