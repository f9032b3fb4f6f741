package printers

import (
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/kubehost/kubehost/cmd/view"
)

var podColumns = Columns{[]string{"READY", "STATUS", "RESTARTS", "AGE"}, []string{"IP", "PORTS"}}

// podItem is a pod, as it is listed.
func podItem(v view.Pod, pod *v1.Pod, now time.Time) *Item {
	columns := view.Summarize(pod)
	if v.Ending() {
		columns.Reason = view.ReasonTerminating
	}
	return &Item{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, Labels: pod.Labels, Cells: append(cells(columns, now), Age(v.Created(), now)),
		Wide: []string{orNone(v.IP()), orNone(v.Ports())}, Value: pod}
}

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
