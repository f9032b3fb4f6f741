package systemd

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// This file reads unit files by the rules of systemd 252 (src/shared/conf-parser.c, src/basic/extract-word.c and
// src/core/load-fragment.c), as far as values of this package need them.

type directive struct{ section, key, value string }

// parse reads lines. A line ends with \n, \r or NUL; one with a backslash at its end goes on in the next.
func parse(text string) ([]directive, error) {
	var all []directive
	section, pending := "", ""
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 }) {
		if trimmed := strings.TrimLeft(line, " \t"); trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';' {
			continue
		}
		if line = pending + line; continues(line) {
			pending = line[:len(line)-1] + " "
			continue
		}
		pending = ""
		line = strings.Trim(line, " \t")
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("no assignment: %q", line)
		}
		all = append(all, directive{section, strings.TrimSpace(key), strings.Trim(value, " \t")})
	}
	return all, nil
}

func continues(line string) bool {
	escaped := false
	for _, c := range line {
		escaped = !escaped && c == '\\'
	}
	return escaped
}

// split splits and unquotes a value; with escapes those of C are known, else a backslash stands before any character.
func split(s string, escapes bool) (words []string, err error) {
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" {
			return words, nil
		}
		if escapes && s[0] == ';' && (len(s) == 1 || s[1] == ' ') {
			return nil, errors.New("a second command")
		}
		var b strings.Builder
		quote := byte(0)
		for s != "" && (quote != 0 || s[0] != ' ') {
			c := s[0]
			s = s[1:]
			switch {
			case c == '\\' && s == "":
				return nil, errors.New("a backslash at the end")
			case c == '\\' && escapes && s[0] == 'x':
				n, err := strconv.ParseUint(s[1:3], 16, 8)
				if err != nil || n == 0 {
					return nil, fmt.Errorf("bad escape: %q", s)
				}
				b.WriteByte(byte(n))
				s = s[3:]
			case c == '\\' && escapes && !strings.ContainsRune(`"\`, rune(s[0])):
				return nil, fmt.Errorf("an escape that is never written: %q", s)
			case c == '\\':
				b.WriteByte(s[0])
				s = s[1:]
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			case quote == c && quote != 0:
				quote = 0
			default:
				b.WriteByte(c)
			}
		}
		if quote != 0 {
			return nil, errors.New("an open quote")
		}
		words = append(words, b.String())
	}
}

// expanded undoes the doubling of % or $; one that is left alone would be expanded.
func expanded(s, mark string) (string, error) {
	rest := strings.ReplaceAll(s, mark+mark, "\x00")
	if strings.Contains(rest, mark) {
		return "", fmt.Errorf("%s in %q is expanded", mark, s)
	}
	return strings.ReplaceAll(rest, "\x00", mark), nil
}
