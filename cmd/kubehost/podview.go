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
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// podView is a pod as the runtime, the store and its supervisor show it.
type podView struct {
	plan.Ref
	// engine is the one that the pod is with.
	engine runtime.Engine
	// stored is what was applied; nil for a pod that a dry-run's script made, and for one whose plan or manifest is damaged.
	stored *runtime.StoredPod
	// damaged says what cannot be understood of what was applied; nil for nearly all pods.
	damaged error
	// memory is what the supervisor says; nil for a pod without one.
	memory *supervise.Memory
	// wanted is what a user asked for besides the plan.
	wanted supervise.Wanted
	// containers are the pod's, the infra among them.
	containers []runtime.Container
	details    map[string]runtime.Detail
	// deleted is when the pod was found to be gone; zero while it is there.
	deleted metav1.Time
}

// observePods gathers what is known of all pods, sorted by namespace and name. The error is of runtimes, the pods of which
// are not among them.
func observePods(ctx context.Context, e *engines.Finder, s settings.Settings) ([]podView, error) {
	stored, err := runtime.Store{Dir: s.StateDir}.Pods()
	damaged := runtime.DamagedIn(err)
	if err != nil && !os.IsPermission(err) && damaged == nil {
		return nil, err
	}
	var marks []podView
	for _, d := range damaged { // first: all engines are known only when it is known where these pods are
		engine, err := e.Pod(ctx, d.Pod)
		marks = append(marks, podView{Ref: d.Pod, engine: engine, damaged: errors.Join(d, err)})
	}
	found, err := e.All(ctx)
	errs := []error{err}
	var all []podView
	for _, engine := range found {
		pods, err := observe(ctx, e, engine, stored)
		all, errs = append(all, pods...), append(errs, err)
	}
	for _, m := range marks {
		if i := slices.IndexFunc(all, func(v podView) bool { return v.Ref == m.Ref }); i >= 0 {
			all[i].damaged = m.damaged
		} else {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b podView) int { return a.Ref.Compare(b.Ref) })
	return all, errors.Join(errs...)
}

// observe gathers what is known of the pods that are with an engine.
func observe(ctx context.Context, e *engines.Finder, engine runtime.Engine, stored []runtime.StoredPod) ([]podView, error) {
	views := map[plan.Ref]*podView{}
	for _, p := range stored {
		if !e.With(p.Ref, engine) {
			continue
		}
		views[p.Ref] = &podView{Ref: p.Ref, stored: &p}
		if err := views[p.Ref].remember(e.Settings); err != nil {
			return nil, err
		}
	}
	// The runtime is asked last: who watches the files is told when they change after this.
	seen, err := engine.Observe(ctx, plan.Plan{})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range seen.Containers {
		if !c.Ours() || !e.With(c.Ref, engine) {
			continue
		}
		if views[c.Ref] == nil {
			views[c.Ref] = &podView{Ref: c.Ref}
		}
		views[c.Ref].containers = append(views[c.Ref].containers, c)
		ids = append(ids, c.ID)
	}
	details, err := engine.Inspect(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []podView
	for _, v := range views {
		v.engine, v.details = engine, details
		all = append(all, *v)
	}
	return all, nil
}

// remember fills in what the supervisor says, and what is wanted of the pod.
func (v *podView) remember(s settings.Settings) (err error) {
	if v.wanted, err = supervise.ReadWanted(runtime.Store{Dir: s.StateDir}.PodDir(v.Ref)); err != nil {
		return settings.StateError(err)
	}
	v.memory, err = remembered(s, *v.stored)
	return err
}

// remembered is what the supervisor of a pod says; nil when there is none to ask.
func remembered(s settings.Settings, p runtime.StoredPod) (*supervise.Memory, error) {
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
	if pod.UID == "" {
		pod.UID = types.UID(v.Ref.UID())
	}
	if at := v.created(); !at.IsZero() {
		pod.CreationTimestamp = metav1.NewTime(at)
	}
	if !v.deleted.IsZero() {
		pod.DeletionTimestamp = &v.deleted
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
