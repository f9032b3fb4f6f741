package runtime

import (
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

// eachRandom runs a test for many pairs of a host and a plan for it.
func eachRandom(t *testing.T, seeds uint64, test func(t *testing.T, r random, h *host, p plan.Plan)) {
	for seed := range seeds {
		r := newRandom(seed)
		before, p := r.plan(), r.plan()
		test(t, r, r.host(before), p)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// converged says what is left to do on a host; the empty text when nothing is.
func converged(t *testing.T, h *host, p plan.Plan) string {
	return h.decided(t, p.Pods...).Text()
}

func TestConverges(t *testing.T) {
	eachRandom(t, 1000, func(t *testing.T, _ random, h *host, p plan.Plan) {
		steps := h.decided(t, p.Pods...)
		h.runs(t, steps)
		if left := converged(t, h, p); left != "" {
			t.Errorf("after\n%s\nthere is left\n%s", steps.Text(), left)
		}
	})
}

func TestConvergesInAnyOrder(t *testing.T) {
	eachRandom(t, 1000, func(t *testing.T, r random, h *host, p plan.Plan) {
		steps := r.order(h.decided(t, p.Pods...))
		h.runs(t, steps)
		if left := converged(t, h, p); left != "" {
			t.Errorf("after\n%s\nthere is left\n%s", steps.Text(), left)
		}
	})
}

// TestConvergesAfterInterruption stops after each n-th step, and in the middle of the next.
func TestConvergesAfterInterruption(t *testing.T) {
	eachRandom(t, 300, func(t *testing.T, r random, h *host, p plan.Plan) {
		steps := r.order(h.decided(t, p.Pods...))
		for n := range steps {
			again := h.clone()
			again.runs(t, steps[:n])
			r.partly(again, steps[n].Op)
			second := again.decided(t, p.Pods...)
			again.runs(t, second)
			if left := converged(t, again, p); left != "" {
				t.Errorf("interrupted in %q of\n%s\nthen\n%s\nthere is left\n%s", steps[n].ID, steps.Text(), second.Text(), left)
			}
			inited(t, again, p)
		}
	})
}

// inited fails when a main container runs, but an init container of its pod was
// not run after the last change: then its container is there with another hash, or the sandbox does not know it.
func inited(t *testing.T, h *host, p plan.Plan) {
	for i := range p.Pods {
		pod := &p.Pods[i]
		if infra := h.find(pod.Sandbox.ID); infra != nil && infra.Inits != initsHash(pod) {
			t.Errorf("%s: the init containers are those of another plan", pod.Ref)
		}
	}
}

// TestRemovalConverges removes all pods that a host has, interrupted anywhere.
func TestRemovalConverges(t *testing.T) {
	eachRandom(t, 300, func(t *testing.T, r random, h *host, p plan.Plan) {
		h = r.host(p)
		var want Desired
		for _, pod := range p.Pods {
			want.Remove = append(want.Remove, Removal{Ref: pod.Ref, Dir: pod.Dir, Network: pod.Sandbox.Network})
		}
		decide := func(h *host) Steps {
			steps, err := Decide(want, h.Observed, h.infra())
			if err != nil {
				t.Fatal(err)
			}
			return steps
		}
		steps := r.order(decide(h))
		for n := range steps {
			again := h.clone()
			again.runs(t, steps[:n])
			r.partly(again, steps[n].Op)
			again.runs(t, decide(again))
			if len(again.Containers) != 1 || len(again.Networks) != 2 {
				t.Errorf("interrupted in %q of\n%s\nthere is left %v %v", steps[n].ID, steps.Text(), again.Containers, again.Networks)
			}
		}
	})
}

// TestGraph checks the form of the graph, and that nothing that may run is touched before all is prepared.
func TestGraph(t *testing.T) {
	eachRandom(t, 1000, func(t *testing.T, r random, h *host, p plan.Plan) {
		want := Desired{Plan: p}
		for _, c := range h.Containers {
			if c.Role == RoleInfra && r.one(2) && !planHas(p, c.Ref) {
				want.Remove = append(want.Remove, Removal{Ref: c.Ref, Dir: "/d"})
			}
		}
		steps, err := Decide(want, h.Observed, h.infra())
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Decide(want, h.Observed, h.infra()); again.Text() != steps.Text() {
			t.Errorf("one time\n%s\nanother time\n%s", steps.Text(), again.Text())
		}
		checkGraph(t, steps)
		done := map[string]bool{}
		live := false
		for _, s := range r.order(steps) {
			done[s.ID] = true
			switch op := s.Op.(type) {
			case RemoveContainers, RemovePod, RemoveFiles, RemoveNetwork:
				live = true
			case MakeVolume:
				// It reaches containers that run when the sandbox stays, or is only to be removed.
				if touched := op.Volume.Kind == plan.Files && liveVolume(h, s.Pod); touched {
					live = true
				} else if live {
					t.Errorf("%q came after something was touched:\n%s", s.ID, steps.Text())
				}
			case EnsureImage, LoadInfra:
				if live {
					t.Errorf("%q came after something was touched:\n%s", s.ID, steps.Text())
				}
			}
		}
	})
}

func planHas(p plan.Plan, ref plan.Ref) bool {
	for _, pod := range p.Pods {
		if pod.Ref == ref {
			return true
		}
	}
	return false
}

func liveVolume(h *host, ref plan.Ref) bool {
	for _, c := range h.Containers {
		if c.Ref == ref {
			return true
		}
	}
	return false
}

func checkGraph(t *testing.T, steps Steps) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range steps {
		for _, need := range s.Needs {
			if !seen[need] {
				t.Errorf("%q needs %q, which does not stand before it", s.ID, need)
			}
		}
		if seen[s.ID] {
			t.Errorf("two steps are called %q", s.ID)
		}
		seen[s.ID] = true
	}
}
