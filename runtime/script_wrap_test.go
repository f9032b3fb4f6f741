package runtime

import (
	"os/exec"
	"strings"
	"testing"
)

// TestWrapped checks that a long command is several short lines, each from a flag on, and still the same words to a shell.
func TestWrapped(t *testing.T) {
	c := Command{Argv: []string{"printf", "%s|"}, Env: []string{"A=x"}}
	for range 12 {
		c.Argv = append(c.Argv, "--label", "a.key=some value", "--flag", "it's", "-c", `\`, "--empty", "")
	}
	c.Argv = append(c.Argv, "--lines", "two\nlines")
	text := wrapped(c.shellWords(""))
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if len(line) > scriptColumns {
			t.Errorf("%d columns: %s", len(line), line)
		}
		if rest, ok := strings.CutPrefix(line, "  "); ok && !strings.HasPrefix(rest, "-") {
			t.Errorf("does not begin with a flag: %s", line)
		}
	}
	if lines := strings.Count(text, " \\\n  "); lines < 5 {
		t.Errorf("%d lines go on", lines)
	}
	got, err := exec.Command("sh", "-c", text).Output()
	if want := strings.Join(c.Argv[2:], "|") + "|"; err != nil || string(got) != want {
		t.Errorf("a shell reads %q, want %q (%v)", got, want, err)
	}
	if short := wrapped([]string{"sh", "-euc", "'" + strings.Repeat("x; ", 50) + "'", "sh"}); strings.Contains(short, "\n") {
		t.Error("nothing is gained by a line for one short word: " + short)
	}
	if short := wrapped([]string{"podman", "network", "create", "--label", "a=b", "web"}); short != "podman network create --label a=b web" {
		t.Error(short)
	}
}
