package translate

import (
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// lifecycle is what happens to the container besides running; env is its whole environment.
func (p *podTranslator) lifecycle(m member, env *environment) plan.Lifecycle {
	l := plan.Lifecycle{
		Startup:         p.probe(m, "startupProbe", m.StartupProbe, env),
		Liveness:        p.probe(m, "livenessProbe", m.LivenessProbe, env),
		Readiness:       p.probe(m, "readinessProbe", m.ReadinessProbe, env),
		RestartRules:    p.restartRules(m),
		MessagePath:     m.TerminationMessagePath,
		MessageFromLogs: m.TerminationMessagePolicy == v1.TerminationMessageFallbackToLogsOnError,
	}
	if m.RestartPolicy != nil && m.role != plan.Sidecar { // Always is what makes a sidecar one
		l.Restart = plan.RestartPolicy(*m.RestartPolicy)
	}
	if hooks := m.Lifecycle; hooks != nil {
		l.PostStart = p.hook(m, "postStart", hooks.PostStart, env)
		l.PreStop = p.hook(m, "preStop", hooks.PreStop, env)
	}
	return l
}

func stopSignal(m member) string {
	if m.Lifecycle == nil || m.Lifecycle.StopSignal == nil {
		return ""
	}
	return string(*m.Lifecycle.StopSignal)
}

func (p *podTranslator) restartRules(m member) []plan.RestartRule {
	var rules []plan.RestartRule
	for i, r := range m.RestartPolicyRules {
		at := m.at.Child("restartPolicyRules").Index(i)
		if r.Action != v1.ContainerRestartRuleActionRestart || r.ExitCodes == nil {
			p.fail(at, "", "a rule restarts the container at some exit codes, and this one does not")
			continue
		}
		rules = append(rules, plan.RestartRule{
			Codes: slices.Clone(r.ExitCodes.Values),
			NotIn: r.ExitCodes.Operator == v1.ContainerRestartRuleOnExitCodesOpNotIn,
		})
	}
	return rules
}

// hook is postStart or preStop. The words of its command stay as they are: a kubelet expands none of
// them (fact 1.13).
func (p *podTranslator) hook(m member, name string, h *v1.LifecycleHandler, env *environment) *plan.Check {
	if h == nil {
		return nil
	}
	at := m.at.Child("lifecycle", name)
	switch {
	case h.Exec != nil:
		p.warnUnexpanded(at.Child("exec", "command"), h.Exec.Command, env)
		return &plan.Check{Exec: p.execWords(at.Child("exec", "command"), h.Exec.Command)}
	case h.HTTPGet != nil:
		return &plan.Check{HTTP: p.httpGet(m, at.Child("httpGet"), h.HTTPGet)}
	case h.Sleep != nil:
		return &plan.Check{Sleep: copied(&h.Sleep.Seconds)}
	}
	p.fail(at, "use exec, httpGet or sleep", "this kind of hook is not supported")
	return nil
}

// warnUnexpanded warns of words that look as if they were to be expanded. Only names of variables that the
// container has: any other $(…) may well be meant for a shell.
func (p *podTranslator) warnUnexpanded(at *field.Path, words []string, env *environment) {
	for i, word := range words {
		var names []string
		expand(word, func(name string) (string, bool) {
			_, ok := env.at[name]
			if ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
			return "", ok
		})
		if len(names) > 0 {
			p.warn(at.Index(i), shellHint(names[0]), "hooks are not expanded, $(%s) stays as it is", strings.Join(names, ") and $("))
		}
	}
}

// copied is a copy of a pointer's value: the plan shares nothing with the set.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
