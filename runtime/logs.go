package runtime

import (
	"time"
)

// LogQuery says which part of a container's log is wanted.
type LogQuery struct {
	// Follow goes on until the container ends.
	Follow bool
	// Timestamps puts the time before each line.
	Timestamps bool
	// Tail is how many of the last lines are wanted; nil is all.
	Tail *int64
	// Since and Until bound the time; zero is no bound.
	Since, Until time.Time
}

// Logs is the command that prints the log of a container: what it wrote to each of its streams, to the same.
func (e Engine) Logs(id string, q LogQuery) Command {
	args := []string{"logs"}
	if q.Follow {
		args = append(args, "--follow")
	}
	if q.Timestamps {
		args = append(args, "--timestamps")
	}
	if q.Tail != nil {
		args = append(args, "--tail", itoa(*q.Tail))
	}
	if !q.Since.IsZero() {
		args = append(args, "--since", q.Since.UTC().Format(time.RFC3339Nano))
	}
	if !q.Until.IsZero() {
		args = append(args, "--until", q.Until.UTC().Format(time.RFC3339Nano))
	}
	return e.command(append(args, id)...)
}
