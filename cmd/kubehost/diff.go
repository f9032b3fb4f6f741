package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/compare"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "show what apply would change",
		UsageText: "kubehost diff -f FILE [-f FILE …] [flags]",
		Description: `Prints what differs between the manifests that were applied last and these, with the defaults of both, and then each
step that apply would take now, with its cause: also for what somebody has stopped or removed by hand. Values of
Secrets are not shown, only whether they change. Nothing is changed.

The exit code is 0 without differences, 1 with some, 2 when they cannot be told. KUBEHOST_EXTERNAL_DIFF, or
KUBECTL_EXTERNAL_DIFF, names another program, with arguments, that compares the two directories it is given.

Examples:
  kubehost diff -f pod.yaml
  kustomize build . | kubehost diff -f -
  kubehost diff -R -f manifests/ --prune -l app=shop`,
		Flags: append(append(manifestFlags(),
			supervisorFlag(),
			publishFlag(),
		), append(pruneFlags(), settings.Flags()...)...),
		Action: p.diff,
	}
}

// The exit codes of diff, after those of diff(1).
const (
	exitDifferent = 1
	exitTrouble   = 2
)

func (p *program) diff(c *cli.Context) error {
	different, err := p.differ(c)
	var exit *commandline.ExitError
	switch {
	case errors.As(err, &exit):
		return err
	case err != nil:
		return &commandline.ExitError{Code: exitTrouble, Err: err}
	case different:
		return &commandline.ExitError{Code: exitDifferent}
	}
	return nil
}

// differ prints the differences, and says whether there are any.
func (p *program) differ(c *cli.Context) (bool, error) {
	names, err := sources(c)
	if err != nil {
		return false, err
	}
	if err := checkPrune(c); err != nil {
		return false, err
	}
	s, err := p.user().Settings(c)
	if err != nil {
		return false, err
	}
	if err := p.chooseSupervisor(c.Context, &s); err != nil {
		return false, err
	}
	a, _, err := p.planned(c, p.newActing(c, s, nil), names)
	if err != nil {
		return false, err
	}
	other := p.otherDiff()
	pairs, err := a.comparisons(c.Context, len(other) > 0)
	if err != nil {
		return false, settings.StateError(err)
	}
	parts, err := a.look(c.Context)
	if err != nil {
		return false, err
	}
	if _, err := a.rest(parts); err != nil {
		return false, settings.StateError(err)
	}
	different, err := p.printComparisons(c.Context, pairs, other)
	if err != nil {
		return false, err
	}
	steps, err := a.changes(parts)
	for _, line := range steps {
		fmt.Fprintln(p.stdout, "# "+line)
	}
	return different || len(steps) > 0, err
}

// comparisons are the given objects beside those of their names that were applied last, in the order given, and then what
// is stale; without all, those that stay as they are are left out.
func (a *applying) comparisons(ctx context.Context, all bool) ([]compare.Pair, error) {
	stored, err := a.store.Objects()
	if err != nil && runtime.DamagedIn(err) == nil { // who read the manifests was told
		return nil, err
	}
	pods, err := a.store.Manifests()
	if err != nil && runtime.DamagedIn(err) == nil {
		return nil, err
	}
	before, _ := manifests.Load(ctx, nil, manifests.Options{Stored: append(stored, pods...)}) // what is stored has no problems
	live, merged := byKey(before), byKey(a.set)
	for _, o := range a.stale.origins() {
		delete(merged, key(o)) // it is there for others to refer to
	}
	var pairs []compare.Pair
	for _, o := range slices.Concat(a.set.Order, a.stale.origins()) {
		was, will := live[key(o)], merged[key(o)]
		if !all && reflect.DeepEqual(was, will) {
			continue // no need to print both
		}
		c, err := compare.Objects(o, was, will)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, c)
	}
	return pairs, nil
}

func byKey(set *manifests.Set) map[string]metav1.Object {
	all := map[string]metav1.Object{}
	others, pods := objects(set)
	for _, o := range append(others, pods...) {
		all[key(o.origin)] = o.value
	}
	return all
}

// changes are the steps that change what runs, or what it sees, each with its cause.
func (a *applying) changes(parts []part) ([]string, error) {
	var lines []string
	for _, r := range a.stale.pods {
		lines = append(lines, fmt.Sprintf("pod %s: remove it (not in the manifests)", r))
	}
	for _, pt := range parts {
		settled := map[plan.Ref]bool{}
		for _, p := range pt.want.Pods {
			before, _, err := a.before(p.Ref)
			if err := a.warnDamaged(err); err != nil {
				return nil, err
			}
			settled[p.Ref] = a.inHand(before.Plan, p)
		}
		for _, s := range pt.steps {
			if _, nothing := s.Op.(runtime.Prepared); nothing || s.Cause == "" || settled[s.Pod] {
				continue
			}
			who := pt.engine.Dialect.Name()
			if s.Pod.Name != "" {
				who = "pod " + s.Pod.String()
			}
			lines = append(lines, fmt.Sprintf("%s: %s (%s)", who, s.Op, s.Cause))
		}
	}
	return lines, nil
}

// otherDiff are the words of the program that is to compare; none when kubehost does.
func (p *program) otherDiff() []string {
	return strings.Fields(cmp.Or(p.getenv("KUBEHOST_EXTERNAL_DIFF"), p.getenv("KUBECTL_EXTERNAL_DIFF")))
}

// printComparisons prints what differs, or has another program do so.
func (p *program) printComparisons(ctx context.Context, pairs []compare.Pair, other []string) (different bool, err error) {
	if len(other) > 0 {
		return p.compareWith(ctx, other, pairs)
	}
	for _, c := range pairs {
		text := c.Unified()
		if _, err := p.stdout.Write(text); err != nil {
			return different, err
		}
		different = different || len(text) > 0
	}
	return different, nil
}

// compareWith runs a program on two directories with a file for each object. Its exit code says what it found, as that of
// diff(1) does.
func (p *program) compareWith(ctx context.Context, words []string, pairs []compare.Pair) (bool, error) {
	dir, err := os.MkdirTemp("", "kubehost-diff-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	live, merged := filepath.Join(dir, "LIVE"), filepath.Join(dir, "MERGED")
	if err := errors.Join(os.Mkdir(live, 0o700), os.Mkdir(merged, 0o700)); err != nil {
		return false, err
	}
	for _, c := range pairs {
		for side, text := range map[string][]byte{live: c.Live, merged: c.Merged} {
			if text == nil {
				continue
			}
			if err := os.WriteFile(filepath.Join(side, c.Name), text, 0o600); err != nil {
				return false, err
			}
		}
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], live, merged)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.stdin, p.stdout, p.stderr
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case err == nil:
		return false, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitDifferent:
		return true, nil
	default:
		return false, fmt.Errorf("%s: %w\n  hint: KUBEHOST_EXTERNAL_DIFF names a program such as \"diff -u -N\"", words[0], err)
	}
}
