package main

import (
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"
)

// TestSession: the picture of the README shows the session that was recorded.
func TestSession(t *testing.T) {
	text, err := os.ReadFile("../../docs/session.txt")
	if err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile("../../docs/session.svg")
	if err != nil {
		t.Fatal(err)
	}
	if draw(string(text)) != string(svg) {
		t.Error("docs/session.svg is not the picture of docs/session.txt: make session")
	}
}

func TestDrawEscapes(t *testing.T) {
	svg := draw("$ echo '<a & b>'\n<a & b>\n")
	var shown strings.Builder
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		if text, ok := token.(xml.CharData); ok {
			shown.Write(text)
		}
	}
	for _, want := range []string{"$ echo '<a & b>'", "\n<a & b>\n"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("no %q in %q", want, shown.String())
		}
	}
}
