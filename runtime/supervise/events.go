package supervise

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What bounds the status file: events of all kinds, events of one container with one reason but ever new
// messages, and the bytes of a message in an event and elsewhere.
const (
	keepEvents = 100
	keepAlike  = 10
	maxNote    = 1024
	maxMessage = 4096
)

// event notes what happened. What happens again counts, instead of filling the list.
func (l *look) event(unit string, warning bool, reason, message string) {
	e := Event{Time: l.now, Unit: unit, Warning: warning, Reason: reason, Message: cut(message, maxNote), Count: 1}
	events := l.m.Events
	alike, oldest := 0, -1
	for i, o := range events {
		if o.Unit != unit || o.Reason != reason {
			continue
		}
		if o.Message == e.Message {
			e.Count = o.Count + 1
			l.m.Events = append(slices.Delete(events, i, i+1), e)
			return
		}
		if alike++; oldest < 0 {
			oldest = i
		}
	}
	if alike >= keepAlike {
		events = slices.Delete(events, oldest, oldest+1)
	}
	l.m.Events = append(events, e)
	l.m.Events = l.m.Events[max(0, len(l.m.Events)-keepEvents):]
}

// cut shortens a text to at most n bytes, between two characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.ToValidUTF8(s[:n], "")
}
