package supervise

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// tell keeps the memory for everybody to read, and says what is new in it.
func (p *process) tell() {
	p.memory.Plan, p.memory.Asked, p.memory.Boot = p.hash, p.wanted.Asked, p.boot
	b, err := json.Marshal(p.memory)
	if err == nil && (!bytes.Equal(b, p.saved) || !p.Station.Still(p.written)) { // or somebody else has touched it
		if err = p.Station.save(b); err == nil {
			p.report(p.told)
			p.saved, p.told, p.written = b, p.memory.clone(), p.Station.Written()
		}
	}
	before := p.unsaved
	if p.unsaved = ""; err != nil {
		p.unsaved = err.Error()
	}
	if p.unsaved != "" && p.unsaved != before && p.Log != nil {
		p.Log(Event{Time: time.Now(), Warning: true, Reason: "FailedStatus", Message: p.unsaved})
	}
	if p.Watch != nil {
		p.Watch.Seen(&p.pod, p.memory)
	}
}

// report passes on what the memory before did not have.
func (p *process) report(before Memory) {
	if p.Log != nil {
		for _, e := range p.memory.Events {
			if !slices.ContainsFunc(before.Events, func(o Event) bool {
				return o.Unit == e.Unit && o.Reason == e.Reason && o.Message == e.Message && o.Count == e.Count
			}) {
				p.Log(e)
			}
		}
	}
	if p.Begun != nil {
		for _, name := range slices.Sorted(maps.Keys(p.memory.Units)) {
			u := p.memory.Units[name]
			if before := before.Units[name]; u.ID != "" && (before == nil || before.ID != u.ID) {
				p.Begun(name, u.ID)
			}
		}
	}
}

// String is the event as a line of a log.
func (e Event) String() string {
	who := ""
	if e.Unit != "" {
		who = e.Unit + ": "
	}
	return fmt.Sprintf("%s%s: %s", who, e.Reason, e.Message)
}
