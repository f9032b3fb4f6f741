package runtime

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteScript writes a POSIX shell script that does what an Executor would do with these steps, one after another.
func (e Engine) WriteScript(w io.Writer, steps Steps) error {
	var b strings.Builder
	b.WriteString("set -eu\n")
	for _, s := range steps {
		if _, ok := s.Op.(Prepared); ok {
			continue // all that it orders stands in order
		}
		lines := e.Action(s.Op).Script()
		if len(lines) == 0 {
			continue // what a shell cannot find out, the runtime will
		}
		fmt.Fprintf(&b, "\n# %s\n%s\n", oneLine(s.Op.String()), strings.Join(lines, "\n"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// oneLine keeps a comment a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Script are the lines of a POSIX shell under "set -eu" that do the action.
func (a Action) Script() []string {
	var lines []string
	if a.Late != nil {
		lines = scriptLate(*a.Late)
	}
	for _, f := range a.Files {
		lines = append(lines, f.Script()...)
	}
	for _, c := range a.Run {
		lines = append(lines, a.scriptCommand(c)...)
	}
	if a.Then != nil {
		next := *a.Then
		next.Failure = a.Failure
		lines = append(lines, next.Script()...)
	}
	return lines
}

func (a Action) scriptCommand(c Command) []string {
	line := wrapped(c.shellWords("")) + " >/dev/null"
	text := hereText(c.Stdin)
	switch {
	case text:
		line += " <<'END'"
	case c.Stdin != nil:
		line = "base64 -d <<'END' | " + line
	}
	switch {
	case a.Unless != nil:
		line = a.Unless.Shell() + " >/dev/null 2>&1 || " + line
	case a.Optional:
		line += " || true"
	case a.Failure != "":
		line += " || { echo " + Quote(a.Failure) + " >&2; exit 1; }"
	}
	switch {
	case c.Stdin == nil:
		return []string{line}
	case text:
		return []string{line, string(c.Stdin) + "END"}
	}
	// The here-document belongs to the pipe after "||"; a shell reads it in either case.
	return append([]string{line}, append(base64Lines(c.Stdin), "END")...)
}

// scriptColumns is how long the lines of a script are, where the words of a command let them.
const scriptColumns = 100

// wrapped puts the words of a command on several lines of a shell where one would be long. A line begins with a
// flag, whose value stays beside it, so that a reader can go through them from the top.
func wrapped(words []string) string {
	var b strings.Builder
	column := 0
	for i := 0; i < len(words); {
		end := i + 1
		for end < len(words) && !strings.HasPrefix(words[end], "-") {
			end++
		}
		part := strings.Join(words[i:end], " ")
		switch {
		case i == 0:
		case column > scriptColumns/4 && column+1+len(part)+len(" \\") > scriptColumns:
			b.WriteString(" \\\n  ")
			column = 2
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(part)
		if column += len(part); strings.Contains(part, "\n") {
			column = len(part) - strings.LastIndex(part, "\n")
		}
		i = end
	}
	return b.String()
}

// hereText says whether a here-document can hold the bytes as they are.
func hereText(b []byte) bool {
	return bytes.HasSuffix(b, []byte("\n")) && utf8.Valid(b) && !bytes.Contains(b, []byte{0}) && !bytes.HasPrefix(b, []byte("END\n")) &&
		!bytes.Contains(b, []byte("\nEND\n"))
}

func base64Lines(b []byte) []string {
	text := base64.StdEncoding.EncodeToString(b)
	var lines []string
	for len(text) > 76 {
		lines, text = append(lines, text[:76]), text[76:]
	}
	return append(lines, text)
}
