package e2e

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/kubehost/kubehost/runtime/supervise"
)

// usage is what a supervisor has used until now.
type usage struct {
	pid int
	// own is the processor time of the process itself, of those it has waited for the time of its commands, both in ms.
	own, commands float64
	// calls counts its commands of the runtime.
	calls int
}

// usage looks at the supervisor of a pod.
func (m *measuring) usage(s supervise.Station) usage {
	m.Helper()
	pid, err := s.Alive()
	m.check(err)
	if pid == 0 {
		m.Fatalf("nobody supervises %s", s.Ref)
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	m.check(err)
	_, rest, _ := strings.Cut(string(b), ") ")
	times := strings.Fields(rest)[11:15] // utime, stime, cutime, cstime: see proc(5)
	ms := func(i int) float64 {
		ticks, err := strconv.Atoi(times[i])
		m.check(err)
		return float64(ticks) * 10 // the kernel tells processes of 100 ticks a second, whatever it counts itself
	}
	calls, err := os.ReadFile(m.calls)
	m.check(err)
	return usage{pid: pid, own: ms(0) + ms(1), commands: ms(2) + ms(3), calls: strings.Count("\n"+string(calls), fmt.Sprintf("\n%d ", pid))}
}

// pss is the memory of a process, in MiB, with its part of what it shares with others.
func (m *measuring) pss(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	m.check(err)
	_, rest, _ := strings.Cut(string(b), "\nPss:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	m.check(err)
	return float64(kb) / 1024
}

// table is what was measured.
type table struct {
	text strings.Builder
	rows *tabwriter.Writer
}

func newTable() *table {
	t := &table{}
	t.rows = tabwriter.NewWriter(&t.text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t.rows, "what\tmedian\tworst\t")
	return t
}

func (t *table) add(what, unit string, samples ...float64) {
	slices.Sort(samples)
	fmt.Fprintf(t.rows, "%s\t%.1f %s\t%.1f %s\t\n", what, samples[len(samples)/2], unit, samples[len(samples)-1], unit)
}

func (t *table) String() string {
	t.rows.Flush()
	return t.text.String()
}
