package runtime

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// random makes plans and hosts; the same seed makes the same ones.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 1))} }

// one says yes once in n times.
func (r random) one(n int) bool { return r.IntN(n) == 0 }

func pick[T any](r random, of ...T) T { return of[r.IntN(len(of))] }

// plan has up to three pods; two plans of one random have much in common.
func (r random) plan() plan.Plan {
	var p plan.Plan
	for _, name := range []string{"a", "b", "c"} {
		if !r.one(4) {
			p.Pods = append(p.Pods, r.pod(pick(r, "default", "default", "shop"), name))
		}
	}
	return p
}

func (r random) pod(namespace, name string) plan.Pod {
	p := pod(namespace, name)
	p.RestartPolicy = pick(r, plan.RestartAlways, plan.RestartAlways, plan.RestartAlways, plan.RestartOnFailure, plan.RestartNever)
	if r.one(4) {
		p.Sandbox.Network = pick(r, "backend", "foreign", "")
		p.Sandbox.HostNetwork = p.Sandbox.Network == ""
	}
	if r.one(2) {
		p.Volumes = append(p.Volumes, plan.Volume{Name: "data", Kind: plan.Claim, Path: "/volumes/" + name})
	}
	if r.one(2) {
		filesVolume(&p, "page", pick(r, "one", "two"))
	}
	for i := range r.IntN(3) {
		unit(&p, pick(r, plan.Init, plan.Init, plan.Sidecar), fmt.Sprint("init", i), pick(r, "tool:1", "tool:1", "tool:2"))
	}
	for i := range 1 + r.IntN(2) {
		unit(&p, plan.Main, pick(r, "init0", "main", "sandbox")+fmt.Sprint(i), pick(r, "app:1", "app:1", "app:2"))
	}
	for i := range p.Units {
		if p.Units[i].Role == plan.Main && r.one(4) {
			p.Units[i].Lifecycle.Restart = pick(r, plan.RestartAlways, plan.RestartOnFailure, plan.RestartNever)
		}
		for _, v := range p.Volumes {
			if r.one(2) {
				p.Units[i].Mounts = append(p.Units[i].Mounts, plan.Mount{Volume: v.Name, Target: "/" + v.Name})
			}
		}
	}
	return p
}

// host is one on which a plan was applied, or half of it, and to which all kinds of things happened since.
func (r random) host(p plan.Plan) *host {
	h := newHost(r.one(2))
	h.Networks = []Network{{Name: "foreign"}, {Name: "bridge"}}
	steps, err := Decide(Desired{Plan: p}, h.Observed, h.infra())
	if err != nil {
		panic(err)
	}
	for _, s := range steps[:len(steps)-r.IntN(len(steps)+1)*r.IntN(2)] {
		if err := h.do(s.Op); err != nil {
			panic(err)
		}
	}
	for range r.IntN(4) {
		r.accident(h)
	}
	// What somebody else runs is no concern of ours.
	h.Containers = append(h.Containers, Container{Name: "zzz", State: Running})
	h.ends = func(p *plan.Pod, u plan.Unit) (State, int) {
		// As its restart policy lets it end, for each pod in one way.
		switch p.RestartOf(u) {
		case plan.RestartNever:
			return Exited, len(p.Units) % 2
		case plan.RestartOnFailure:
			return Exited, 0
		}
		return Running, 0
	}
	return h
}

func (r random) accident(h *host) {
	if len(h.Containers) > 0 {
		c := &h.Containers[r.IntN(len(h.Containers))]
		switch r.IntN(4) {
		case 0:
			h.remove([]string{c.Name})
		case 1:
			c.Hash = "stale"
		default:
			c.State = pick(r, Created, Running, Restarting, Paused, Exited, Exited, Broken)
			c.ExitCode = pick(r, 0, 1, 137)
		}
	}
	for path := range h.Contents {
		switch r.IntN(6) {
		case 0:
			delete(h.Contents, path)
		case 1:
			h.Contents[path] = "stale"
		}
	}
}

// partly does a part of an operation, as when the runtime's command is killed.
func (r random) partly(h *host, op Op) {
	some := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(string) bool { return r.one(2) })
	}
	stopped := func(s Stop) {
		for _, name := range s.Running {
			if r.one(2) {
				h.find(name).State, h.find(name).ExitCode = Exited, pick(r, 0, 137)
			}
		}
	}
	switch op := op.(type) {
	case MakeVolume:
		if op.Volume.Kind == plan.Files {
			h.Contents[op.Volume.Path] = ""
		}
	case RemoveContainers:
		stopped(op.Stop)
		h.remove(some(op.Stop.All))
	case RemovePod:
		stopped(op.Stop)
		h.remove(some(op.Stop.All))
	case CreateSandbox:
		if h.do(op) == nil {
			h.find(op.Pod.Sandbox.ID).State = Created
		}
	case RunContainer:
		if h.do(op) == nil {
			c := h.find(op.Unit.ID)
			c.State, c.ExitCode = Created, 0
			if op.Unit.Role == plan.Init && r.one(2) {
				c.State, c.ExitCode = pick(r, Running, Exited), pick(r, 0, 1)
			}
		}
	}
}

// order is any order in which the steps could be run.
func (r random) order(steps Steps) Steps {
	var order Steps
	done := map[string]bool{}
	for len(order) < len(steps) {
		var ready Steps
		for _, s := range steps {
			if !done[s.ID] && !slices.ContainsFunc(s.Needs, func(id string) bool { return !done[id] }) {
				ready = append(ready, s)
			}
		}
		next := pick(r, ready...)
		done[next.ID] = true
		order = append(order, next)
	}
	return order
}
