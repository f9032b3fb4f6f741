package translate

import (
	"math/rand"
	"regexp"
	"strings"
	"testing"
)

// refs is the rule in one line: "$$", or a reference up to the first ")".
var refs = regexp.MustCompile(`\$\$|\$\([^)]*\)`)

// expandSimply is the rule told in another way, to compare with.
func expandSimply(s string, lookup func(string) (string, bool)) string {
	return refs.ReplaceAllStringFunc(s, func(m string) string {
		if m == "$$" {
			return "$"
		}
		if v, ok := lookup(m[2 : len(m)-1]); ok {
			return v
		}
		return m
	})
}

func lookup(name string) (string, bool) {
	values := map[string]string{"A": "va", "B": "$(A)$$", "EMPTY": "", "": "noname", "$(A": "odd"}
	v, ok := values[name]
	return v, ok
}

func TestExpandFollowsTheRule(t *testing.T) {
	parts := []string{"$", "$", "(", ")", "A", "B", "EMPTY", "x", " ", "é", "\xff", "$(A)", "$(NO)"}
	random := rand.New(rand.NewSource(1))
	for range 50_000 {
		var b strings.Builder
		for range random.Intn(10) {
			b.WriteString(parts[random.Intn(len(parts))])
		}
		same(t, b.String())
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"", "$", "$$(A)", "$$$(A)", "$(A", "$($(A))", "$()", "a$(B)$$b"} {
		f.Add(s)
	}
	f.Fuzz(same)
}

func same(t *testing.T, s string) {
	t.Helper()
	if got, want := expand(s, lookup), expandSimply(s, lookup); got != want {
		t.Fatalf("expand(%q) = %q, want %q", s, got, want)
	}
}
