package progress

import (
	"regexp"
	"strconv"
	"strings"
)

// terminal is what a display draws on in tests: as much of a terminal as it uses. Lines that are longer than it is wide are
// wrapped, and wrapped anew when it gets another width, as terminals do.
type terminal struct {
	width, height int
	// rows are all lines of the terminal, above the visible ones too, and the cursor's place in them.
	rows     []row
	row, col int
	colours  []string // that were used
}

type row struct {
	text []rune
	goes bool // on in the next row
}

func newTerminal(width, height int) *terminal {
	return &terminal{width: width, height: height, rows: []row{{}}}
}

func (t *terminal) size() (int, int) { return t.width, t.height }

var sequence = regexp.MustCompile(`^\x1b\[([0-9]*)([A-Za-z])`)

func (t *terminal) Write(b []byte) (int, error) {
	for s := string(b); s != ""; {
		if m := sequence.FindStringSubmatch(s); m != nil {
			n, _ := strconv.Atoi(m[1])
			t.control(n, m)
			s = s[len(m[0]):]
			continue
		}
		r := []rune(s)[0]
		s = s[len(string(r)):]
		switch r {
		case '\r':
			t.col = 0
		case '\n':
			t.col = 0
			t.down()
		default:
			if r < ' ' {
				panic("the terminal is sent " + strconv.QuoteRune(r))
			}
			t.put(r)
		}
	}
	return len(b), nil
}

func (t *terminal) control(n int, m []string) {
	switch m[2] {
	case "A":
		t.row = max(t.row-n, len(t.rows)-t.height, 0)
	case "J":
		t.rows = t.rows[:t.row+1]
		t.rows[t.row] = row{text: t.rows[t.row].text[:min(t.col, len(t.rows[t.row].text))]}
	case "m":
		t.colours = append(t.colours, m[0])
	default:
		panic("unknown to the terminal: " + strconv.Quote(m[0]))
	}
}

func (t *terminal) down() {
	if t.row++; t.row == len(t.rows) {
		t.rows = append(t.rows, row{})
	}
}

func (t *terminal) put(r rune) {
	if t.col == t.width {
		t.rows[t.row].goes = true
		t.col = 0
		t.down()
	}
	text := t.rows[t.row].text
	for len(text) <= t.col {
		text = append(text, ' ')
	}
	text[t.col] = r
	t.rows[t.row].text = text
	t.col++
}

// resize gives the terminal another width. The cursor stands at the beginning of a line.
func (t *terminal) resize(width int) {
	n := newTerminal(width, t.height)
	for i, r := range t.rows {
		for _, c := range r.text {
			n.put(c)
		}
		if !r.goes && i < len(t.rows)-1 {
			n.col = 0
			n.down()
		}
	}
	n.colours = t.colours
	*t = *n
}

func (t *terminal) String() string {
	var b strings.Builder
	for _, r := range t.rows {
		b.WriteString(strings.TrimRight(string(r.text), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
