package runtime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

// host is a model of a runtime: operations change what is observed, and what a real one would refuse is an error.
type host struct {
	podman bool
	Observed
	// ends says how a main container or a sidecar is found after its start; nil is that all run.
	ends func(p *plan.Pod, u plan.Unit) (State, int)
}

func newHost(podman bool) *host {
	return &host{podman: podman, Observed: Observed{Contents: map[string]string{}}}
}

func (h *host) clone() *host {
	c := *h
	c.Containers, c.Networks, c.Contents = slices.Clone(h.Containers), slices.Clone(h.Networks), maps.Clone(h.Contents)
	return &c
}

func (h *host) infra() InfraImage {
	if h.podman {
		return InfraImage{}
	}
	return infraImage
}

func (h *host) find(name string) *Container {
	for i := range h.Containers {
		if h.Containers[i].Name == name {
			return &h.Containers[i]
		}
	}
	return nil
}

// add makes a container with labels, as a runtime lists it.
func (h *host) add(p *plan.Pod, name, image string, labels map[string]string) (*Container, error) {
	if h.find(name) != nil {
		return nil, fmt.Errorf("the name %s is taken", name)
	}
	c := Container{ID: "id-" + name, Name: name, Image: image, State: Created}
	if h.podman {
		c.PodName = p.ID
	}
	c.Label(func(key string) string { return labels[key] })
	h.Containers = append(h.Containers, c)
	slices.SortFunc(h.Containers, func(a, b Container) int { return strings.Compare(a.Name, b.Name) })
	return h.find(name), nil
}

func (h *host) remove(names []string) {
	h.Containers = slices.DeleteFunc(h.Containers, func(c Container) bool { return slices.Contains(names, c.Name) })
}

func (h *host) hasNetwork(name string) bool {
	return slices.ContainsFunc(h.Networks, func(n Network) bool { return n.Name == name })
}

// do does one operation.
func (h *host) do(op Op) error {
	switch op := op.(type) {
	case MakeVolume:
		if op.Volume.Kind == plan.Files {
			h.Contents[op.Volume.Path] = op.Volume.ContentHash()
		}
	case CreateNetwork:
		if !h.hasNetwork(op.Name) {
			h.Networks = append(h.Networks, Network{Name: op.Name, Managed: true})
		}
	case RemoveNetwork:
		if slices.ContainsFunc(h.Containers, func(c Container) bool { return c.Network == op.Name }) {
			return fmt.Errorf("network %s is in use", op.Name)
		}
		h.Networks = slices.DeleteFunc(h.Networks, func(n Network) bool { return n.Name == op.Name })
	case CreateSandbox:
		return h.sandbox(op.Pod)
	case RunContainer:
		return h.run(op)
	case AwaitContainer:
		h.find(op.ID).State = Exited
	case RemoveContainers:
		return h.end(op.Stop)
	case RemovePod:
		if pod := h.find(op.Stop.All[0]).PodName; pod != op.ID {
			return fmt.Errorf("pod %q is still there", pod)
		}
		return h.end(op.Stop)
	}
	return nil
}

// end stops and removes containers: those that run are given the time to end, the others cannot be stopped.
func (h *host) end(s Stop) error {
	for _, name := range s.All {
		c := h.find(name)
		runs := c.Role != RoleInfra && (c.State == Running || c.State == Restarting)
		if runs != slices.Contains(s.Running, name) {
			return fmt.Errorf("%s is %s, but to be stopped: %v", name, c.State, !runs)
		}
	}
	h.remove(s.All)
	return nil
}

func (h *host) sandbox(p *plan.Pod) error {
	if p.Sandbox.Network != "" && !h.hasNetwork(p.Sandbox.Network) {
		return fmt.Errorf("there is no network %s", p.Sandbox.Network)
	}
	for _, c := range h.Containers {
		for _, port := range p.Sandbox.Ports {
			if c.Up() && slices.ContainsFunc(c.Ports, func(other plan.Port) bool { return clash(port, other) }) {
				return fmt.Errorf("port %s is taken by %s", port.Host(), c.Name)
			}
		}
	}
	c, err := h.add(p, p.Sandbox.ID, h.infra().Ref, sandboxLabels(p))
	if err != nil {
		return err
	}
	c.Ports, c.State = p.Sandbox.Ports, Running
	return nil
}

func (h *host) run(op RunContainer) error {
	infra := h.find(op.Pod.Sandbox.ID)
	if infra == nil || infra.State != Running && infra.State != Paused && !h.podman {
		return fmt.Errorf("%s cannot join its sandbox", op.Unit.ID)
	}
	for _, m := range op.Unit.Mounts {
		if v := op.Pod.Volume(m.Volume); v.Kind == plan.Files && h.Contents[v.Path] != v.ContentHash() {
			return fmt.Errorf("%s starts before its files are written", op.Unit.ID)
		}
	}
	infra.State = Running
	c, err := h.add(op.Pod, op.Unit.ID, op.Unit.Image, unitLabels(op.Pod, op.Unit))
	switch {
	case err != nil:
		return err
	case op.Unit.Role == plan.Init:
		c.State = Exited
	case h.ends == nil:
		c.State = Running
	default:
		c.State, c.ExitCode = h.ends(op.Pod, op.Unit)
	}
	return nil
}

// runs does all steps in their order.
func (h *host) runs(t *testing.T, steps Steps) {
	t.Helper()
	for _, s := range steps {
		if err := h.do(s.Op); err != nil {
			t.Fatalf("%s: %v\n%s", s.ID, err, steps.Text())
		}
	}
}

// decided is what Decide says for these pods on this host.
func (h *host) decided(t *testing.T, pods ...plan.Pod) Steps {
	t.Helper()
	steps, err := Decide(Desired{Plan: plan.Plan{Pods: pods}}, h.Observed, h.infra())
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// hostWith is a host on which these pods run.
func hostWith(t *testing.T, podman bool, pods ...plan.Pod) *host {
	t.Helper()
	h := newHost(podman)
	h.runs(t, h.decided(t, pods...))
	return h
}
