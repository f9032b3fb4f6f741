package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func trimmed(b []byte) string { return string(bytes.TrimSpace(b)) }

// times are those of one contender in all rounds, in the order of its steps.
type times [][]time.Duration

// race lets the contenders do all of it in turn, round by round, for each number of pods.
func (h host) race(ctx context.Context, s settings) error {
	for _, pods := range s.pods {
		if err := h.raceOf(ctx, pods, s); err != nil {
			return fmt.Errorf("%d pods: %w", pods, err)
		}
	}
	return nil
}

// another says whether there is to be a round more.
func (s settings) another(done int, since time.Duration) bool {
	if s.rounds > 0 {
		return done < s.rounds
	}
	return done == 0 || since < s.span
}

func (h host) raceOf(ctx context.Context, pods int, s settings) error {
	f, err := write(h.dir, pods)
	if err != nil {
		return err
	}
	all := h.contenders(ctx, f)
	if s.api {
		engine, err := openAPI(ctx, h, pods)
		if err != nil {
			return err
		}
		defer engine.end()
		all = append(all, engine.contender())
	}
	took := make([]times, len(all))
	for begun := time.Now(); s.another(len(took[0]), time.Since(begun)); {
		round := len(took[0])
		for i := range all {
			at := (i + round) % len(all)
			one, err := h.lap(ctx, all[at], pods)
			if err != nil {
				return fmt.Errorf("%s: %w", all[at].name, err)
			}
			took[at] = append(took[at], one)
		}
	}
	printTable(h.runtime, pods, all, took)
	return nil
}

// lap lets one contender do all of it once. Whatever happens, nothing of it stays.
func (h host) lap(ctx context.Context, c contender, pods int) (took []time.Duration, err error) {
	undone := false
	defer func() {
		if !undone {
			_ = c.steps[len(c.steps)-1].do(context.WithoutCancel(ctx))
		}
	}()
	for i, s := range c.steps {
		begun := time.Now()
		if err := s.do(ctx); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
		want := pods * (2 + c.infra)
		if undone = i == len(c.steps)-1; undone {
			want = 0
		}
		if n, err := h.running(ctx); err != nil || n != want {
			return nil, fmt.Errorf("after %s %d containers run, not %d (%v)", s.what, n, want, err)
		}
	}
	return took, nil
}

// printTable prints a table, in Markdown: a row for each thing that is timed, the median of each contender, and how it compares
// to the first.
func printTable(runtime string, pods int, all []contender, took []times) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintf(w, "| %s, pods: %d, rounds: %d\t", runtime, pods, len(took[0]))
	for _, c := range all {
		fmt.Fprintf(w, "| %s\t", c.name)
	}
	fmt.Fprintf(w, "|\n| ---\t%s|\n", strings.Repeat("| ---\t", len(all)))
	for i, s := range all[0].steps {
		fmt.Fprintf(w, "| %s\t", s.what)
		for at := range all {
			seconds, ratio := took[at].compare(took[0], i)
			fmt.Fprintf(w, "| %.2f s, %.2f ×\t", seconds, ratio)
		}
		fmt.Fprintln(w, "|")
	}
	w.Flush()
	fmt.Println()
}

// compare gives the median of one step, in seconds, and the median of its ratios to the other's of the same round.
func (t times) compare(other times, step int) (seconds, ratio float64) {
	var own, ratios []float64
	for round := range t {
		own = append(own, t[round][step].Seconds())
		ratios = append(ratios, t[round][step].Seconds()/other[round][step].Seconds())
	}
	return median(own), median(ratios)
}

// median is the middle one, or the mean of the two in the middle.
func median(samples []float64) float64 {
	samples = slices.Sorted(slices.Values(samples))
	n := len(samples)
	return (samples[(n-1)/2] + samples[n/2]) / 2
}
