// Command picture draws a session in a terminal as SVG, from its text on standard input. Lines that begin with "$ " are what
// was typed, the others what was answered.
package main

import (
	"fmt"
	"html"
	"io"
	"log"
	"os"
	"strings"
	"unicode/utf8"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err == nil {
		_, err = io.WriteString(os.Stdout, draw(string(text)))
	}
	if err != nil {
		log.Fatal(err)
	}
}

// Sizes in pixels. A character of the fonts that browsers take for monospace is 0.6 of their size wide.
const (
	fontSize   = 14
	charWidth  = 8.43
	lineHeight = 19
	margin     = 16
)

const style = `text { font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9; white-space: pre }
.prompt { fill: #7ee787 }
.typed { fill: #ffffff; font-weight: bold }`

// draw makes the picture, the same for the same text.
func draw(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	columns := 0
	for _, l := range lines {
		columns = max(columns, utf8.RuneCountInString(l))
	}
	width, height := int(float64(columns)*charWidth)+2*margin, len(lines)*lineHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>A session with kubehost</title>\n<style>%s</style>\n", style)
	fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#0d1117\"/>\n", width, height)
	for i, l := range lines {
		if l == "" {
			continue
		}
		words := html.EscapeString(l)
		if typed, ok := strings.CutPrefix(l, "$ "); ok {
			words = `<tspan class="prompt">$ </tspan><tspan class="typed">` + html.EscapeString(typed) + `</tspan>`
		}
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", margin, margin+i*lineHeight+fontSize, words)
	}
	b.WriteString("</svg>\n")
	return b.String()
}
