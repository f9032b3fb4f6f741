package runtime

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestConflicts(t *testing.T) {
	foreign := func(name, podName string) func(*host) {
		return func(h *host) {
			h.Containers = append(h.Containers, Container{Name: name, PodName: podName, State: Running})
		}
	}
	// committed is a container made from an image that was committed from one of ours: it inherits the labels.
	committed := func(name string) func(*host) {
		return func(h *host) {
			p := webPod()
			labels := unitLabels(&p, p.Units[1])
			c := Container{Name: name, State: Running}
			c.Label(func(key string) string { return labels[key] })
			h.Containers = append(h.Containers, c)
		}
	}
	shop := simplePod("shop", "web")
	shop.ID, shop.Sandbox.ID, shop.Units[0].ID = "web", "web-infra", "web-nginx"
	tests := []struct {
		name   string
		before []plan.Pod
		since  func(*host)
		want   []string
	}{
		{name: "container of somebody", since: foreign("web-nginx", ""), want: []string{"container web-nginx"}},
		{name: "two containers of somebody", since: all(foreign("web-nginx", ""), foreign("web-infra", "")),
			want: []string{"container web-infra", "container web-nginx"}},
		{name: "pod of somebody", since: foreign("a", "web"), want: []string{"pod web"}},
		{name: "somebody's container in our pod", before: pods(webPod()), since: foreign("debug", "web")},
		{name: "somebody's container elsewhere", before: pods(webPod()), since: foreign("a", "b")},
		{name: "from a committed image", since: committed("mine")},
		{name: "from a committed image, in the place of ours", since: func(h *host) {
			committed("web-log")(h)
		}, want: []string{"container web-log"}},
		{name: "pod of ours with the same name", before: pods(shop), want: []string{"pod web", "container web-infra", "container web-nginx"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := hostWith(t, true, test.before...)
			if test.since != nil {
				test.since(h)
			}
			steps, err := Decide(planned(webPod()), h.Observed, h.infra())
			var got []string
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				for _, e := range joined.Unwrap() {
					var c *ConflictError
					if !errors.As(e, &c) {
						t.Fatalf("not a conflict: %v", e)
					}
					got = append(got, c.What+" "+c.Name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if len(got) > 0 && len(steps) > 0 {
				t.Errorf("steps in spite of conflicts:\n%s", steps.Text())
			}
		})
	}
}

func TestConflictText(t *testing.T) {
	h := newHost(false)
	h.Containers = []Container{{Name: "web-nginx"}}
	_, err := Decide(planned(webPod()), h.Observed, h.infra())
	const want = `pod "web": the name "web-nginx" is taken by a container that kubehost did not make for this pod
  hint: remove or rename that container, or give the pod another name`
	if err == nil || strings.TrimSpace(err.Error()) != want {
		t.Errorf("got %v", err)
	}
}
