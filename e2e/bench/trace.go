package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Where a traced command finds the real one, and where it notes itself.
const (
	realIn  = "KUBEHOST_BENCH_REAL"
	tracing = "KUBEHOST_BENCH_TRACE"
)

// tracer stands in front of a runtime on PATH, runs the real one, and notes when it ran, in microseconds, and its first words.
const tracer = `#!/bin/bash
begun=${EPOCHREALTIME/[.,]/}
"$` + realIn + `" "$@"
code=$?
echo "$begun ${EPOCHREALTIME/[.,]/} $1 $2" >>"$` + tracing + `"
exit $code
`

// subject are the words that say what a command does: "run", "container inspect".
func subject(words []string) string {
	n := 1
	if len(words) > 1 && slices.Contains([]string{"container", "image", "network", "pod"}, words[0]) {
		n = 2
	}
	return strings.Join(words[:min(n, len(words))], " ")
}

// call is one command of the runtime.
type call struct {
	begun, ended time.Time
	what         string
}

// profile does all of it once with traced commands, and tells what ran and for how long nothing did.
func (h host) profile(ctx context.Context, counts []int) error {
	dir, calls := filepath.Join(h.dir, "path"), filepath.Join(h.dir, "calls")
	real, err := exec.LookPath(h.runtime)
	if err != nil {
		return err
	}
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, h.runtime), []byte(tracer), 0o700)); err != nil {
		return err
	}
	around, err := h.calibrate(ctx, filepath.Join(dir, h.runtime), calls)
	if err != nil {
		return err
	}
	for _, pods := range counts {
		f, err := write(h.dir, pods)
		if err != nil {
			return err
		}
		env := []string{realIn + "=" + real, tracing + "=" + calls, "PATH=" + dir + ":" + os.Getenv("PATH")}
		for _, c := range []contender{h.kubehostWith("detached", f, env...), h.kubehostWith("none", f, env...)} {
			for _, s := range c.steps {
				begun := time.Now()
				if err := s.do(ctx); err != nil {
					return err
				}
				ended := time.Now()
				noted, err := readCalls(calls, around)
				if err != nil {
					return err
				}
				tell(fmt.Sprintf("%s, %d pods, %s: %s", h.runtime, pods, c.name, s.what), begun, ended, noted)
				if err := os.RemoveAll(calls); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// margin is what a traced command takes of its own, before and after what it notes.
type margin struct{ before, after time.Duration }

// calibrate measures that of a command that does nothing, for it would count as kubehost's own work.
func (h host) calibrate(ctx context.Context, traced, calls string) (m margin, err error) {
	nothing, err := exec.LookPath("true")
	if err != nil {
		return m, err
	}
	var before, after []float64
	for range 30 {
		begun := time.Now()
		if err := h.run(ctx, []string{realIn + "=" + nothing, tracing + "=" + calls}, traced); err != nil {
			return m, err
		}
		ended := time.Now()
		noted, err := readCalls(calls, margin{})
		if err != nil {
			return m, err
		}
		if len(noted) != 1 {
			return m, fmt.Errorf("the tracer notes %d commands instead of one", len(noted))
		}
		before = append(before, noted[0].begun.Sub(begun).Seconds())
		after = append(after, ended.Sub(noted[0].ended).Seconds())
		if err := os.Remove(calls); err != nil {
			return m, err
		}
	}
	return margin{seconds(median(before)), seconds(median(after))}, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// readCalls reads what the tracer noted, each call with the margin around it.
func readCalls(name string, around margin) ([]call, error) {
	b, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var calls []call
	for line := range strings.Lines(string(b)) {
		words := strings.Fields(line)
		if len(words) < 2 {
			return nil, fmt.Errorf("%q is not what the tracer writes", line)
		}
		begun, err1 := strconv.ParseInt(words[0], 10, 64)
		ended, err2 := strconv.ParseInt(words[1], 10, 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		calls = append(calls, call{time.UnixMicro(begun).Add(-around.before), time.UnixMicro(ended).Add(around.after), subject(words[2:])})
	}
	slices.SortFunc(calls, func(a, b call) int { return a.begun.Compare(b.begun) })
	return calls, nil
}

// tell prints what the commands took, and how much of the whole none of them ran.
func tell(title string, begun, ended time.Time, calls []call) {
	whole := ended.Sub(begun)
	own := alone(begun, ended, calls)
	fmt.Printf("%s\n  %s in all, %s (%.0f %%) of it without a command of the runtime\n", title, round(whole), round(own), 100*own.Seconds()/whole.Seconds())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	var kinds []string
	took := map[string][]float64{}
	for _, c := range calls {
		if !slices.Contains(kinds, c.what) {
			kinds = append(kinds, c.what)
		}
		took[c.what] = append(took[c.what], c.ended.Sub(c.begun).Seconds())
	}
	for _, k := range kinds {
		fmt.Fprintf(w, "  %d ×\t%s\t%.0f ms each\t\n", len(took[k]), k, 1000*median(took[k]))
	}
	w.Flush()
}

// alone is how long none of the calls ran, between two times. They are sorted by their begin.
func alone(begun, ended time.Time, calls []call) time.Duration {
	own, until := time.Duration(0), begun
	for _, c := range calls {
		if c.begun.After(ended) {
			break
		}
		own += max(c.begun.Sub(until), 0)
		if c.ended.After(until) {
			until = c.ended
		}
	}
	return own + max(ended.Sub(until), 0)
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
