package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// Status is the pod's status as a kubelet reports it.
func (v Pod) Status() v1.PodStatus {
	s := v1.PodStatus{PodIP: v.IP()}
	if s.PodIP != "" {
		s.PodIPs = []v1.PodIP{{IP: s.PodIP}}
	}
	if at := v.Created(); !at.IsZero() {
		started := metav1.NewTime(at)
		s.StartTime = &started
	}
	ready, initialized := true, true
	for _, u := range v.Units() {
		c := v.ContainerStatus(u)
		switch u.Role {
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
	if v.Memory != nil {
		ready, initialized = v.Memory.Ready(&v.Stored.Plan), v.Memory.InitsDone
		s.Reason, s.Message = v.Memory.Reason, cmp.Or(v.Memory.Message, v.Memory.Problem)
	}
	if v.Abandoned {
		ready = false
		s.Reason, s.Message = reasonAbandoned, "The pod's supervisor was killed: nobody probes its containers, or starts them again. Applying or starting the pod starts another one."
	}
	if v.Stopped() {
		s.Reason, s.Message = reasonStopped, "The pod was stopped; it stays so until it is started or applied."
	}
	if v.unbegun() {
		s.Reason, s.Message = reasonNotStarted, "Either the pod is about to be started, or what applied it has failed: applying it again starts it or tells why."
	}
	s.Conditions = []v1.PodCondition{condition(v1.PodReadyToStartContainers, s.PodIP != "" || v.HostNetwork()), condition(v1.PodInitialized, initialized),
		readiness(v1.PodReady, ready, s), readiness(v1.ContainersReady, ready, s), condition(v1.PodScheduled, true)}
	return s
}

// Reasons that only kubehost has: a user has stopped the pod; nothing of it was made yet; its supervisor was killed.
const (
	reasonStopped    = "Stopped"
	reasonNotStarted = "NotStarted"
	reasonAbandoned  = "SupervisorLost"
)

// readiness is a condition that says, as a kubelet's does, which containers are not ready.
func readiness(t v1.PodConditionType, ready bool, s v1.PodStatus) v1.PodCondition {
	c := condition(t, ready)
	switch {
	case ready:
	case s.Phase == v1.PodSucceeded:
		c.Reason = "PodCompleted"
	case s.Phase == v1.PodFailed:
		c.Reason = "PodFailed"
	default:
		var unready []string
		for _, u := range slices.Concat(s.InitContainerStatuses, s.ContainerStatuses) {
			if !u.Ready {
				unready = append(unready, u.Name)
			}
		}
		c.Reason, c.Message = "ContainersNotReady", fmt.Sprintf("containers with unready status: %v", unready)
	}
	return c
}

// unbegun says that the pod was applied and no more: it has no container, and no supervisor has told of it.
func (v Pod) unbegun() bool {
	return v.Stored != nil && v.Memory == nil && len(v.containers) == 0 && !v.Stopped()
}

// HostNetwork says whether the pod is on the network of the host.
func (v Pod) HostNetwork() bool { return v.Stored != nil && v.Stored.Plan.Sandbox.HostNetwork }

func condition(t v1.PodConditionType, holds bool) v1.PodCondition {
	c := v1.PodCondition{Type: t, Status: v1.ConditionFalse}
	if holds {
		c.Status = v1.ConditionTrue
	}
	return c
}

// mainBegun says whether a main container was started: then the init containers are over, even pruned ones.
func (v Pod) mainBegun(mains []v1.ContainerStatus) bool {
	for _, c := range mains {
		if c.State.Waiting == nil || c.LastTerminationState.Terminated != nil {
			return true
		}
	}
	return false
}

// phase is the supervisor's word or, without one, follows from the main containers.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase.
func (v Pod) phase(s v1.PodStatus) v1.PodPhase {
	if v.Memory != nil {
		return v1.PodPhase(v.Memory.Phase)
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
func (v Pod) stays(n int, code int32) bool {
	if v.Stored == nil {
		return false
	}
	for _, u := range v.Stored.Plan.Units {
		if u.Role != plan.Main {
			continue
		}
		if n == 0 {
			return !v.Stored.Plan.Restarts(u, int(code))
		}
		n--
	}
	return false
}

// ContainerStatus is the status of one container.
func (v Pod) ContainerStatus(u Unit) v1.ContainerStatus {
	started := false
	s := v1.ContainerStatus{Name: u.Name, Started: &started}
	if u.Container != nil {
		d := v.Details[u.Container.ID]
		s.Image, s.ImageID, s.ContainerID = u.Container.Image, imageID(d.ImageID), v.containerID(u.Container.ID)
		s.RestartCount = int32(d.Restarts + d.Counted)
	}
	if v.Stored != nil {
		if planned := v.Stored.Plan.Unit(u.Name); planned != nil && planned.StopSignal != "" {
			s.StopSignal = new(v1.Signal(planned.StopSignal))
		}
	}
	m := v.unitMemory(u)
	if m != nil {
		v.remembered(&s, m)
	}
	if m == nil || v.Abandoned {
		s.State = v1.ContainerState{}
		v.observed(&s, u)
	}
	if v.Abandoned && u.Role != plan.Init {
		s.Ready = false // nobody asks it
	}
	return s
}

// imageID is an image's ID, as docker writes it on both runtimes.
func imageID(id string) string {
	if id == "" || strings.Contains(id, ":") {
		return id
	}
	return "sha256:" + id
}

func (v Pod) containerID(id string) string {
	if id == "" {
		return ""
	}
	return "kubehost://" + id
}

// unitMemory is what the supervisor remembers of the container that is there now; nil when it is of another.
func (v Pod) unitMemory(u Unit) *supervise.Unit {
	if v.Memory == nil {
		return nil
	}
	m := v.Memory.Units[u.Name]
	if m != nil && u.Container != nil && m.ID != u.Container.ID && m.ID != "" {
		return nil
	}
	return m
}

// remembered fills in what the supervisor remembers.
func (v Pod) remembered(s *v1.ContainerStatus, m *supervise.Unit) {
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
func (v Pod) creating() string {
	if slices.ContainsFunc(v.Units(), func(u Unit) bool { return u.Role != plan.Main }) {
		return "PodInitializing"
	}
	return "ContainerCreating"
}

func terminated(v Pod, t *supervise.Termination) *v1.ContainerStateTerminated {
	if t == nil {
		return nil
	}
	return &v1.ContainerStateTerminated{ExitCode: int32(t.ExitCode), Reason: t.Reason, Message: cmp.Or(t.Brief, t.Message),
		StartedAt: metav1.NewTime(t.StartedAt), FinishedAt: metav1.NewTime(t.FinishedAt), ContainerID: v.containerID(t.ID)}
}

// observed fills in what the runtime alone shows.
func (v Pod) observed(s *v1.ContainerStatus, u Unit) {
	if u.Container == nil || !u.Container.Started() {
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: v.creating()}
		return
	}
	d := v.Details[u.Container.ID]
	switch u.Container.State {
	case runtime.Exited:
		t := &v1.ContainerStateTerminated{ExitCode: int32(u.Container.ExitCode), Reason: "Error",
			StartedAt: metav1.NewTime(d.Started), FinishedAt: metav1.NewTime(d.Finished), ContainerID: s.ContainerID}
		if d.OOMKilled {
			t.Reason = "OOMKilled"
		} else if t.ExitCode == 0 {
			t.Reason = "Completed"
		}
		s.State.Terminated = t
		s.Ready = u.Role == plan.Init && t.ExitCode == 0
	case runtime.Restarting:
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
	default:
		begun := d.Started
		if begun.IsZero() {
			begun = u.Container.Created
		}
		s.State.Running = &v1.ContainerStateRunning{StartedAt: metav1.NewTime(begun)}
		s.Ready = u.Container.State == runtime.Running && u.Role != plan.Init
		*s.Started = u.Container.State == runtime.Running
	}
}
