package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

// TestBegins: a supervisor that was started early does nothing when whoever started it has ended without a word, or when it was told
// to end meanwhile.
func TestBegins(t *testing.T) {
	for said, want := range map[string]bool{"": false, "\n": true} {
		if got := begins(t.Context(), strings.NewReader(said)); got != want {
			t.Errorf("after %q: %t", said, got)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	silent, w := io.Pipe()
	defer w.Close()
	for _, r := range []io.Reader{strings.NewReader("\n"), silent} {
		if begins(ended, r) {
			t.Error("it begins after it was told to end")
		}
	}
}
