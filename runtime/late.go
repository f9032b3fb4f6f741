package runtime

import (
	"context"
	"fmt"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// lateFile is a FileOp that may hold late values.
type lateFile interface {
	FileOp
	with(values *strings.Replacer) FileOp
}

// lateVars are the variables that hold the late values in a script.
var lateVars = []struct{ word, variable string }{
	{plan.PodIP, "POD_IP"}, {plan.PodIPs, "POD_IPS"}, {plan.Resolver, "RESOLVER"},
}

// late asks the runtime for the late values of a pod: it prints all addresses of the sandbox, separated by
// commas, and the resolver's. Docker's newer command prints "invalid IP" for an address that is not there.
func (e Engine) late(p *plan.Pod) *Command {
	format := fmt.Sprintf("{{with index .NetworkSettings.Networks %q}}", p.Sandbox.Network) +
		`{{$a := print .IPAddress}}{{$b := print .GlobalIPv6Address}}{{if eq $a "invalid IP"}}{{$a = ""}}{{end}}{{if eq $b "invalid IP"}}{{$b = ""}}{{end}}` +
		`{{$a}}{{if and $a $b}},{{end}}{{$b}} ` + e.Dialect.Resolver() + `{{end}}`
	c := e.command("container", "inspect", "--format", format, p.Sandbox.ID)
	return &c
}

// ask runs the query and returns what puts the values in the place of their words.
func (e Engine) ask(ctx context.Context, query Command) (*strings.Replacer, error) {
	res, err := run(ctx, e.Runner, query)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(string(res.Stdout))
	if len(words) != 2 {
		return nil, fmt.Errorf("the sandbox has no address on its network\n  command: %s", query.Masked())
	}
	first, _, _ := strings.Cut(words[0], ",")
	return strings.NewReplacer(plan.PodIP, first, plan.PodIPs, words[0], plan.Resolver, words[1]), nil
}

// scriptLate are the lines that ask in a script. An assignment fails with its command, under "set -e".
func scriptLate(query Command) []string {
	return []string{
		"SANDBOX=$(" + query.Shell() + ")",
		"POD_IPS=${SANDBOX% *} RESOLVER=${SANDBOX##* }",
		"POD_IP=${POD_IPS%%,*}",
	}
}

// with is the action with its late values.
func (a Action) with(values *strings.Replacer) Action {
	files, commands := a.Files, a.Run
	a.Files, a.Run = nil, nil
	for _, f := range files {
		if l, ok := f.(lateFile); ok {
			f = l.with(values)
		}
		a.Files = append(a.Files, f)
	}
	for _, c := range commands {
		c.Argv, c.Env = replaced(c.Argv, values), replaced(c.Env, values)
		a.Run = append(a.Run, c)
	}
	return a
}

func replaced(list []string, values *strings.Replacer) []string {
	var out []string
	for _, s := range list {
		out = append(out, values.Replace(s))
	}
	return out
}

// quoteLate is one word of a shell in which variables stand for the late values.
func quoteLate(s string) string {
	var b strings.Builder
	for s != "" {
		at, word, variable := len(s), "", ""
		for _, l := range lateVars {
			if i := strings.Index(s, l.word); i >= 0 && i < at {
				at, word, variable = i, l.word, l.variable
			}
		}
		if at > 0 {
			b.WriteString(Quote(s[:at]))
		}
		if word != "" {
			b.WriteString(`"$` + variable + `"`)
		}
		s = s[at+len(word):]
	}
	return b.String()
}
