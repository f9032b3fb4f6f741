package main

import (
	"strings"
	"testing"
)

func TestLastLines(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int64
		want string
	}{
		{"a\nb\nc\n", 0, ""}, {"a\nb\nc\n", 1, "c\n"}, {"a\nb\nc\n", 2, "b\nc\n"}, {"a\nb\nc\n", 9, "a\nb\nc\n"},
		{"a\nb\nc", 2, "b\nc"}, {"", 1, ""}, {"\n\n", 1, "\n"},
	} {
		if got := string(lastLines([]byte(c.text), &c.n)); got != c.want {
			t.Errorf("%q, %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
	if got := string(lastLines([]byte("a\n"), nil)); got != "a\n" {
		t.Errorf("all: %q", got)
	}
}

// TestLogWriter: lines come whole where they have to, each with its prefix, and no more of them than wanted.
func TestLogWriter(t *testing.T) {
	for _, c := range []struct {
		name, want string
		w          logWriter
		writes     []string
		full       bool
	}{
		{name: "as it comes", writes: []string{"o", "ne\ntw"}, want: "o|ne\ntw|"},
		{name: "whole lines", w: logWriter{whole: true}, writes: []string{"o", "ne\ntw", "o\nthree"}, want: "|one\n|two\n|three\n|"},
		{name: "a prefix", w: logWriter{whole: true, prefix: "[p] "}, writes: []string{"one\n\ntwo"}, want: "[p] one\n[p] \n|[p] two\n|"},
		{name: "a limit", w: logWriter{limited: true, left: 5}, writes: []string{"one\n", "two\n", "three\n"}, want: "one\n|t||", full: true},
		{name: "a limit that is not reached", w: logWriter{limited: true, left: 5}, writes: []string{"one\n"}, want: "one\n|"},
	} {
		var out pieces
		full := false
		c.w.w, c.w.full = &out, func() { full = true }
		for _, b := range c.writes {
			if n, err := c.w.Write([]byte(b)); n != len(b) || err != nil {
				t.Errorf("%s: %d, %v", c.name, n, err)
			}
		}
		if err := c.w.end(); err != nil || full != c.full {
			t.Errorf("%s: full %v, %v", c.name, full, err)
		}
		if got := out.all.String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// pieces shows what was written at once.
type pieces struct{ all strings.Builder }

func (p *pieces) Write(b []byte) (int, error) {
	p.all.WriteString(string(b) + "|")
	return len(b), nil
}

// TestRefusalWriter: only the last line may be the runtime's own word.
func TestRefusalWriter(t *testing.T) {
	var out strings.Builder
	r := &refusalWriter{w: &out, holds: true}
	for _, b := range []string{"one\nError", ": mine\n", "two\n", "Error: no such container\n"} {
		if _, err := r.Write([]byte(b)); err != nil {
			t.Fatal(err)
		}
	}
	if out.String() != "one\nError: mine\ntwo\n" || string(r.held) != "Error: no such container\n" {
		t.Errorf("%q, held %q", out.String(), r.held)
	}
	if err := r.release(); err != nil || !strings.HasSuffix(out.String(), "such container\n") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
