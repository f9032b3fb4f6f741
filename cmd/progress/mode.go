package progress

import (
	"io"
	"os"
	"slices"

	"golang.org/x/term"
)

// Mode is a way to show progress.
type Mode string

// The modes.
const (
	Auto  Mode = "auto"  // TTY on a terminal that can move its cursor, else Plain
	TTY   Mode = "tty"   // lines that stay up to date
	Plain Mode = "plain" // a line for each thing that matters
	JSON  Mode = "json"  // an object in each line
	Quiet Mode = "quiet" // what must be said, and nothing else
)

// Modes are all of them.
func Modes() []Mode { return []Mode{Auto, TTY, Plain, JSON, Quiet} }

// Known says whether there is such a mode.
func (m Mode) Known() bool { return slices.Contains(Modes(), m) }

// choose is what Auto means here.
func (m Mode) choose(out io.Writer, getenv func(string) string) Mode {
	if m != Auto {
		return m
	}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) && !dumb(getenv) {
		return TTY
	}
	return Plain
}

// dumb says that a terminal knows no more than letters and new lines.
func dumb(getenv func(string) string) bool {
	t := getenv("TERM")
	return t == "" || t == "dumb"
}

// coloured says whether colours are wanted, see https://no-color.org.
func coloured(getenv func(string) string) bool { return getenv("NO_COLOR") == "" && !dumb(getenv) }

// fallbackWidth and fallbackHeight are those of a terminal that does not tell.
const fallbackWidth, fallbackHeight = 80, 24

// sizeOf is the size of the terminal, in columns and rows.
func sizeOf(out io.Writer) (width, height int) {
	if f, ok := out.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 && h > 0 {
			return w, h
		}
	}
	return fallbackWidth, fallbackHeight
}
