package supervise

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCRILog: the end of a log is lines of both streams, in the order in which they were written; a line that is in several records is one.
func TestCRILog(t *testing.T) {
	const out, err, part = "2026-11-30T13:54:00.723603836+00:00 stdout F ", "2026-11-30T13:54:00.723603836Z stderr F ", "2026-11-30T13:54:00.723603836+00:00 stdout P "
	file := filepath.Join(t.TempDir(), "ctr.log")
	for _, c := range []struct {
		name, file string
		lines      int64
		keep       int
		want       string
	}{
		{"all of it", out + "one\n" + err + "two words\n" + out + "\n", 10, 100, "one\ntwo words\n\n"},
		{"nothing", "", 10, 100, ""},
		{"the last lines", out + "one\n" + out + "two\n" + out + "three\n", 2, 100, "two\nthree\n"},
		{"a line in parts", out + "one\n" + part + "t\n" + part + "w\n" + out + "o\n" + out + "three\n", 2, 100, "two\nthree\n"},
		{"a last line without an end", out + "one\n" + part + "no\n" + part + " end\n", 1, 100, "no end"},
		{"tags", "2026-11-30T13:54:00Z stdout P:a par\n2026-11-30T13:54:00Z stdout F:b ts\n", 2, 100, "parts\n"},
		{"more than is kept", out + "one\n" + out + "two\n" + out + "three\n", 10, 9, "three\n"},
		{"a line longer than all that is kept", part + "abc\n" + part + strings.Repeat("d", 20) + "\n" + out + "ef\n", 10, 4, "def\n"},
		{"a line in more records than are read at first", part + strings.Repeat("x", firstWindow) + "\n" + part + "y\n" + out + "y\n" + out + "two\n", 10, 40, "two\n"},
		{"a record longer than what is read at first", out + "one\n" + out + strings.Repeat("x", 2*firstWindow) + "\n", 10, 40, strings.Repeat("x", 39) + "\n"},
		{"byte by byte", strings.Repeat(strings.Repeat(part+".\n", 99)+out+"!\n", 200), 20, 1 << 20, strings.Repeat(strings.Repeat(".", 99)+"!\n", 20)},
		{"a long file", strings.Repeat(out+"one\n", 10_000), 3, 400, "one\none\none\n"},
		{"a long file, many lines of it", strings.Repeat(out+"one\n", 10_000), 9_000, 1 << 20, strings.Repeat("one\n", 9_000)},
		{"a long file, as much of it as is kept", strings.Repeat(out+"one\n", 10_000), 1000, 10, "one\none\n"},
		{"a long file, all of it", strings.Repeat(out+"one\n", 9_999), 10_000, 1 << 20, strings.Repeat("one\n", 9_999)},
	} {
		if err := os.WriteFile(file, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		end, err := criLog(file, c.lines, c.keep)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := string(end.lines()); got != c.want {
			t.Errorf("%s: %.99q, want %.99q", c.name, got, c.want)
		}
	}
	for _, no := range []string{"one\n", "{\"log\":\"one two three\"}\n", "2026-11-30T13:54:00Z stdout X one\n", "2026-11-30T13:54:00Z stdout  one\n"} {
		if err := os.WriteFile(file, []byte(no), 0o600); err != nil {
			t.Fatal(err)
		}
		if end, err := criLog(file, 10, 100); err == nil {
			t.Errorf("%q was taken for a log: %q", no, end.lines())
		}
	}
	if err := os.Symlink(file, file+".link"); err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{file + ".link", t.TempDir(), file + ".gone"} {
		if _, err := criLog(no, 10, 100); err == nil {
			t.Errorf("%s was read", no)
		}
	}
}
