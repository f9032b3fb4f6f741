package progress

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// screen is the way for terminals: below the texts that stay is a block of lines that are drawn again and again. The
// cursor is always below the block: whoever ends this process finds the terminal as it should be.
type screen struct {
	out     io.Writer
	size    func() (width, height int)
	colours bool
	// items are in the order in which they were first heard of, containers below their pods.
	items []state
	// drawn is how many columns each line of the block has that is on the terminal now.
	drawn []int
	stale bool
}

func (s *screen) changed(now state, _ time.Time) {
	s.stale = true
	if i := s.find(now.Item); i >= 0 {
		s.items[i] = now
		return
	}
	if now.Container == "" {
		s.items = append(s.items, now)
		return
	}
	pod := now.Item.pod()
	if s.find(pod) < 0 {
		s.items = append(s.items, state{Event: Event{Item: pod, Phase: Working}, since: now.since})
	}
	at := s.find(pod) + 1
	for at < len(s.items) && s.items[at].Container != "" {
		at++
	}
	s.items = slices.Insert(s.items, at, now)
}

func (s *screen) find(i Item) int {
	return slices.IndexFunc(s.items, func(o state) bool { return o.Item == i })
}

func (s *screen) tick(now time.Time) {
	if s.stale || slices.ContainsFunc(s.items, func(o state) bool { return o.Phase == Working }) {
		width, height := s.size()
		s.print(s.erase(width) + s.draw(now, width, height-1))
	}
}

// say prints a text, and the block below it with the next tick.
func (s *screen) say(text string, _ time.Time) {
	if len(s.items) > 0 && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	width, _ := s.size()
	s.print(s.erase(width) + text)
	s.stale = len(s.items) > 0
}

func (s *screen) settle(now time.Time) {
	if len(s.items) == 0 {
		return
	}
	width, _ := s.size()
	s.print(s.erase(width) + s.draw(now, width, len(s.items)))
	s.items, s.drawn, s.stale = nil, nil, false
}

// print writes all that belongs together at once, so that nothing half drawn is ever seen or left.
func (s *screen) print(text string) { _, _ = io.WriteString(s.out, text) }

// erase goes back to where the block begins and clears all from there. A terminal that has become narrower since has
// wrapped its lines.
func (s *screen) erase(width int) string {
	rows := 0
	for _, columns := range s.drawn {
		rows += max(1, (columns+width-1)/width)
	}
	s.drawn = nil
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", rows)
}

// draw returns the block, of so many rows at the most.
func (s *screen) draw(now time.Time, width, height int) string {
	s.stale = false
	shown, more := s.fit(max(height, 1))
	names := 0
	for _, o := range shown {
		names = max(names, utf8.RuneCountInString(label(o.Item)))
	}
	names = min(names, max(width*3/5, 16))
	var b strings.Builder
	for _, o := range shown {
		s.drawn = append(s.drawn, s.row(&b, o, now, names, width-1))
	}
	if more > 0 {
		text, _ := cut(fmt.Sprintf("and %d more", more), width-1)
		s.drawn = append(s.drawn, utf8.RuneCountInString(text))
		b.WriteString(text + "\n")
	}
	return b.String()
}

// fit chooses what is shown where there is room for so many rows. The containers of a pod that is done are not, whatever the room.
func (s *screen) fit(rows int) (shown []state, more int) {
	done := map[Item]bool{}
	for _, o := range s.items {
		done[o.Item] = o.Phase == Done
	}
	shown = slices.DeleteFunc(slices.Clone(s.items), func(o state) bool { return o.Container != "" && done[o.Item.pod()] })
	if len(shown) <= rows {
		return shown, 0
	}
	// One row tells of the rest.
	all := len(shown)
	for i := 0; i < len(shown) && len(shown) > rows-1; {
		if shown[i].Phase == Done {
			shown = slices.Delete(shown, i, i+1)
			continue
		}
		i++
	}
	shown = shown[:max(0, min(len(shown), rows-1))]
	return shown, all - len(shown)
}

// label is the name of an item in the block.
func label(i Item) string {
	switch {
	case i.Image != "":
		return "image " + i.Image
	case i.Container != "":
		return "  " + i.Container
	}
	return "pod/" + i.Pod
}

// The colours of a state, and what ends them.
const red, green, faint, plainly = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[m"

// row writes one line of the block and returns how many columns it has, at the most the width.
func (s *screen) row(b *strings.Builder, o state, now time.Time, names, width int) int {
	took := o.took
	if o.Phase == Working {
		took = now.Sub(o.since)
	}
	colour := map[Phase]string{Done: green, Failed: red}[o.Phase]
	columns := 0
	for _, part := range []struct{ text, colour string }{
		{pad(label(o.Item), names), ""},
		{fmt.Sprintf(" %6s  ", elapsed(took)), faint},
		{o.what(), colour},
	} {
		text, n := cut(part.text, width-columns)
		columns += n
		if s.colours && part.colour != "" && text != "" {
			text = part.colour + text + plainly
		}
		b.WriteString(text)
	}
	b.WriteByte('\n')
	return columns
}

// pad makes a name that wide. Of one that is too long the end tells most.
func pad(name string, width int) string {
	n := utf8.RuneCountInString(name)
	if n > width {
		return "…" + string([]rune(name)[n-width+1:])
	}
	return name + strings.Repeat(" ", width-n)
}

// cut shortens a text to at most so many columns, and returns how many it has then. Beyond Latin, Greek and Cyrillic a character may take two.
func cut(text string, width int) (string, int) {
	columns := 0
	for i, r := range text {
		n := 1
		if r > 0x52f && r != '…' {
			n = 2
		}
		if columns+n > width {
			return text[:i], columns
		}
		columns += n
	}
	return text, columns
}

// elapsed is a time as people read it while it runs.
func elapsed(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	}
	return d.Truncate(time.Second).String()
}
