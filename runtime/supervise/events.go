package supervise

import "slices"

// keepEvents bounds the status file.
const keepEvents = 100

// event notes what happened. What happens again counts, instead of filling the list.
func (l *look) event(unit string, warning bool, reason, message string) {
	i := slices.IndexFunc(l.m.Events, func(e Event) bool {
		return e.Unit == unit && e.Reason == reason && e.Message == message
	})
	e := Event{Time: l.now, Unit: unit, Warning: warning, Reason: reason, Message: message, Count: 1}
	if i >= 0 {
		e.Count = l.m.Events[i].Count + 1
		l.m.Events = slices.Delete(l.m.Events, i, i+1)
	}
	l.m.Events = append(l.m.Events, e)
	l.m.Events = l.m.Events[max(0, len(l.m.Events)-keepEvents):]
}
