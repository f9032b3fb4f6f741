package runtime

import (
	"cmp"
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
	resolver := e.Dialect.Resolver()
	if resolver == "" {
		resolver = "{{if .Gateway}}{{.Gateway}}{{else}}{{.IPv6Gateway}}{{end}}"
	}
	format := fmt.Sprintf("{{with index .NetworkSettings.Networks %q}}", p.Sandbox.Network) +
		`{{$a := print .IPAddress}}{{$b := print .GlobalIPv6Address}}{{if eq $a "invalid IP"}}{{$a = ""}}{{end}}{{if eq $b "invalid IP"}}{{$b = ""}}{{end}}` +
		`{{$a}}{{if and $a $b}},{{end}}{{$b}} ` + resolver + `{{end}}`
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
	return Late{IPs: strings.Split(words[0], ","), Resolver: words[1]}.replacer(), nil
}

// Late are the values that are known once a pod's sandbox runs.
type Late struct {
	// IPs are the addresses of the sandbox on its network, that of IPv4 first.
	IPs      []string
	Resolver string
}

func (l Late) replacer() *strings.Replacer {
	return strings.NewReplacer(plan.PodIP, l.IPs[0], plan.PodIPs, strings.Join(l.IPs, ","), plan.Resolver, l.Resolver)
}

// LateOf is what an inspection of a pod's sandbox tells of its late values; nil when that is not all.
func (e Engine) LateOf(p *plan.Pod, sandbox Detail) *Late {
	on := sandbox.Networks[p.Sandbox.Network]
	l := Late{Resolver: cmp.Or(e.Dialect.Resolver(), on.Gateway, on.IPv6Gateway)}
	for _, ip := range []string{on.IPAddress, on.GlobalIPv6Address} {
		if ip != "" {
			l.IPs = append(l.IPs, ip)
		}
	}
	if len(l.IPs) == 0 || l.Resolver == "" {
		return nil
	}
	return &l
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
