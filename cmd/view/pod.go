package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

// Pod is a pod as the runtime, the store and its supervisor show it.
type Pod struct {
	plan.Ref
	// Engine is the one that the pod is with.
	Engine runtime.Engine
	// Stored is what was applied; nil for a pod that a dry-run's script made, and for one whose plan or manifest is damaged.
	Stored *runtime.StoredPod
	// Damaged says what cannot be understood of what was applied; nil for nearly all pods.
	Damaged error
	// Memory is what the supervisor says; nil for a pod without one.
	Memory *supervise.Memory
	// Abandoned says that the supervisor of whom Memory is has ended, and the pod has not: only the runtime knows how it is by now.
	Abandoned bool
	// Wanted is what a user asked for besides the plan.
	Wanted supervise.Wanted
	// containers are the pod's, the infra among them.
	containers []runtime.Container
	// Details are more of them, by the ID of the container.
	Details map[string]runtime.Detail
	// Deleted is when the pod was found to be gone; zero while it is there.
	Deleted metav1.Time
}

// Infra is the container that owns the pod's network; nil when it is not there.
func (v Pod) Infra() *runtime.Container {
	for i := range v.containers {
		if v.containers[i].Role == runtime.RoleInfra {
			return &v.containers[i]
		}
	}
	return nil
}

// Unit is one container of the pod: planned, there, or both.
type Unit struct {
	// Name is that of the manifest.
	Name string
	Role plan.Role
	// Container is the one that is there; nil when none is.
	Container *runtime.Container
}

// Units are the pod's containers: in the order of the plan, or by name where no plan is kept.
func (v Pod) Units() []Unit {
	var units []Unit
	have := map[string]*runtime.Container{}
	for i, c := range v.containers {
		if c.Role != runtime.RoleInfra {
			have[c.Unit] = &v.containers[i]
		}
	}
	if v.Stored != nil {
		for _, u := range v.Stored.Plan.Units {
			units = append(units, Unit{u.Name, u.Role, have[u.Name]})
		}
		return units
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		units = append(units, Unit{name, plan.Role(have[name].Role), have[name]})
	}
	return units
}

// IP is the pod's address on its network.
func (v Pod) IP() string {
	if infra := v.Infra(); infra != nil {
		return v.Details[infra.ID].IP(infra.Network)
	}
	return ""
}

// Ports are the published ports: "127.0.0.1:8080->80/tcp".
func (v Pod) Ports() string {
	if v.Stored == nil {
		return ""
	}
	var ports []string
	for _, p := range v.Stored.Plan.Sandbox.Ports {
		ports = append(ports, strings.ReplaceAll(p.String(), " -> ", "->"))
	}
	return strings.Join(ports, ",")
}

// Created is when the pod was first applied; of one that was not, or by an older kubehost, when its sandbox was made, or its supervisor
// first saw to it.
func (v Pod) Created() time.Time {
	if v.Stored != nil && !v.Stored.Created.IsZero() {
		return v.Stored.Created
	}
	if infra := v.Infra(); infra != nil {
		return infra.Created
	}
	if v.Memory != nil {
		return v.Memory.Started
	}
	return time.Time{}
}

// Object is the pod as a Kubernetes Pod: what was applied, with the status of now.
func (v Pod) Object() (*v1.Pod, error) {
	pod := &v1.Pod{}
	if v.Stored != nil {
		if err := json.Unmarshal(v.Stored.Manifest, pod); err != nil {
			return nil, fmt.Errorf("the stored manifest of pod %q: %w", v.Ref.Name, err)
		}
	}
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	pod.Namespace, pod.Name = v.Ref.Namespace, v.Ref.Name
	if pod.UID == "" {
		pod.UID = types.UID(v.Ref.UID())
	}
	if at := v.Created(); !at.IsZero() {
		pod.CreationTimestamp = metav1.NewTime(at)
	}
	if !v.Deleted.IsZero() {
		pod.DeletionTimestamp = &v.Deleted
	}
	v.specUnits(pod)
	pod.Status = v.Status()
	if v.Stored != nil {
		pod.Status.QOSClass = translate.QOSClass(&pod.Spec)
	}
	return pod, nil
}

// specUnits names the containers of a pod whose manifest is not kept, so that what counts them can.
func (v Pod) specUnits(pod *v1.Pod) {
	if v.Stored != nil {
		return
	}
	for _, u := range v.Units() {
		c := v1.Container{Name: u.Name, Image: u.Container.Image}
		switch u.Role {
		case plan.Main:
			pod.Spec.Containers = append(pod.Spec.Containers, c)
		case plan.Sidecar:
			always := v1.ContainerRestartPolicyAlways
			c.RestartPolicy = &always
			fallthrough
		default:
			pod.Spec.InitContainers = append(pod.Spec.InitContainers, c)
		}
	}
}

// Labels are those of the manifest; a pod that was not made by apply has none.
func (v Pod) Labels() map[string]string {
	if v.Stored == nil {
		return nil
	}
	return v.Stored.Plan.Labels
}

// Up says whether anything of the pod runs.
func (v Pod) Up() bool {
	for _, c := range v.containers {
		if c.Role != runtime.RoleInfra && c.Up() {
			return true
		}
	}
	return false
}

// AsPlanned says whether the sandbox and the containers that are there were made from what was applied last.
func (v Pod) AsPlanned() bool {
	p := &v.Stored.Plan
	for _, c := range v.containers {
		if c.Role == runtime.RoleInfra {
			if !runtime.SandboxCurrent(p, c) {
				return false
			}
		} else if u := p.Unit(c.Unit); u == nil || !runtime.UnitCurrent(p, *u, c) {
			return false
		}
	}
	return true
}

// Stopped says whether the pod was stopped, and is.
func (v Pod) Stopped() bool { return v.Wanted.Stopped && !v.Up() }

// Over says whether the pod ran to its end.
func (v Pod) Over() bool {
	if v.Memory != nil {
		return v.Memory.Over
	}
	phase := v.Status().Phase
	return !v.Wanted.Stopped && (phase == "Succeeded" || phase == "Failed")
}
