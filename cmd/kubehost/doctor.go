package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
)

func (p *program) doctorCommand() *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "tell what was found on this host, what is missing, and how to mend it",
		UsageText: "kubehost doctor [flags]",
		Description: `Looks, and changes nothing. The exit code is 1 when pods cannot run here.

Examples:
  kubehost doctor
  kubehost doctor --runtime podman`,
		Flags: settings.Flags(),
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return commandline.Usage(c, "unexpected %q", c.Args().First())
			}
			s, err := p.user().Settings(c)
			if err != nil {
				return err
			}
			e, err := engines.New(p.user(), s)
			if err != nil {
				return err
			}
			s.Runtime = e.Preferred()
			d := &diagnosis{}
			d.runtimes(c.Context, p, s)
			d.serviceManager(p, s.Supervisor, p.manager().Answers(c.Context))
			d.directory("state directory", s.StateDir)
			d.directory("volume base directory", s.VolumeBaseDir)
			d.add(good, "configuration file", cmp.Or(s.File, "none, the defaults hold"), "")
			d.print(p)
			if d.failed {
				return &commandline.ExitError{Code: commandline.ExitFailed}
			}
			return nil
		},
	}
}

// The oldest versions that kubehost is tested with.
var (
	oldestDocker = [2]int{20, 10}
	oldestPodman = [2]int{4, 3}
)

// verdict is how a finding is to be taken.
type verdict string

const (
	good verdict = "ok"
	note verdict = "--" // not there, and not needed
	bad  verdict = "!!"
)

type finding struct {
	verdict          verdict
	what, text, hint string
}

// diagnosis is what doctor found.
type diagnosis struct {
	findings []finding
	failed   bool
}

func (d *diagnosis) add(v verdict, what, text, hint string) {
	d.findings = append(d.findings, finding{v, what, text, hint})
	d.failed = d.failed || v == bad
}

func (d *diagnosis) print(p *program) {
	for _, f := range d.findings {
		fmt.Fprintf(p.stdout, "%s  %s: %s\n", f.verdict, f.what, f.text)
		if f.hint != "" && f.verdict != good {
			fmt.Fprintf(p.stdout, "    hint: %s\n", f.hint)
		}
	}
}

// runtimes looks at both runtimes. One that works is enough, unless the settings name the other.
func (d *diagnosis) runtimes(ctx context.Context, p *program, s settings.Settings) {
	chosen := ""
	look := func(name string, oldest [2]int, version string, problem *runtime.Tried) {
		v := note
		if s.Runtime == name {
			v = bad
		}
		switch {
		case problem != nil:
			d.add(v, name, problem.Problem, problem.Hint)
		case older(version, oldest):
			d.add(v, name, "version "+version+" is too old", fmt.Sprintf("install %d.%d or newer", oldest[0], oldest[1]))
		default:
			d.add(good, name, "version "+version, "")
			if chosen == "" && (s.Runtime == settings.Auto || s.Runtime == name) {
				chosen = name
			}
		}
	}
	version, problem, err := docker.Probe(ctx, runtime.Exec{})
	if errors.Is(err, docker.ErrPodman) {
		problem = &runtime.Tried{Problem: err.Error(), Hint: "podman is used under its own name"}
	}
	look("docker", oldestDocker, version, problem)
	version, problem = podman.Probe(ctx, runtime.Exec{})
	look("podman", oldestPodman, version, problem)
	if chosen == "" {
		which := s.Runtime
		if which == settings.Auto {
			which = "docker or podman"
		}
		d.add(bad, "runtime", "none can be used", "mend "+which+", as is said above")
		return
	}
	d.add(good, "runtime", chosen, "")
	e, err := engines.Find(ctx, p.user(), s.Runtime)
	if err != nil {
		d.add(bad, "runtime", err.Error(), "")
	} else if _, err := e.Containers(ctx); err != nil {
		d.add(bad, "runtime", err.Error(), "")
	}
	if chosen == "podman" && p.euid != 0 || err == nil && e.Dialect.Features().Rootless {
		h := engines.UserHost(p.user())
		h.Runtime = chosen
		d.userFindings(h.Findings()...)
	}
	if chosen == "podman" {
		d.podmanTools(newPodmanTools(p.user()), p.euid != 0, version)
	}
}

// serviceManager looks for who is to look after pods: as is set, or systemd where it answers.
func (d *diagnosis) serviceManager(p *program, asked string, answers error) {
	const what = "service manager"
	user := p.euid != 0
	switch {
	case asked == settings.SupervisorDetached:
		d.add(good, what, "none: each pod has a detached process, as is set", "")
		return
	case asked == settings.SupervisorNone:
		d.add(good, what, "none: restarts are left to the runtime, as is set", "")
		return
	case answers != nil && asked == settings.SupervisorSystemd:
		d.add(bad, what, answers.Error(), withoutManager(user))
		return
	case answers != nil:
		d.add(note, what, answers.Error()+": each pod has a detached process, which nothing starts at boot", "call kubehost apply at boot")
		return
	case !user:
		d.add(good, what, "systemd", "")
		return
	}
	d.add(good, what, "systemd, the user's own manager", "")
	linger := engines.UserHost(p.user()).LingerFinding()
	if !slices.ContainsFunc(d.findings, func(f finding) bool { return f.what == linger.What }) {
		d.userFindings(linger)
	}
}

// older says whether a version ("20.10.24+dfsg1") is older than major.minor. What cannot be read is not.
func older(version string, than [2]int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(strings.TrimRight(parts[1], "abcdefghijklmnopqrstuvwxyz-+~"))
	return err1 == nil && err2 == nil && (major < than[0] || major == than[0] && minor < than[1])
}

// directory looks whether a directory, or the nearest one above it that is there, can be written to.
func (d *diagnosis) directory(what, dir string) {
	there := dir
	for {
		info, err := os.Stat(there)
		if err == nil && !info.IsDir() {
			d.add(bad, what, there+" is not a directory", "remove it, or choose another directory")
			return
		}
		if err == nil || there == "/" {
			break
		}
		there = filepath.Dir(there)
	}
	if problem, hint := unwritable(there); problem != "" {
		d.add(bad, what, dir+": "+problem, hint)
		return
	}
	if there != dir {
		dir += " (made when first needed)"
	}
	d.add(good, what, dir, "")
}

// unwritable says why this user cannot make entries in a directory, and what to do about it; both are empty when he can. It
// makes none.
func unwritable(dir string) (problem, hint string) {
	err := unix.Access(dir, unix.W_OK|unix.X_OK)
	var s unix.Statfs_t
	if err == nil && unix.Statfs(dir, &s) == nil {
		room := s.Bavail
		if os.Geteuid() == 0 {
			room = s.Bfree // with what is kept for root
		}
		// A file system that does not count has 0 of all.
		if s.Blocks > 0 && room == 0 || s.Files > 0 && s.Ffree == 0 {
			err = unix.ENOSPC
		}
	}
	if err == nil {
		return "", ""
	}
	remedy := runtime.Remedy(&fs.PathError{Path: filepath.Join(dir, "entry"), Err: err})
	return "cannot be written: " + err.Error(), cmp.Or(remedy, "run kubehost as root, or choose a directory of your own (kubehost apply --help)")
}
