package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kubehost/kubehost/e2e/machine"
)

const hostUsage = "usage: host boot | reboot | cut | off | run [-user USER] CMD… | wait [-timeout D] [-stdout RE] [-user USER] CMD…"

// hostPatience is how long a script waits for a host. Several boot at once on few cores, with all that starts at boot.
const hostPatience = 2 * time.Minute

func hostCommand(ts *testscript.TestScript, neg bool, args []string) {
	h := ts.Value(hostKey{}).(*host)
	if len(args) == 0 {
		ts.Fatalf(hostUsage)
	}
	power := map[string]func(context.Context) error{"boot": h.boot, "reboot": h.Reboot, "cut": h.PowerCut, "off": h.PowerOff}
	f, ok := power[args[0]]
	switch {
	case ok && len(args) == 1 && !neg:
		ctx, cancel := context.WithTimeout(context.Background(), hostPatience)
		defer cancel()
		t0 := time.Now()
		ts.Check(f(ctx))
		ts.Logf("[%s: %.1f s]", args[0], time.Since(t0).Seconds())
	case args[0] == "run":
		h.runCommand(ts, neg, args[1:])
	case args[0] == "wait":
		h.waitCommand(ts, neg, args[1:])
	default:
		ts.Fatalf(hostUsage)
	}
}

// boot boots the host. At the first time, the runtime gets the image.
func (h *host) boot(ctx context.Context) error {
	if err := h.Boot(ctx); err != nil || h.loaded {
		return err
	}
	h.loaded = true
	if err := h.answering(ctx); err != nil {
		return err
	}
	res, err := h.Run(ctx, h.command(h.user, h.runtime, "load", "-q", "-i", imagePath))
	if err == nil && res.Code != 0 {
		err = fmt.Errorf("load the image: %s", res.Stderr)
	}
	return err
}

// answering waits until the runtime answers: who has switched the host on need not wait for that of a user.
func (h *host) answering(ctx context.Context) error {
	for {
		res, err := h.Run(ctx, h.command(h.user, h.runtime, "ps", "-q"))
		if err != nil || res.Code == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %s", h.runtime, res.Stderr)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// command is a command that runs where the script's files are.
func (h *host) command(user string, argv ...string) machine.Command {
	c := machine.Command{Argv: argv, Dir: workPath}
	if user != "root" {
		c.User = user
	}
	return c
}

// hostFlags parses the flags of "host run" and "host wait".
func (h *host) hostFlags(ts *testscript.TestScript, args []string) (c machine.Command, timeout time.Duration, stdout *regexp.Regexp) {
	flags := flag.NewFlagSet("host", flag.ContinueOnError)
	user := flags.String("user", h.user, "")
	flags.DurationVar(&timeout, "timeout", hostPatience, "")
	re := flags.String("stdout", "", "")
	ts.Check(flags.Parse(args))
	if flags.NArg() == 0 {
		ts.Fatalf(hostUsage)
	}
	stdout, err := regexp.Compile("(?m)" + *re)
	ts.Check(err)
	return h.command(*user, flags.Args()...), timeout, stdout
}

// once runs a command inside, with a deadline.
func (h *host) once(c machine.Command, timeout time.Duration) (machine.Result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return h.Run(ctx, c)
}

// show makes the result that of the script's command.
func show(ts *testscript.TestScript, res machine.Result) {
	_, _ = ts.Stdout().Write(res.Stdout)
	_, _ = ts.Stderr().Write(res.Stderr)
}

func (h *host) runCommand(ts *testscript.TestScript, neg bool, args []string) {
	c, timeout, _ := h.hostFlags(ts, args)
	res, err := h.once(c, timeout)
	show(ts, res)
	switch {
	case err != nil:
		ts.Fatalf("%v", err)
	case neg && res.Code == 0:
		ts.Fatalf("the command succeeds")
	case !neg && res.Code != 0:
		ts.Fatalf("exit code %d", res.Code)
	}
}

func (h *host) waitCommand(ts *testscript.TestScript, neg bool, args []string) {
	c, timeout, want := h.hostFlags(ts, args)
	var res machine.Result
	err := retry(timeout, func() error {
		var err error
		res, err = h.once(c, timeout)
		switch {
		case err != nil:
			return err
		case neg && res.Code == 0:
			return errors.New("the command still succeeds")
		case neg:
			return nil
		case res.Code != 0:
			return fmt.Errorf("exit code %d", res.Code)
		case !want.Match(res.Stdout):
			return fmt.Errorf("stdout does not match %q", want)
		}
		return nil
	})
	show(ts, res)
	ts.Check(err)
}
