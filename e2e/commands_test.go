package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for what should come at once.
const patience = 30 * time.Second

type command = func(ts *testscript.TestScript, neg bool, args []string)

func commands() map[string]command {
	return map[string]command{
		"asowner":     asowner,
		"exits":       exits,
		"waitfor":     waitfor,
		"http":        fetch,
		"listening":   positive(listening),
		"push":        positive(push),
		"pulls":       positive(pulls),
		"stall":       positive(stall),
		"pod":         positive(podStatus),
		"snapshot":    positive(snapshot),
		"interrupted": positive(interrupted),
		"kills":       positive(kills),
		"losefiles":   positive(loseFiles),
		"fact":        positive(fact),
		"deviates":    positive(deviates),
	}
}

// positive is a command for which "!" has no meaning.
func positive(f func(ts *testscript.TestScript, args []string)) command {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command cannot be negated")
		}
		f(ts, args)
	}
}

// stall makes the script's registry leave all requests without an answer from now on.
func stall(ts *testscript.TestScript, _ []string) { of(ts).registry.stalled.Store(true) }

// asowner runs a command with the ids that files have for containers.
func asowner(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: asowner CMD…")
	}
	switch of(ts).name {
	case "rootless":
		args = append([]string{"podman", "unshare"}, args...)
	case "rootless-docker":
		// nsenter would stay in the directory that is the root of the namespace.
		const enter = `exec nsenter --preserve-credentials --user --mount --target "$(cat "$XDG_RUNTIME_DIR/docker.pid")" -- sh -c 'cd "$0" && exec "$@"' "$PWD" "$@"`
		args = append([]string{"sh", "-c", enter, "sh"}, args...)
	}
	if err := ts.Exec(args[0], args[1:]...); (err != nil) != neg {
		ts.Fatalf("%v: %v", args, err)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: exits CODE CMD…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got, ok := exitCode(err)
	if !ok {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func exitCode(err error) (int, bool) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, true
	case errors.As(err, &exit):
		return exit.ExitCode(), true
	}
	return 0, false
}

func waitfor(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("waitfor", flag.ContinueOnError)
	timeout := flags.Duration("timeout", patience, "")
	stdout := flags.String("stdout", "", "")
	ts.Check(flags.Parse(args))
	if flags.NArg() == 0 {
		ts.Fatalf("usage: waitfor [-timeout D] [-stdout RE] CMD…")
	}
	want, err := regexp.Compile("(?m)" + *stdout)
	ts.Check(err)

	cmd := flags.Args()
	err = retry(*timeout, func() error {
		err := ts.Exec(cmd[0], cmd[1:]...)
		switch _, ran := exitCode(err); {
		case err != nil && !ran:
			return final{err}
		case neg && err == nil:
			return errors.New("the command still succeeds")
		case neg:
			return nil
		case err == nil && !want.MatchString(ts.ReadFile("stdout")):
			return fmt.Errorf("stdout does not match %q", *stdout)
		}
		return err
	})
	ts.Check(err)
}

// final is an error that no further try can mend.
type final struct{ error }

// retry calls f until it succeeds, at first often, then once a second.
func retry(timeout time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(pause*3/2, time.Second) {
		err := f()
		var fin final
		if err == nil || errors.As(err, &fin) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %s: %w", timeout, err)
		case <-time.After(pause):
		}
	}
}

func fetch(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: http URL")
	}
	if neg {
		if body, err := get(args[0]); err == nil {
			ts.Fatalf("%s answers: %s", args[0], body)
		}
		return
	}
	ts.Check(retry(patience, func() error {
		body, err := get(args[0])
		if err == nil {
			_, err = io.WriteString(ts.Stdout(), body)
		}
		return err
	}))
}

// get fetches a page over a connection of its own: one kept open would outlive the container that it leads to.
func get(url string) (string, error) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, resp.Status, body)
	}
	return string(body), err
}

func listening(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: listening PORT")
	}
	port, err := strconv.Atoi(args[0])
	ts.Check(err)
	found, err := listeners(port)
	ts.Check(err)
	stdout := ts.Stdout() // so that "stdout" means ours, also when there is nothing to print
	for _, addr := range found {
		fmt.Fprintln(stdout, addr)
	}
}

func push(ts *testscript.TestScript, args []string) {
	flags := flag.NewFlagSet("push", flag.ContinueOnError)
	user, signal := flags.String("user", "", ""), flags.String("stop-signal", "", "")
	volume := flags.String("volume", "", "")
	foreign := flags.Bool("foreign", false, "")
	ts.Check(flags.Parse(args))
	if args = flags.Args(); len(args) == 0 {
		ts.Fatalf("usage: push [-user USER] [-stop-signal SIGNAL] [-volume DIR] [-foreign] REPO:TAG [NAME=VALUE…]")
	}
	s := of(ts)
	img, err := newImage(s.ns, imageConfig{*user, *signal, *volume, args[1:]})
	if *foreign {
		img, err = foreignImage(s.ns)
	}
	ts.Check(err)
	ts.Check(s.registry.push(args[0], img))
	s.images = append(s.images, digest(img.config))
}

func pulls(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: pulls REPO:TAG COUNT")
	}
	if got := of(ts).registry.pulls(args[0]); fmt.Sprint(got) != args[1] {
		ts.Fatalf("%s was pulled %d times, want %s", args[0], got, args[1])
	}
}

// shell runs a file of the script with sh, and fails if the file does.
func shell(ts *testscript.TestScript, file string) {
	if err := ts.Exec("sh", "-eu", ts.MkAbs(file)); err != nil {
		ts.Fatalf("%s: %v", file, strings.TrimSpace(err.Error()))
	}
}
