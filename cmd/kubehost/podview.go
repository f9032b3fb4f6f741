package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// podView is a pod as the runtime, the store and its supervisor show it.
type podView struct {
	plan.Ref
	// stored is what was applied; nil for a pod that a dry-run's script made.
	stored *runtime.StoredPod
	// memory is what the supervisor says; nil for a pod without one.
	memory *supervise.Memory
	// containers are the pod's, the infra among them.
	containers []runtime.Container
	details    map[string]runtime.Detail
}

// observePods gathers what is known of all pods, sorted by namespace and name.
func observePods(ctx context.Context, e runtime.Engine, s settings) ([]podView, error) {
	seen, err := e.Observe(ctx, plan.Plan{})
	if err != nil {
		return nil, err
	}
	stored, err := runtime.Store{Dir: s.StateDir}.Pods()
	if err != nil && !os.IsPermission(err) {
		return nil, err
	}
	views := map[plan.Ref]*podView{}
	view := func(r plan.Ref) *podView {
		if views[r] == nil {
			views[r] = &podView{Ref: r}
		}
		return views[r]
	}
	for _, p := range stored {
		v := view(p.Ref)
		v.stored = &p
		if v.memory, err = remembered(s, p); err != nil {
			return nil, err
		}
	}
	var ids []string
	for _, c := range seen.Containers {
		if c.Ours() {
			v := view(c.Ref)
			v.containers = append(v.containers, c)
			ids = append(ids, c.ID)
		}
	}
	details, err := e.Inspect(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []podView
	for _, v := range views {
		v.details = details
		all = append(all, *v)
	}
	slices.SortFunc(all, func(a, b podView) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	return all, nil
}

// remembered is what the supervisor of a pod says; nil when there is none to ask.
func remembered(s settings, p runtime.StoredPod) (*supervise.Memory, error) {
	if !p.Plan.Supervised {
		return nil, nil
	}
	m, err := supervise.Station{Dir: s.RunDir, Ref: p.Ref}.Memory()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, nil
	}
	return &m, err
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

// ip is the pod's address on its network.
func (v podView) ip() string {
	if infra := v.infra(); infra != nil {
		return v.details[infra.ID].IP(infra.Network)
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

// created is when the pod's sandbox was made.
func (v podView) created() time.Time {
	if infra := v.infra(); infra != nil {
		return infra.Created
	}
	return time.Time{}
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
	if at := v.created(); !at.IsZero() {
		pod.CreationTimestamp = metav1.NewTime(at)
	}
	v.specUnits(pod)
	pod.Status = v.status()
	return pod, nil
}

// specUnits names the containers of a pod whose manifest is not kept, so that what counts them can.
func (v podView) specUnits(pod *v1.Pod) {
	if v.stored != nil {
		return
	}
	for _, u := range v.units() {
		c := v1.Container{Name: u.name, Image: u.have.Image}
		switch u.role {
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
