package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
)

// TestListsOfFlags: each time that a flag is given adds a value, which may hold a comma.
func TestListsOfFlags(t *testing.T) {
	got, err := selecting("delete -f a,b --filename c -n shop", func(_ *program, c *cli.Context) ([]string, error) {
		return append(c.StringSlice("filename"), c.String("namespace")), nil
	})
	if diff := cmp.Diff([]string{"a,b", "c", "shop"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// TestUnknownCommand: one slip is mended, a word of another tool is told in ours, and what only looks like a command is not guessed at.
func TestUnknownCommand(t *testing.T) {
	for word, want := range map[string]string{
		"gett":    `did you mean "get"?`,
		"lgos":    `did you mean "logs"?`,
		"desc":    `did you mean "describe"?`,
		"valdiat": `did you mean "validate"?`,
		"pods":    `here it is "kubehost get pods"`,
		"up":      `here it is "kubehost apply -f FILE"`,
		"xyzzy":   `see "kubehost --help"`,
	} {
		var stderr strings.Builder
		code := (&program{stdout: io.Discard, stderr: &stderr}).main([]string{"kubehost", word})
		if full := fmt.Sprintf("error: unknown command %q\n  hint: %s\n", word, want); code != commandline.ExitUsage || stderr.String() != full {
			t.Errorf("%s: %d, %s", word, code, stderr.String())
		}
	}
	app := (&program{}).app()
	for word, ours := range commandline.OthersWords() {
		if app.Command(word) != nil {
			t.Errorf("%q is a command of kubehost", word)
		}
		if name, _, _ := strings.Cut(ours, " "); app.Command(name) == nil {
			t.Errorf("%q: there is no command %q", word, name)
		}
	}
}

// TestNotListed: what kubectl lists and kubehost does not is told with what comes near to it.
func TestNotListed(t *testing.T) {
	for word, want := range map[string]string{"events": "events", "event": "events", "podss": "get pods", "all": "get pods", "web": "get pod web",
		"a b": "get pod 'a b'", "nodes,cm,pods": "get cm", "secrest": "get secret", "confgmaps": "get configmaps"} {
		full := fmt.Sprintf("%q cannot be listed: only pods, configmaps, secrets, persistentvolumeclaims and persistentvolumes can, one kind at a time\n  hint: did you mean \"kubehost %s\"?", word, want)
		if got := notListed(word).Error(); got != full {
			t.Errorf("got %s, want %s", got, full)
		}
	}
}

// TestTell: each of several errors is one for itself; an error that wraps two is one.
func TestTell(t *testing.T) {
	a, b := errors.New("a\n  hint: a hint"), errors.New("b")
	var stderr strings.Builder
	(&program{stderr: &stderr}).tell(errors.Join(a, errors.Join(b, fmt.Errorf("%w and %w", b, b))))
	if diff := cmp.Diff("error: a\n  hint: a hint\nerror: b\nerror: b and b\n", stderr.String()); diff != "" {
		t.Error(diff)
	}
}

// TestOtherKinds: of an object that is no pod's, the pod of its name is not meant.
func TestOtherKinds(t *testing.T) {
	for _, words := range [][]string{{"delete", "deployment", "web"}, {"delete", "svc", "web", "--now"}, {"stop", "deploy", "web"}, {"describe", "Job", "web"},
		{"delete", "deployment/web"}} {
		p := &program{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }}
		err := commandline.Run(t.Context(), p.app(), words)
		var exit *commandline.ExitError
		if !errors.As(err, &exit) || exit.Code != commandline.ExitUsage || !strings.Contains(err.Error(), "is not a kind that kubehost knows") {
			t.Errorf("%v: %v", words, err)
		}
	}
}
