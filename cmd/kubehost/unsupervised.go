package main

import (
	"fmt"

	"github.com/kubehost/kubehost/translate/plan"
)

// unkept names what a plan asks for and only a supervisor does, one line for each thing.
func unkept(p plan.Plan) []string {
	var lines []string
	for _, pod := range p.Pods {
		if pod.Supervised {
			continue
		}
		say := func(what string) {
			lines = append(lines, fmt.Sprintf("pod %q: warning: %s without a supervisor\n  hint: apply it with --supervisor=systemd or detached", pod.Name, what))
		}
		if pod.ActiveDeadline != nil {
			say("activeDeadlineSeconds is not kept")
		}
		if pod.Manual && pod.RestartPolicy == plan.RestartAlways {
			// docker starts what it always restarts when it starts itself.
			say(`kubehost.dev/auto-start: "false" is not kept`)
		}
		for _, u := range pod.Units {
			for _, what := range unkeptOf(u.Lifecycle) {
				say(fmt.Sprintf("container %s: %s", u.Name, what))
			}
		}
	}
	return lines
}

func unkeptOf(l plan.Lifecycle) []string {
	var lines []string
	for _, field := range []struct {
		name string
		set  bool
	}{
		{"startupProbe is not made", l.Startup != nil}, {"livenessProbe is not made", l.Liveness != nil},
		{"readinessProbe is not made", l.Readiness != nil}, {"the postStart hook is not run", l.PostStart != nil},
		{"the preStop hook is not run", l.PreStop != nil}, {"restartPolicyRules are not kept", len(l.RestartRules) > 0},
	} {
		if field.set {
			lines = append(lines, field.name)
		}
	}
	return lines
}
