package main

import (
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func TestWhatIsWaitedFor(t *testing.T) {
	ready := runningPod("default", "web", `"app":"shop"`)
	ready.Memory.InitsDone = true
	unready := runningPod("default", "web", "")
	unready.Memory.Units["main"].Ready, unready.Memory.Phase = false, supervise.Pending
	for text, want := range map[string][2]bool{ // of the ready pod, of the other
		"condition=Ready":                                               {true, false},
		"condition=ready=True":                                          {true, false},
		"Condition=ContainersReady=false":                               {false, true},
		"condition=Initialized":                                         {true, false},
		"condition=PodScheduled":                                        {true, true},
		"condition=PodReadyToStartContainers":                           {false, false},
		"jsonpath={.status.phase}=Running":                              {true, false},
		"jsonpath=.status.phase=Pending":                                {false, true},
		"jsonpath={.status.phase}='Running'":                            {true, false},
		"jsonpath={.metadata.labels.app}":                               {true, false},
		"jsonpath={.nothing}=x":                                         {false, false},
		"jsonpath={.spec.containers[0].name}=main":                      {true, true},
		`jsonpath={.status.conditions[?(@.type=="Ready")].status}=True`: {true, false},
	} {
		aw, err := parseFor(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for i, v := range []view.Pod{ready, unready} {
			if met, err := aw.met(v); met != want[i] || err != nil {
				t.Errorf("%s: %v, %v of pod %d", text, met, err, i)
			}
		}
	}
}

func TestWaitMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                          `"" is nothing to wait for`,
		"ready":                     `"ready" is nothing to wait for`,
		"condition=Running":         `pods have no condition "Running": Ready`,
		"condition=Ready=perhaps":   `a condition is never "perhaps"`,
		"jsonpath={.status.phase}=": "jsonpath wait has to have a value after equal sign",
		"jsonpath={.a}{.b}=1":       "unexpected path string",
	} {
		if _, err := parseFor(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		"jsonpath={.spec.containers}=1":      "leads to a nested object or list",
		"jsonpath={.metadata.labels.*}=shop": "matches more than one value",
	} {
		aw, err := parseFor(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := aw.met(runningPod("default", "web", `"app":"shop","tier":"front"`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestConditionsAreTheSupervisors: what get shows and what wait waits for is what the supervisor holds.
func TestConditionsAreTheSupervisors(t *testing.T) {
	v := runningPod("default", "web", "")
	condition := func(t v1.PodConditionType) v1.ConditionStatus {
		for _, c := range v.Status().Conditions {
			if c.Type == t {
				return c.Status
			}
		}
		return ""
	}
	v.Memory.InitsDone = true
	if condition(v1.PodReady) != v1.ConditionTrue || condition(v1.PodInitialized) != v1.ConditionTrue {
		t.Errorf("%+v", v.Status().Conditions)
	}
	v.Memory.Ending = &supervise.Ending{Why: supervise.Asked}
	if condition(v1.PodReady) != v1.ConditionFalse || condition(v1.ContainersReady) != v1.ConditionFalse {
		t.Errorf("of a pod that is being ended: %+v", v.Status().Conditions)
	}
	v.Memory.Ending, v.Memory.InitsDone = nil, false
	v.Stored.Plan.Units = append(v.Stored.Plan.Units, plan.Unit{Name: "init", Role: plan.Init})
	if condition(v1.PodInitialized) != v1.ConditionFalse {
		t.Errorf("before its init containers: %+v", v.Status().Conditions)
	}
}
