package progress

import (
	"fmt"
	"strings"
	"time"
)

// Event is what has become of an item.
type Event struct {
	Item
	Phase Phase `json:"phase"`
	// State is a word: Pulling, Running, CrashLoopBackOff. Detail, which may be empty, tells more of it.
	State  string `json:"state"`
	Detail string `json:"detail,omitempty"`
	// Layers is set while an image is pulled.
	Layers *Layers `json:"layers,omitempty"`
	// Until is when the state ends at the latest, where that is known.
	Until time.Time `json:"until,omitzero"`
	// Minor says that it is nothing to write home about: soon over, or known from other events.
	Minor bool `json:"-"`
}

// Item is an image, a pod, or a container of a pod.
type Item struct {
	Image     string `json:"image,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Pod       string `json:"pod,omitempty"`
	Container string `json:"container,omitempty"`
}

// pod is the item of the pod that a container is of.
func (i Item) pod() Item { return Item{Namespace: i.Namespace, Pod: i.Pod} }

// Phase says whether something is under way.
type Phase string

// The phases.
const (
	Working Phase = "working"
	Done    Phase = "done"
	Failed  Phase = "failed"
)

// Layers is how far a pull has come.
type Layers struct {
	Seen int `json:"seen"`
	// Here is nil where the runtime does not tell.
	Here *int `json:"here,omitempty"`
}

func (l *Layers) String() string {
	switch {
	case l == nil || l.Seen == 0:
		return ""
	case l.Here != nil:
		return fmt.Sprintf("%d of %s", *l.Here, layers(l.Seen))
	}
	return layers(l.Seen) + " begun"
}

func layers(n int) string {
	if n == 1 {
		return "1 layer"
	}
	return fmt.Sprintf("%d layers", n)
}

// same says whether the event has the state that another had.
func (e Event) same(o Event) bool {
	return e.Phase == o.Phase && e.State == o.State && e.Detail == o.Detail && e.Until.Equal(o.Until) && e.Layers.String() == o.Layers.String()
}

// what is the state with all that is known of it. Times are those of the day, in the host's time zone.
func (e Event) what() string {
	parts := []string{e.State}
	if e.Detail != "" {
		parts = append(parts, e.Detail)
	}
	if text := e.Layers.String(); text != "" {
		parts = append(parts, text)
	}
	if !e.Until.IsZero() {
		parts = append(parts, "until "+e.Until.Local().Format("15:04:05")+" at the latest")
	}
	return printable(strings.Join(parts, ", "))
}

// printable is a text without what moves the cursor of a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}
