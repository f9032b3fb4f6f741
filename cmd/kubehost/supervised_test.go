package main

import (
	"strings"
	"testing"
)

// TestBegins: a supervisor that was started early does nothing when whoever started it has ended without a word.
func TestBegins(t *testing.T) {
	for said, want := range map[string]bool{"": false, "\n": true} {
		if got := begins(strings.NewReader(said)); got != want {
			t.Errorf("after %q: %t", said, got)
		}
	}
}
