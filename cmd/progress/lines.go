package progress

import (
	"fmt"
	"io"
	"time"
)

// lines is the plain way, which is not told the time.
type lines struct{ out io.Writer }

func (l *lines) changed(s state, now time.Time) {
	if s.Minor || s.Layers.String() != "" {
		return // how far a pull has come is nothing for a log
	}
	l.say(s.Item.String()+": "+s.what()+"\n", now)
}

func (l *lines) say(text string, _ time.Time) { _, _ = io.WriteString(l.out, text) }
func (l *lines) tick(time.Time)               {}
func (l *lines) settle(time.Time)             {}

// String names the item as errors do.
func (i Item) String() string {
	switch {
	case i.Image != "":
		return "image " + i.Image
	case i.Container != "":
		return fmt.Sprintf("pod %q: container %s", i.Pod, i.Container)
	}
	return fmt.Sprintf("pod %q", i.Pod)
}
