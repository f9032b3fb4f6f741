package printers

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/kubehost/kubehost/cmd/view"
)

// cells are what the table says of a pod: READY, STATUS, RESTARTS. Restarts tell when the last one was.
func cells(c view.Summary, now time.Time) []string {
	restarts := fmt.Sprint(c.Restarts)
	if c.Restarts > 0 && !c.Restarted.IsZero() {
		restarts += fmt.Sprintf(" (%s ago)", duration.HumanDuration(now.Sub(c.Restarted)))
	}
	return []string{fmt.Sprintf("%d/%d", c.Ready, c.Total), c.Reason, restarts}
}

// Age is the time since t, as kubectl prints it.
func Age(t, now time.Time) string {
	if t.IsZero() {
		return "<unknown>"
	}
	return duration.HumanDuration(now.Sub(t))
}
