package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

// TestReadCommandLine: flags may stand anywhere, letters together, and what follows "--" is left alone.
func TestReadCommandLine(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"get pods -A", "get all-namespaces=true pods"},
		{"-n shop get pods -owide", "get namespace=shop output=wide pods"},
		{"get -o=wide pods --no-headers", "get output=wide no-headers=true pods"},
		{"delete web -- -x", "delete web -x"},
		{"exec -it web -c main -- sh -c ls", "exec stdin=true tty=true container=main web -- sh -c ls"},
		{"exec web -itcmain -- ls -l", "exec stdin=true tty=true container=main web -- ls -l"},
		{"exec web -itc main -- ls", "exec stdin=true tty=true container=main web -- ls"},
		{"exec web -it=false ls", "exec stdin=true tty=false web ls"},
		{"logs -fp web", "logs follow=true previous=true web"},
		{"logs web --tail=3 -lapp=web", "logs tail=3 selector=app=web web"},
		{"apply -f a,b -f c --dry-run", "apply filename=a,b filename=c dry-run=true"},
		{"apply --dry-run=client -fc", "apply dry-run=client filename=c"},
		{"", "help"},
		{"--", "help"},
		{"help", "help"},
		{"help get", "get help help=true"},
		{"get -h", "get help help=true"},
		{"--version", "version"},
	} {
		line, err := readCommandLine((&program{}).app(), strings.Fields(c.line))
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		var got []string
		if line.command != nil {
			got = append(got, line.command.Name)
		}
		if line.help {
			got = append(got, "help")
		}
		for _, f := range line.flags {
			got = append(got, f.name+"="+f.value)
		}
		if diff := cmp.Diff(c.want, strings.Join(append(got, line.names...), " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
}

// TestRefusedCommandLines: a flag that is not known is told with the one that was meant, and a value that a flag does not take with the flag.
func TestRefusedCommandLines(t *testing.T) {
	for line, want := range map[string]string{
		"logs --folow web":     "unknown flag --folow\n  hint: did you mean --follow?",
		"logs -fx web":         "unknown flag -fx\n  hint: see \"kubehost logs --help\"",
		"exec -itz web":        "unknown flag -itz\n  hint: see \"kubehost exec --help\"",
		"logs web --tail":      "flag --tail needs a value\n  hint: see \"kubehost logs --help\"",
		"logs web --tail=x":    "--tail does not take \"x\"\n  hint: see \"kubehost logs --help\"",
		"exec web -it=x -- ls": "--tty does not take \"x\"\n  hint: see \"kubehost exec --help\"",
		"apply --dry-run=x":    "--dry-run does not take \"x\"\n  hint: see \"kubehost apply --help\"",
		"exec web -ic":         "flag -ic needs a value\n  hint: see \"kubehost exec --help\"",
		"--foo=bar":            "unknown flag --foo\n  hint: see \"kubehost --help\"",
	} {
		p := &program{}
		err := p.run(t.Context(), p.app(), strings.Fields(line))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

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
		if full := fmt.Sprintf("error: unknown command %q\n  hint: %s\n", word, want); code != exitUsage || stderr.String() != full {
			t.Errorf("%s: %d, %s", word, code, stderr.String())
		}
	}
	app := (&program{}).app()
	for word, ours := range othersWords {
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
		"a b": "get pod 'a b'", "configmaps": "describe pods"} {
		full := fmt.Sprintf("%q cannot be listed: only pods can\n  hint: did you mean \"kubehost %s\"?", word, want)
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
