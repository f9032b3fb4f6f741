package commandline

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

// dryFlag is a flag that may stand with a value or without one.
type dryFlag string

func (d *dryFlag) String() string   { return string(*d) }
func (d *dryFlag) IsBoolFlag() bool { return true }
func (d *dryFlag) Set(v string) error {
	if v != "true" && v != "client" {
		return errors.New("it is not client")
	}
	*d = dryFlag(v)
	return nil
}

// testApp is a program with commands and flags as kubehost has them.
func testApp() *cli.App {
	text := func(name string, short ...string) cli.Flag { return &cli.StringFlag{Name: name, Aliases: short} }
	is := func(name string, short ...string) cli.Flag { return &cli.BoolFlag{Name: name, Aliases: short} }
	pods, container := text("namespace", "n"), text("container", "c")
	return &cli.App{Name: "kubehost", Commands: []*cli.Command{
		{Name: "apply", Flags: []cli.Flag{pods, &cli.StringSliceFlag{Name: "filename", Aliases: []string{"f"}}, &cli.GenericFlag{Name: "dry-run", Value: new(dryFlag)}}},
		{Name: "delete", Flags: []cli.Flag{pods, &cli.DurationFlag{Name: "timeout"}}},
		{Name: "exec", UsageText: "kubehost exec POD -- COMMAND", Flags: []cli.Flag{pods, container, is("stdin", "i"), is("tty", "t")}},
		{Name: "get", Flags: []cli.Flag{pods, text("output", "o"), is("all-namespaces", "A"), is("no-headers")}},
		{Name: "logs", Flags: []cli.Flag{pods, container, is("follow", "f"), is("previous", "p"), text("selector", "l"), &cli.Int64Flag{Name: "tail"}}},
		{Name: "version"},
	}}
}

// TestRead: flags may stand anywhere, letters together, and what follows "--" is left alone.
func TestRead(t *testing.T) {
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
		line, err := read(testApp(), strings.Fields(c.line))
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

// TestRefused: a flag that is not known is told with the one that was meant, and a value that a flag does not take with the flag.
func TestRefused(t *testing.T) {
	for line, want := range map[string]string{
		"logs --folow web":     "unknown flag --folow\n  hint: did you mean --follow?",
		"logs -fx web":         "unknown flag -fx\n  hint: see \"kubehost logs --help\"",
		"exec -itz web":        "unknown flag -itz\n  hint: see \"kubehost exec --help\"",
		"logs web --tail":      "flag --tail needs a value\n  hint: see \"kubehost logs --help\"",
		"delete --timeout=20":  "--timeout does not take \"20\"\n  hint: a time with its unit: 30s, 5m, 1h30m",
		"apply -k dir":         "unknown flag -k\n  hint: instead: kustomize build DIR | kubehost COMMAND -f -",
		"logs web --tail=x":    "--tail does not take \"x\"\n  hint: see \"kubehost logs --help\"",
		"exec web -it=x -- ls": "--tty does not take \"x\"\n  hint: see \"kubehost exec --help\"",
		"apply --dry-run=x":    "--dry-run does not take \"x\"\n  hint: see \"kubehost apply --help\"",
		"exec web -ic":         "flag -ic needs a value\n  hint: see \"kubehost exec --help\"",
		"--foo=bar":            "unknown flag --foo\n  hint: see \"kubehost --help\"",
	} {
		err := Run(t.Context(), testApp(), strings.Fields(line))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
