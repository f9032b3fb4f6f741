package view

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	v1 "k8s.io/api/core/v1"
)

// Summary is what kubectl's table says of a pod, from its status alone: READY, STATUS, RESTARTS.
// It follows printPod of kubernetes/pkg/printers/internalversion.
type Summary struct {
	// Ready of total containers are; init containers that are no sidecars do not count.
	Ready, Total int
	// Reason is the word for how the pod is: "Running", "CrashLoopBackOff", "Init:0/1".
	Reason string
	// Restarts are those of all containers that count, and restarted is when the last one was; zero when none was.
	Restarts  int32
	Restarted time.Time
}

// Summarize reads the status of a pod.
func Summarize(pod *v1.Pod) Summary {
	c := Summary{Total: len(pod.Spec.Containers), Reason: cmp.Or(pod.Status.Reason, string(pod.Status.Phase))}
	initializing := c.inits(pod)
	if !initializing || holds(pod, v1.PodInitialized) {
		c.mains(pod)
	}
	if r := pod.Status.Reason; r == reasonStopped || r == reasonNotStarted {
		c.Reason = r // whatever its containers ended with, or wait for
	}
	if pod.DeletionTimestamp != nil && pod.Status.Phase != v1.PodSucceeded && pod.Status.Phase != v1.PodFailed {
		c.Reason = ReasonTerminating
	}
	return c
}

// ReasonTerminating is what the STATUS of a pod says that is about to go.
const ReasonTerminating = "Terminating"

// inits counts the init containers and says whether they are not done.
func (c *Summary) inits(pod *v1.Pod) (initializing bool) {
	sidecars := map[string]bool{}
	for _, i := range pod.Spec.InitContainers {
		if i.RestartPolicy != nil && *i.RestartPolicy == v1.ContainerRestartPolicyAlways {
			sidecars[i.Name] = true
			c.Total++
		}
	}
	for i, s := range pod.Status.InitContainerStatuses {
		c.Restarts += s.RestartCount
		switch {
		case s.State.Terminated != nil && s.State.Terminated.ExitCode == 0:
			continue
		case sidecars[s.Name] && s.Started != nil && *s.Started:
			if s.Ready {
				c.Ready++
			}
			continue
		case s.State.Terminated != nil:
			c.Reason = "Init:" + cmp.Or(s.State.Terminated.Reason, fmt.Sprintf("ExitCode:%d", s.State.Terminated.ExitCode))
		case s.State.Waiting != nil && s.State.Waiting.Reason != "" && !slices.Contains([]string{"PodInitializing", "ContainerCreating"}, s.State.Waiting.Reason):
			c.Reason = "Init:" + s.State.Waiting.Reason
		default:
			c.Reason = fmt.Sprintf("Init:%d/%d", i, len(pod.Spec.InitContainers))
		}
		c.Restarted = lastRestart(pod.Status.InitContainerStatuses)
		return true
	}
	return false
}

// mains counts the main containers. The first that has something to say gives the word.
func (c *Summary) mains(pod *v1.Pod) {
	c.Restarts = 0
	for _, s := range pod.Status.InitContainerStatuses {
		for _, i := range pod.Spec.InitContainers {
			if i.Name == s.Name && i.RestartPolicy != nil {
				c.Restarts += s.RestartCount
			}
		}
	}
	running := false
	for _, s := range slices.Backward(pod.Status.ContainerStatuses) {
		c.Restarts += s.RestartCount
		switch {
		case s.State.Waiting != nil && s.State.Waiting.Reason != "":
			c.Reason = s.State.Waiting.Reason
		case s.State.Terminated != nil:
			c.Reason = cmp.Or(s.State.Terminated.Reason, fmt.Sprintf("ExitCode:%d", s.State.Terminated.ExitCode))
		case s.Ready && s.State.Running != nil:
			running = true
			c.Ready++
		}
	}
	c.Restarted = lastRestart(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
	if c.Reason == "Completed" && running {
		c.Reason = "NotReady"
		if holds(pod, v1.PodReady) {
			c.Reason = "Running"
		}
	}
}

func holds(pod *v1.Pod, t v1.PodConditionType) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c v1.PodCondition) bool {
		return c.Type == t && c.Status == v1.ConditionTrue
	})
}

// lastRestart is when a container of the pod was last started again; zero when none was.
func lastRestart(statuses ...[]v1.ContainerStatus) time.Time {
	var last time.Time
	for _, list := range statuses {
		for _, c := range list {
			if t := c.LastTerminationState.Terminated; t != nil && t.FinishedAt.After(last) {
				last = t.FinishedAt.Time
			}
		}
	}
	return last
}
