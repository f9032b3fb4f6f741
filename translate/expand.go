package translate

import "strings"

// expand replaces each $(NAME) that lookup knows, and "$$" by "$", in one pass: what a value
// brings in is not looked at again. Everything else stays as it stands, unknown names and
// unclosed references too.
//
// https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
func expand(s string, lookup func(name string) (value string, ok bool)) string {
	next := strings.IndexByte(s, '$')
	if next < 0 {
		return s
	}
	var b strings.Builder
	for ; next >= 0; next = strings.IndexByte(s, '$') {
		b.WriteString(s[:next])
		read, value := substitute(s[next:], lookup)
		b.WriteString(value)
		s = s[next+read:]
	}
	return b.String() + s
}

// substitute reads what stands at the "$" that s begins with: how many bytes it has,
// and what takes their place.
func substitute(s string, lookup func(string) (string, bool)) (read int, value string) {
	if strings.HasPrefix(s, "$$") {
		return 2, "$"
	}
	end := strings.IndexByte(s, ')')
	if !strings.HasPrefix(s, "$(") || end < 0 {
		return 1, "$"
	}
	if value, ok := lookup(s[2:end]); ok {
		return end + 1, value
	}
	return end + 1, s[:end+1]
}
