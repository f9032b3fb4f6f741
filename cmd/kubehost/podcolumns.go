package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

// columns are the cells of kubectl's table of pods, from the pod's status alone: READY, STATUS, RESTARTS.
// They follow printPod of kubernetes/pkg/printers/internalversion.
type columns struct {
	ready, total int
	reason       string
	restarts     int32
	restarted    time.Time
}

func columnsOf(pod *v1.Pod) columns {
	c := columns{total: len(pod.Spec.Containers), reason: cmp.Or(pod.Status.Reason, string(pod.Status.Phase))}
	initializing := c.inits(pod)
	if !initializing || holds(pod, v1.PodInitialized) {
		c.mains(pod)
	}
	if r := pod.Status.Reason; r == reasonStopped || r == reasonNotStarted {
		c.reason = r // whatever its containers ended with, or wait for
	}
	if pod.DeletionTimestamp != nil && pod.Status.Phase != v1.PodSucceeded && pod.Status.Phase != v1.PodFailed {
		c.reason = reasonTerminating
	}
	return c
}

// reasonTerminating is what the STATUS of a pod says that is about to go.
const reasonTerminating = "Terminating"

// inits counts the init containers and says whether they are not done.
func (c *columns) inits(pod *v1.Pod) (initializing bool) {
	sidecars := map[string]bool{}
	for _, i := range pod.Spec.InitContainers {
		if i.RestartPolicy != nil && *i.RestartPolicy == v1.ContainerRestartPolicyAlways {
			sidecars[i.Name] = true
			c.total++
		}
	}
	for i, s := range pod.Status.InitContainerStatuses {
		c.restarts += s.RestartCount
		switch {
		case s.State.Terminated != nil && s.State.Terminated.ExitCode == 0:
			continue
		case sidecars[s.Name] && s.Started != nil && *s.Started:
			if s.Ready {
				c.ready++
			}
			continue
		case s.State.Terminated != nil:
			c.reason = "Init:" + cmp.Or(s.State.Terminated.Reason, fmt.Sprintf("ExitCode:%d", s.State.Terminated.ExitCode))
		case s.State.Waiting != nil && s.State.Waiting.Reason != "" && !slices.Contains([]string{"PodInitializing", "ContainerCreating"}, s.State.Waiting.Reason):
			c.reason = "Init:" + s.State.Waiting.Reason
		default:
			c.reason = fmt.Sprintf("Init:%d/%d", i, len(pod.Spec.InitContainers))
		}
		c.restarted = lastRestart(pod.Status.InitContainerStatuses)
		return true
	}
	return false
}

// mains counts the main containers. The first that has something to say gives the word.
func (c *columns) mains(pod *v1.Pod) {
	c.restarts = 0
	for _, s := range pod.Status.InitContainerStatuses {
		for _, i := range pod.Spec.InitContainers {
			if i.Name == s.Name && i.RestartPolicy != nil {
				c.restarts += s.RestartCount
			}
		}
	}
	running := false
	for _, s := range slices.Backward(pod.Status.ContainerStatuses) {
		c.restarts += s.RestartCount
		switch {
		case s.State.Waiting != nil && s.State.Waiting.Reason != "":
			c.reason = s.State.Waiting.Reason
		case s.State.Terminated != nil:
			c.reason = cmp.Or(s.State.Terminated.Reason, fmt.Sprintf("ExitCode:%d", s.State.Terminated.ExitCode))
		case s.Ready && s.State.Running != nil:
			running = true
			c.ready++
		}
	}
	c.restarted = lastRestart(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
	if c.reason == "Completed" && running {
		c.reason = "NotReady"
		if holds(pod, v1.PodReady) {
			c.reason = "Running"
		}
	}
}

func holds(pod *v1.Pod, t v1.PodConditionType) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c v1.PodCondition) bool {
		return c.Type == t && c.Status == v1.ConditionTrue
	})
}

// cells are the columns as text. Restarts tell when the last one was.
func (c columns) cells(now time.Time) []string {
	restarts := fmt.Sprint(c.restarts)
	if c.restarts > 0 && !c.restarted.IsZero() {
		restarts += fmt.Sprintf(" (%s ago)", duration.HumanDuration(now.Sub(c.restarted)))
	}
	return []string{fmt.Sprintf("%d/%d", c.ready, c.total), c.reason, restarts}
}

// age is the time since t, as kubectl prints it.
func age(t, now time.Time) string {
	if t.IsZero() {
		return "<unknown>"
	}
	return duration.HumanDuration(now.Sub(t))
}
