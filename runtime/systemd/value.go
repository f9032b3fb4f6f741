package systemd

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// value is what stands behind the = of a directive. Only the functions of this file make one of text that is not
// written in this package: systemd reads different settings by different rules.
type value string

// text is free text, as of Description=: specifiers are expanded, and nothing can be quoted. What would end
// the line, or is no text, becomes a blank.
func text(s string) value {
	line := strings.ReplaceAll(oneLine(s), "%", "%%")
	if trailing := len(line) - len(strings.TrimRight(line, `\`)); trailing%2 == 1 {
		line += " " // or the next line would be joined to this one
	}
	return value(line)
}

// oneLine is the text with a blank for each character that is not printed.
func oneLine(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if !printable(r) {
			return ' '
		}
		return r
	}, s), " ")
}

// command is a command line, as of ExecStart=. In its arguments variables are expanded; the program, which must be
// an absolute path, is taken as it is.
func command(program string, args ...string) (value, error) {
	if !strings.HasPrefix(program, "/") || strings.ContainsAny(program, "'\"\\") || strings.ContainsFunc(program, func(r rune) bool { return !printable(r) }) {
		return "", fmt.Errorf("systemd cannot run a program by the path %q", program)
	}
	words := []string{word(program)}
	for _, a := range args {
		// systemd would run one that is no UTF-8, but could not tell anybody of its service any more.
		if strings.ContainsRune(a, 0) || !utf8.ValidString(a) {
			return "", fmt.Errorf("%q cannot be an argument of a service's command", a)
		}
		words = append(words, word(strings.ReplaceAll(a, "$", "$$")))
	}
	return value(strings.Join(words, " ")), nil
}

// assignment is one variable, as of Environment=.
func assignment(name, val string) (value, error) {
	if strings.ContainsFunc(val, func(r rune) bool { return !printable(r) }) {
		return "", fmt.Errorf("the value of the variable %s cannot stand in a unit: %q", name, val)
	}
	return value(word(name + "=" + val)), nil
}

// paths is a list of paths, as of RequiresMountsFor=. There, systemd knows no escapes for what is not printed: a
// path with that in it is left out.
func paths(list ...string) value {
	var words []string
	for _, p := range list {
		if !strings.ContainsFunc(p, func(r rune) bool { return !printable(r) }) {
			words = append(words, word(p))
		}
	}
	return value(strings.Join(words, " "))
}

// word is one word of a value that systemd splits and unquotes, without specifiers.
func word(s string) string {
	var b strings.Builder
	plain := s != ""
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
			plain = false
		case !printable(r):
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
			plain = false
		case r == '%':
			b.WriteString("%%")
		default:
			b.WriteString(s[i : i+size])
			plain = plain && !strings.ContainsRune(" ';", r)
		}
		i += size
	}
	if plain {
		return b.String()
	}
	return `"` + b.String() + `"`
}

// printable says whether systemd takes the character in a line as it is. It refuses lines that hold what Unicode
// calls no character.
func printable(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == utf8.RuneError, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return false
	}
	return true
}
