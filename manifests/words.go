package manifests

import (
	"errors"
	"strings"
)

// splitWords splits a text into words as a shell does: blanks and line breaks separate; '…' and "…" hold
// them together; a backslash takes the special meaning from what follows, but for within '…'. Nothing is expanded.
func splitWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	open, quote := false, rune(0) // open: a word has begun, if only with a quote
	escaped := false
	for _, c := range s {
		switch {
		case escaped:
			if quote == '"' && c != '"' && c != '\\' {
				word.WriteByte('\\')
			}
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			open, escaped = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			open, quote = true, c
		case strings.ContainsRune(" \t\r\n", c):
			if open {
				words = append(words, word.String())
				word.Reset()
			}
			open = false
		default:
			open = true
			word.WriteRune(c)
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("a quote is not closed, or a backslash stands at the end")
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}
