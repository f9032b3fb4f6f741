package main

import (
	"cmp"
	"slices"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// status is the pod's status as a kubelet reports it.
func (v podView) status() v1.PodStatus {
	s := v1.PodStatus{PodIP: v.ip(), QOSClass: ""}
	if s.PodIP != "" {
		s.PodIPs = []v1.PodIP{{IP: s.PodIP}}
	}
	if at := v.created(); !at.IsZero() {
		started := metav1.NewTime(at)
		s.StartTime = &started
	}
	ready, initialized := true, true
	for _, u := range v.units() {
		c := v.containerStatus(u)
		switch u.role {
		case plan.Main:
			s.ContainerStatuses = append(s.ContainerStatuses, c)
			ready = ready && c.Ready
		case plan.Sidecar:
			s.InitContainerStatuses = append(s.InitContainerStatuses, c)
			ready = ready && c.Ready
			initialized = initialized && *c.Started
		default:
			s.InitContainerStatuses = append(s.InitContainerStatuses, c)
			initialized = initialized && c.Ready
		}
	}
	shorten(s.InitContainerStatuses, s.ContainerStatuses)
	initialized = initialized || v.mainBegun(s.ContainerStatuses)
	s.Phase = v.phase(s)
	ready = ready && s.Phase == v1.PodRunning
	if v.memory != nil {
		ready, initialized = v.memory.Ready(&v.stored.Plan), v.memory.InitsDone
		s.Reason, s.Message = v.memory.Reason, cmp.Or(v.memory.Message, v.memory.Problem)
	}
	if v.stopped() {
		s.Reason, s.Message = reasonStopped, "The pod was stopped; it stays so until it is started or applied."
	}
	if v.unbegun() {
		s.Reason, s.Message = reasonNotStarted, "Either the pod is about to be started, or what applied it has failed: applying it again starts it or tells why."
	}
	s.Conditions = []v1.PodCondition{condition(v1.PodReadyToStartContainers, s.PodIP != "" || v.hostNetwork()), condition(v1.PodInitialized, initialized),
		condition(v1.PodReady, ready), condition(v1.ContainersReady, ready), condition(v1.PodScheduled, true)}
	return s
}

// Reasons that only kubehost has: a user has stopped the pod; nothing of it was made yet.
const (
	reasonStopped    = "Stopped"
	reasonNotStarted = "NotStarted"
)

// unbegun says that the pod was applied and no more: it has no container, and no supervisor has told of it.
func (v podView) unbegun() bool {
	return v.stored != nil && v.memory == nil && len(v.containers) == 0 && !v.stopped()
}

func (v podView) hostNetwork() bool { return v.stored != nil && v.stored.Plan.Sandbox.HostNetwork }

func condition(t v1.PodConditionType, holds bool) v1.PodCondition {
	c := v1.PodCondition{Type: t, Status: v1.ConditionFalse}
	if holds {
		c.Status = v1.ConditionTrue
	}
	return c
}

// mainBegun says whether a main container was started: then the init containers are over, even pruned ones.
func (v podView) mainBegun(mains []v1.ContainerStatus) bool {
	for _, c := range mains {
		if c.State.Waiting == nil || c.LastTerminationState.Terminated != nil {
			return true
		}
	}
	return false
}

// phase is the supervisor's word or, without one, follows from the main containers.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase.
func (v podView) phase(s v1.PodStatus) v1.PodPhase {
	if v.memory != nil {
		return v1.PodPhase(v.memory.Phase)
	}
	ended, failed := 0, false
	for i, c := range s.ContainerStatuses {
		switch {
		case c.State.Waiting != nil && c.LastTerminationState.Terminated == nil:
			return v1.PodPending
		case c.State.Terminated != nil && v.stays(i, c.State.Terminated.ExitCode):
			ended++
			failed = failed || c.State.Terminated.ExitCode != 0
		}
	}
	switch {
	case len(s.ContainerStatuses) == 0:
		return v1.PodUnknown
	case ended < len(s.ContainerStatuses):
		return v1.PodRunning
	case failed:
		return v1.PodFailed
	}
	return v1.PodSucceeded
}

// stays says whether the n-th main container, which ended, is not started again.
func (v podView) stays(n int, code int32) bool {
	if v.stored == nil {
		return false
	}
	for _, u := range v.stored.Plan.Units {
		if u.Role != plan.Main {
			continue
		}
		if n == 0 {
			return !v.stored.Plan.Restarts(u, int(code))
		}
		n--
	}
	return false
}

// containerStatus is the status of one container.
func (v podView) containerStatus(u unit) v1.ContainerStatus {
	started := false
	s := v1.ContainerStatus{Name: u.name, Started: &started}
	if u.have != nil {
		d := v.details[u.have.ID]
		s.Image, s.ImageID, s.ContainerID = u.have.Image, d.ImageID, v.containerID(u.have.ID)
		s.RestartCount = int32(d.Restarts + d.Counted)
	}
	if m := v.unitMemory(u); m != nil {
		v.remembered(&s, m)
	} else {
		v.observed(&s, u)
	}
	return s
}

func (v podView) containerID(id string) string {
	if id == "" {
		return ""
	}
	return "kubehost://" + id
}

// unitMemory is what the supervisor remembers of the container that is there now; nil when it is of another.
func (v podView) unitMemory(u unit) *supervise.Unit {
	if v.memory == nil {
		return nil
	}
	m := v.memory.Units[u.name]
	if m != nil && u.have != nil && m.ID != u.have.ID && m.ID != "" {
		return nil
	}
	return m
}

// remembered fills in what the supervisor remembers.
func (v podView) remembered(s *v1.ContainerStatus, m *supervise.Unit) {
	s.RestartCount = int32(m.Restarts)
	s.Ready = m.Ready
	*s.Started = m.Started
	last := terminated(v, m.Last)
	switch {
	case m.State == supervise.Up && m.Doing == supervise.Hooking:
		// As in the kubelet: until the hook has ended the container is not taken to be there.
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: v.creating()}
		s.LastTerminationState.Terminated = last
	case m.State == supervise.Up:
		s.State.Running = &v1.ContainerStateRunning{StartedAt: metav1.NewTime(m.StartedAt)}
		s.LastTerminationState.Terminated = last
	case m.State == supervise.Terminated && m.Reason == "CrashLoopBackOff":
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: m.Reason, Message: m.Message}
		s.LastTerminationState.Terminated = last
	case m.State == supervise.Terminated:
		s.State.Terminated = last
	default:
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: m.Reason, Message: m.Message}
		if m.Reason == "" || m.Reason == "ContainerCreating" {
			s.State.Waiting.Reason = v.creating()
		}
		s.LastTerminationState.Terminated = last
	}
}

// maxMessages is what the termination messages of a pod may have together, in bytes. See
// https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/.
const maxMessages = 12 << 10

// shorten gives each container the same part of what their messages may have together.
func shorten(statuses ...[]v1.ContainerStatus) {
	n := 0
	for _, list := range statuses {
		n += len(list)
	}
	for _, list := range statuses {
		for _, s := range list {
			for _, t := range []*v1.ContainerStateTerminated{s.State.Terminated, s.LastTerminationState.Terminated} {
				if t != nil {
					t.Message = t.Message[:min(len(t.Message), maxMessages/n)]
				}
			}
		}
	}
}

// creating is the kubelet's word for what a container waits for of which there is nothing else to tell: another
// one where the pod has init containers.
func (v podView) creating() string {
	if slices.ContainsFunc(v.units(), func(u unit) bool { return u.role != plan.Main }) {
		return "PodInitializing"
	}
	return "ContainerCreating"
}

func terminated(v podView, t *supervise.Termination) *v1.ContainerStateTerminated {
	if t == nil {
		return nil
	}
	return &v1.ContainerStateTerminated{ExitCode: int32(t.ExitCode), Reason: t.Reason, Message: t.Message,
		StartedAt: metav1.NewTime(t.StartedAt), FinishedAt: metav1.NewTime(t.FinishedAt), ContainerID: v.containerID(t.ID)}
}

// observed fills in what the runtime alone shows.
func (v podView) observed(s *v1.ContainerStatus, u unit) {
	if u.have == nil || !u.have.Started() {
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: v.creating()}
		return
	}
	d := v.details[u.have.ID]
	switch u.have.State {
	case runtime.Exited:
		t := &v1.ContainerStateTerminated{ExitCode: int32(u.have.ExitCode), Reason: "Error",
			StartedAt: metav1.NewTime(d.Started), FinishedAt: metav1.NewTime(d.Finished), ContainerID: s.ContainerID}
		if d.OOMKilled {
			t.Reason = "OOMKilled"
		} else if t.ExitCode == 0 {
			t.Reason = "Completed"
		}
		s.State.Terminated = t
		s.Ready = u.role == plan.Init && t.ExitCode == 0
	case runtime.Restarting:
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
	default:
		begun := d.Started
		if begun.IsZero() {
			begun = u.have.Created
		}
		s.State.Running = &v1.ContainerStateRunning{StartedAt: metav1.NewTime(begun)}
		s.Ready = u.have.State == runtime.Running && u.role != plan.Init
		*s.Started = u.have.State == runtime.Running
	}
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
