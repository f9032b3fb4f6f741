package main

import (
	"strings"
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestUnkeptNamesAllThatOnlyASupervisorDoes(t *testing.T) {
	deadline := int64(5)
	pod := plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "web"}, ActiveDeadline: &deadline, Manual: true,
		RestartPolicy: plan.RestartAlways, Units: []plan.Unit{{Name: "a", Lifecycle: plan.Lifecycle{
			Startup: &plan.Probe{}, Liveness: &plan.Probe{}, Readiness: &plan.Probe{}, PostStart: &plan.Check{}, PreStop: &plan.Check{},
			RestartRules: []plan.RestartRule{{}}}}, {Name: "b"}}}
	text := strings.Join(unkept(plan.Plan{Pods: []plan.Pod{pod}}), "\n")
	for _, want := range []string{"activeDeadlineSeconds", "auto-start", "startupProbe", "livenessProbe", "readinessProbe", "postStart", "preStop", "restartPolicyRules"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%s is not named once in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "container b") {
		t.Errorf("container b asks for nothing:\n%s", text)
	}
	pod.Supervised = true
	if lines := unkept(plan.Plan{Pods: []plan.Pod{pod}}); lines != nil {
		t.Errorf("a supervised pod is warned of: %q", lines)
	}
}
