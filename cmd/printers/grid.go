package printers

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// grid prints rows in columns, as wide as kubectl's. What is printed later keeps to the columns of what was before.
type grid struct {
	w      io.Writer
	widths []int
}

const (
	cellGap   = 3 // spaces between two columns, at least
	cellWidth = 6 // the least of a column, with the gap
)

func (g *grid) print(rows ...[]string) error {
	for _, cells := range rows {
		for i, c := range cells {
			if i == len(g.widths) {
				g.widths = append(g.widths, cellWidth)
			}
			g.widths[i] = max(g.widths[i], utf8.RuneCountInString(c)+cellGap)
		}
	}
	var b strings.Builder
	for _, cells := range rows {
		for i, c := range cells {
			b.WriteString(c)
			if i < len(cells)-1 {
				b.WriteString(strings.Repeat(" ", g.widths[i]-utf8.RuneCountInString(c)))
			}
		}
		b.WriteByte('\n')
	}
	_, err := fmt.Fprint(g.w, b.String())
	return err
}
