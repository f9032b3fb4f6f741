package progress

import (
	"encoding/json"
	"io"
	"strings"
	"time"
)

// objects is the way for programs: each line is an object.
type objects struct{ out io.Writer }

// stateObject is a line for how an item stands.
type stateObject struct {
	Time time.Time `json:"time"`
	Type string    `json:"type"` // "progress"
	Event
	// Seconds is how long the item is, or was, under way.
	Seconds float64 `json:"seconds"`
}

// textObject is a line for a text for people.
type textObject struct {
	Time time.Time `json:"time"`
	Type string    `json:"type"` // "message"
	Text string    `json:"text"`
}

func (o *objects) changed(s state, now time.Time) {
	took := s.took
	if s.Phase == Working {
		took = now.Sub(s.since)
	}
	o.print(stateObject{now, "progress", s.Event, took.Round(time.Millisecond).Seconds()})
}

func (o *objects) say(text string, now time.Time) {
	o.print(textObject{now, "message", strings.TrimSuffix(text, "\n")})
}

func (o *objects) print(v any) { _ = json.NewEncoder(o.out).Encode(v) } // who reads no more wants no more

func (o *objects) tick(time.Time)   {}
func (o *objects) settle(time.Time) {}
