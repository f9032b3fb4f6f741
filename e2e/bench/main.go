// Bench times kubehost beside what else runs such pods: podman kube play and docker compose. It prints, for each number of
// pods, the medians and the ratios of what was timed in the same round, which hold on a host that does other
// things, too. A round of thirty pods takes kube play minutes.
//
//	make bench-peers
//	go run ./e2e/bench -runtime podman -pods 1,10 -rounds 5
//
// Each pod has two containers of a process that sleeps, and one port on 127.0.0.1. All is done for the first time, again
// with nothing changed, with one container of one pod changed, and undone. Who comes first changes from round to round.
//
// With -api the same is done through the engine's HTTP API as well, in one process and without supervisors: what an
// executor that runs no commands would gain.
//
// With -profile each command of the runtime that kubehost runs is noted, and how long none ran: kubehost's own work.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are what the flags say.
type settings struct {
	kubehost string
	runtimes []string
	pods     []int
	rounds   int
	span     time.Duration
	profile  bool
	api      bool
}

func run(ctx context.Context) error {
	s, err := parse()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kubehost-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, runtime := range s.runtimes {
		h := host{runtime: runtime, dir: dir, kubehost: s.kubehost}
		if err := h.prepare(ctx); err != nil {
			return fmt.Errorf("%s: %w", runtime, err)
		}
		if s.profile {
			err = h.profile(ctx, s.pods)
		} else {
			err = h.race(ctx, s)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", runtime, err)
		}
	}
	return nil
}

func parse() (settings, error) {
	var s settings
	flag.StringVar(&s.kubehost, "kubehost", "bin/kubehost", "the program that is measured")
	runtimes := flag.String("runtime", "podman,docker", "runtimes")
	pods := flag.String("pods", "1,10,30", "numbers of pods")
	flag.IntVar(&s.rounds, "rounds", 0, "how often each number of pods is run; 0 is as often as there is time")
	flag.DurationVar(&s.span, "for", 2*time.Minute, "without -rounds: after this `time` no further round of a number of pods is begun")
	flag.BoolVar(&s.profile, "profile", false, "tell where the time goes, once")
	flag.BoolVar(&s.api, "api", false, "measure what the engine's HTTP API would give, too")
	flag.Parse()
	if flag.NArg() > 0 || s.rounds < 0 {
		return s, fmt.Errorf("unexpected %q, or less than no rounds: see -help", flag.Args())
	}
	for n := range strings.SplitSeq(*pods, ",") {
		count, err := strconv.Atoi(n)
		if err != nil || count < 1 || count > 1000 {
			return s, fmt.Errorf("-pods: %q is no number of pods", n)
		}
		s.pods = append(s.pods, count)
	}
	for name := range strings.SplitSeq(*runtimes, ",") {
		if !slices.Contains([]string{"podman", "docker"}, name) {
			return s, fmt.Errorf("-runtime: %q is neither podman nor docker", name)
		}
		s.runtimes = append(s.runtimes, name)
	}
	var err error
	s.kubehost, err = filepath.Abs(s.kubehost)
	return s, err
}
