package printers

import (
	"io"
	"strings"
)

// escapes are what steers a terminal, with what is shown instead.
var escapes = strings.NewReplacer("\x1b", "^[", "\r", `\r`)

// Escape keeps a text from steering the terminal that it is printed on: containers have a say in what objects hold.
func Escape(text string) string { return escapes.Replace(text) }

// Escaping escapes what is written.
func Escaping(w io.Writer) io.Writer { return escaping{w} }

type escaping struct{ to io.Writer }

func (e escaping) Write(b []byte) (int, error) {
	if _, err := escapes.WriteString(e.to, string(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}
