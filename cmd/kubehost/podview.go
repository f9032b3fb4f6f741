package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// podView is a pod as the runtime and the store show it.
type podView struct {
	plan.Ref
	// stored is what was applied; nil for a pod that a dry-run's script made.
	stored *runtime.StoredPod
	// containers are the pod's, the infra among them.
	containers []runtime.Container
	details    map[string]runtime.Detail
	now        time.Time
}

func (v podView) infra() *runtime.Container {
	for i := range v.containers {
		if v.containers[i].Role == runtime.RoleInfra {
			return &v.containers[i]
		}
	}
	return nil
}

// unit is one container of the pod: planned, there, or both.
type unit struct {
	name string
	role plan.Role
	have *runtime.Container
}

// units are the pod's containers: in the order of the plan, or by name where no plan is kept.
func (v podView) units() []unit {
	var units []unit
	have := map[string]*runtime.Container{}
	for i, c := range v.containers {
		if c.Role != runtime.RoleInfra {
			have[c.Unit] = &v.containers[i]
		}
	}
	if v.stored != nil {
		for _, u := range v.stored.Plan.Units {
			units = append(units, unit{u.Name, u.Role, have[u.Name]})
		}
		return units
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		units = append(units, unit{name, plan.Role(have[name].Role), have[name]})
	}
	return units
}

func (v podView) roles(roles ...plan.Role) []unit {
	return slices.DeleteFunc(v.units(), func(u unit) bool { return !slices.Contains(roles, u.role) })
}

// running says whether the container runs now.
func (u unit) running() bool { return u.have != nil && u.have.State == runtime.Running }

// ready is "running/all" of the main containers and, as in kubectl, the sidecars.
func (v podView) ready() string {
	stay := v.roles(plan.Sidecar, plan.Main)
	n := 0
	for _, u := range stay {
		if u.running() {
			n++
		}
	}
	return fmt.Sprintf("%d/%d", n, len(stay))
}

// status is the word of kubectl's STATUS column.
func (v podView) status() string {
	if s := v.initStatus(); s != "" {
		return s
	}
	// As in kubectl, the last container that has something to say gives the word.
	word := string(v.phase())
	for _, u := range slices.Backward(v.roles(plan.Main)) {
		if reason, _ := v.reason(u); reason != "" && reason != "ContainerCreating" {
			word = reason
		}
	}
	if word == "Completed" && v.phase() == v1.PodRunning {
		return "NotReady"
	}
	return word
}

// initStatus is the word while init containers are not done: "Init:0/2", "Init:Error"; empty afterwards.
func (v podView) initStatus() string {
	for _, u := range v.roles(plan.Main) {
		if u.have != nil && u.have.Started() {
			return ""
		}
	}
	inits := v.roles(plan.Init, plan.Sidecar)
	for i, u := range inits {
		switch {
		case u.role == plan.Sidecar && u.running():
		case u.have == nil || !u.have.Started() || u.have.Up():
			return fmt.Sprintf("Init:%d/%d", i, len(inits))
		case u.have.ExitCode != 0:
			return "Init:Error"
		}
	}
	return ""
}

// phase is the pod's phase, from its main containers.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase.
func (v podView) phase() v1.PodPhase {
	mains := v.roles(plan.Main)
	ended, failed := 0, 0
	for _, u := range mains {
		switch {
		case u.have == nil || !u.have.Started():
			return v1.PodPending
		case u.have.State == runtime.Exited && v.stays(u):
			ended++
			if u.have.ExitCode != 0 {
				failed++
			}
		}
	}
	switch {
	case len(mains) == 0:
		return v1.PodUnknown
	case ended == len(mains) && failed > 0:
		return v1.PodFailed
	case ended == len(mains):
		return v1.PodSucceeded
	}
	return v1.PodRunning
}

// stays says whether an ended container is not started again.
func (v podView) stays(u unit) bool {
	if v.stored == nil {
		return false
	}
	i := slices.IndexFunc(v.stored.Plan.Units, func(planned plan.Unit) bool { return planned.Name == u.name })
	return !v.stored.Plan.Restarts(v.stored.Plan.Units[i], u.have.ExitCode)
}

// reason says why a container does not run, with its kubelet's word; empty when it runs.
func (v podView) reason(u unit) (reason string, terminated bool) {
	switch {
	case u.have == nil || !u.have.Started():
		return "ContainerCreating", false
	case u.have.State == runtime.Restarting:
		return "CrashLoopBackOff", false
	case u.have.State == runtime.Paused:
		return "Paused", false
	case u.have.State != runtime.Exited:
		return "", false
	case v.details[u.have.ID].OOMKilled:
		return "OOMKilled", true
	case u.have.ExitCode == 0:
		return "Completed", true
	}
	return "Error", true
}

func (v podView) restarts() int {
	n := 0
	for _, u := range v.units() {
		if u.have != nil {
			n += v.details[u.have.ID].Restarts
		}
	}
	return n
}

// ip is the pod's address on its network.
func (v podView) ip() string {
	if infra := v.infra(); infra != nil {
		ips := v.details[infra.ID].IPs
		if ip := ips[infra.Network]; ip != "" {
			return ip
		}
		for _, network := range slices.Sorted(maps.Keys(ips)) {
			return ips[network]
		}
	}
	return ""
}

// ports are the published ports: "127.0.0.1:8080->80/tcp".
func (v podView) ports() string {
	if v.stored == nil {
		return ""
	}
	var ports []string
	for _, p := range v.stored.Plan.Sandbox.Ports {
		ports = append(ports, strings.ReplaceAll(p.String(), " -> ", "->"))
	}
	return strings.Join(ports, ",")
}

// object is the pod as a Kubernetes Pod: what was applied, with the status of now.
func (v podView) object() (*v1.Pod, error) {
	pod := &v1.Pod{}
	if v.stored != nil {
		if err := json.Unmarshal(v.stored.Manifest, pod); err != nil {
			return nil, fmt.Errorf("the stored manifest of pod %q: %w", v.Ref.Name, err)
		}
	}
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	pod.Namespace, pod.Name = v.Ref.Namespace, v.Ref.Name
	pod.Status = v1.PodStatus{Phase: v.phase(), PodIP: v.ip()}
	if pod.Status.PodIP != "" {
		pod.Status.PodIPs = []v1.PodIP{{IP: pod.Status.PodIP}}
	}
	if infra := v.infra(); infra != nil {
		started := metav1.NewTime(infra.Created)
		pod.Status.StartTime, pod.CreationTimestamp = &started, started
	}
	for _, u := range v.roles(plan.Init, plan.Sidecar) {
		pod.Status.InitContainerStatuses = append(pod.Status.InitContainerStatuses, v.containerStatus(u))
	}
	ready := !slices.ContainsFunc(v.roles(plan.Sidecar, plan.Main), func(u unit) bool { return !u.running() })
	for _, u := range v.roles(plan.Main) {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, v.containerStatus(u))
	}
	condition := func(t v1.PodConditionType, holds bool) v1.PodCondition {
		return v1.PodCondition{Type: t, Status: map[bool]v1.ConditionStatus{true: v1.ConditionTrue, false: v1.ConditionFalse}[holds]}
	}
	pod.Status.Conditions = []v1.PodCondition{condition(v1.PodInitialized, v.initStatus() == ""),
		condition(v1.PodReady, ready), condition(v1.ContainersReady, ready), condition(v1.PodScheduled, true)}
	return pod, nil
}

func (v podView) containerStatus(u unit) v1.ContainerStatus {
	s := v1.ContainerStatus{Name: u.name, Ready: u.running()}
	started := u.running()
	s.Started = &started
	if u.have == nil {
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: "ContainerCreating"}
		return s
	}
	d := v.details[u.have.ID]
	s.Image, s.ImageID, s.ContainerID, s.RestartCount = u.have.Image, d.ImageID, u.have.ID, int32(d.Restarts)
	switch reason, terminated := v.reason(u); {
	case terminated:
		s.State.Terminated = &v1.ContainerStateTerminated{ExitCode: int32(u.have.ExitCode), Reason: reason,
			StartedAt: metav1.NewTime(d.Started), FinishedAt: metav1.NewTime(d.Finished), ContainerID: u.have.ID}
		s.Ready = u.role == plan.Init && u.have.ExitCode == 0
	case reason != "" && reason != "Paused":
		s.State.Waiting = &v1.ContainerStateWaiting{Reason: reason}
	default:
		s.State.Running = &v1.ContainerStateRunning{StartedAt: metav1.NewTime(cmp.Or(d.Started, u.have.Created))}
	}
	return s
}
