package supervise

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Line is the pod's condition in one line: "Running, 2/3 ready; main: CrashLoopBackOff, next try at 15:04:05". Times are
// those of the day, in the host's time zone.
func (m Memory) Line(p *plan.Pod) string {
	parts := []string{m.Headline(p)}
	if m.Problem != "" {
		parts = append(parts, firstLine(m.Problem)+again(m.RetryAt))
	}
	for i := range p.Units {
		u := &p.Units[i]
		if have := m.Units[u.Name]; have != nil && !m.Over && m.Ending == nil {
			if trouble := have.trouble(u); trouble != "" {
				parts = append(parts, u.Name+": "+trouble)
			}
		}
	}
	return strings.Join(parts, "; ")
}

// Headline is the phase, and how many containers are ready of those that should be.
func (m Memory) Headline(p *plan.Pod) string {
	switch {
	case m.Ending != nil && m.Ending.Why == Asked && (m.Phase == Succeeded || m.Phase == Failed):
		return "Stopped"
	case m.Ending != nil && m.Ending.Why == Asked:
		return "Stopping"
	case m.Ending != nil:
		return "Stopping, " + m.Ending.Why.words()
	case m.Over && m.Reason != "":
		return string(m.Phase) + " (" + m.Reason + ")"
	case m.Over:
		return string(m.Phase)
	}
	ready, all := 0, 0
	for _, u := range p.Units {
		if u.Role == plan.Init {
			continue
		}
		all++
		if have := m.Units[u.Name]; have != nil && have.Ready {
			ready++
		}
	}
	return fmt.Sprintf("%s, %d/%d ready", m.Phase, ready, all)
}

// words say for people what the containers of a pod are ended for, when nobody asked for it.
func (w Why) words() string {
	switch w {
	case Deadline:
		return "past its deadline"
	case Finished:
		return "as its work is done"
	}
	return "to start anew"
}

// trouble is what a container that should run waits for; empty when it is well.
func (u *Unit) trouble(p *plan.Unit) string {
	switch {
	case u.State == Waiting && u.Reason != "" && u.Reason != creating:
		return u.Reason + again(u.RetryAt)
	case u.State == Terminated && u.Reason == "CrashLoopBackOff":
		return u.Reason + again(u.FinishedAt.Add(u.pause()))
	case u.State == Terminated && u.ExitCode != 0:
		return fmt.Sprintf("%s, exit code %d", u.Reason, u.ExitCode)
	case u.State == Up && p.Role == plan.Init:
		return "running"
	case u.State == Up && p.Lifecycle.Startup != nil && !u.Started:
		return "starting"
	case u.State == Up && !u.Ready:
		return "not ready"
	}
	return ""
}

// Condition is how a container stands, in words for people.
type Condition struct {
	Word, Detail string
	// Well says that it is as it should be for good, Wrong that something is wrong; otherwise it will soon be another.
	Well, Wrong bool
}

// Condition is how the container of the unit stands.
func (u *Unit) Condition(p *plan.Unit) Condition {
	trouble := u.trouble(p)
	switch {
	case u.Doing == Starting:
		return Condition{Word: "Starting"}
	case u.Doing == Stopping:
		return Condition{Word: "Stopping"}
	case u.State == Waiting && trouble == "":
		return Condition{Word: "Waiting"}
	case u.State == Up && trouble == "" && (p.Lifecycle.Startup != nil || p.Lifecycle.Readiness != nil):
		return Condition{Word: "Ready", Well: true}
	case u.State == Up && trouble == "":
		return Condition{Word: "Running", Well: true}
	case u.State == Up && p.Role == plan.Init:
		return Condition{Word: "Running"}
	case u.State == Up:
		return Condition{Word: "Running", Detail: trouble}
	case trouble == "":
		return Condition{Word: "Completed", Well: true}
	}
	word, detail, _ := strings.Cut(trouble, ", ")
	return Condition{Word: word, Detail: detail, Wrong: true}
}

func again(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return ", next try at " + at.Local().Format("15:04:05")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
