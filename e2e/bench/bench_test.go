package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubehost/kubehost/manifests"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		of   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.of); got != c.want {
			t.Errorf("median of %v: %v, not %v", c.of, got, c.want)
		}
	}
}

// TestCompare: the ratio is that of times of the same round, so that a round in which all was slow counts as any other.
func TestCompare(t *testing.T) {
	peer := times{{time.Second}, {10 * time.Second}, {2 * time.Second}}
	own := times{{time.Second / 2}, {5 * time.Second}, {2 * time.Second}}
	if seconds, ratio := own.compare(peer, 0); seconds != 2 || ratio != 0.5 {
		t.Errorf("%v s, %v ×", seconds, ratio)
	}
}

// TestAnother: there is always one round, however long it takes, and as many as are asked for.
func TestAnother(t *testing.T) {
	for _, c := range []struct {
		s     settings
		since time.Duration
		want  int
	}{{settings{span: time.Minute}, time.Hour, 1}, {settings{rounds: 3}, time.Hour, 3}, {settings{rounds: 1, span: time.Minute}, 0, 1}} {
		n := 0
		for c.s.another(n, c.since) && n < 10 {
			n++
		}
		if n != c.want {
			t.Errorf("%+v after %s: %d rounds, not %d", c.s, c.since, n, c.want)
		}
	}
	if !(settings{span: time.Minute}).another(5, time.Second) {
		t.Error("no round more, though there is time")
	}
}

// TestAlone: what runs at the same time counts once, and what runs on after the end does not count.
func TestAlone(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	calls := []call{{at(10), at(50), "ps"}, {at(20), at(30), "ps"}, {at(60), at(80), "run"}, {at(70), at(200), "run"}, {at(150), at(160), "ps"}}
	if got := alone(at(0), at(100), calls); got != 20*time.Millisecond {
		t.Errorf("%v without a command", got)
	}
}

func TestSubject(t *testing.T) {
	for words, want := range map[string]string{"run --detach x": "run", "container inspect a b": "container inspect", "ps": "ps", "": ""} {
		if got := subject(strings.Fields(words)); got != want {
			t.Errorf("%q: %q", words, got)
		}
	}
}

// TestFiles: kubehost takes the manifests, and only the last pod differs in the changed ones.
func TestFiles(t *testing.T) {
	f, err := write(t.TempDir(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{f.pods, f.changedPods} {
		set, problems := manifests.Load(t.Context(), []string{name}, manifests.Options{})
		if len(problems) > 0 || len(set.Pods) != 3 {
			t.Errorf("%s: %d pods, %v", filepath.Base(name), len(set.Pods), problems)
		}
	}
	for _, pair := range [][2]string{{f.pods, f.changedPods}, {f.compose, f.changedCompose}} {
		var lines [2][]string
		for i, name := range pair {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lines[i] = strings.Split(string(b), "\n")
		}
		differ := 0
		for i := range lines[0] {
			if lines[0][i] != lines[1][i] {
				differ++
			}
		}
		if differ != 1 {
			t.Errorf("%s: %d lines differ", filepath.Base(pair[0]), differ)
		}
	}
}
