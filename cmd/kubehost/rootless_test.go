package main

import (
	"testing"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/runtime/rootless"
	"github.com/kubehost/kubehost/translate/plan"
)

// TestUserProblems: services of a user end at logout whoever runs the containers, and that is told once.
func TestUserProblems(t *testing.T) {
	want := plan.Plan{Pods: []plan.Pod{{Ref: plan.Ref{Namespace: "default", Name: "web"}}}}
	rootsDocker := part{engine: runtime.Engine{Dialect: docker.Dialect{}}, want: want}
	rootlessPodman := part{engine: runtime.Engine{Dialect: podman.Dialect{Rootless: true}}, want: want}
	for _, test := range []struct {
		what       string
		uid        int
		supervisor string
		linger     bool
		parts      []part
		want       int
	}{
		{"root's docker", 1000, settings.SupervisorSystemd, false, []part{rootsDocker}, 1},
		{"root's docker, lingering", 1000, settings.SupervisorSystemd, true, []part{rootsDocker}, 0},
		{"root's docker, no services", 1000, settings.SupervisorDetached, false, []part{rootsDocker}, 0},
		{"root", 0, settings.SupervisorSystemd, false, []part{rootsDocker}, 0},
		{"rootless podman", 1000, settings.SupervisorSystemd, false, []part{rootlessPodman}, 1},
		{"both", 1000, settings.SupervisorSystemd, false, []part{rootsDocker, rootlessPodman}, 1},
		{"nothing", 1000, settings.SupervisorSystemd, false, nil, 0},
	} {
		h := rootless.Host{UID: test.uid, User: "bob", Systemd: true, RuntimeDir: "/run/user/1000", Owned: true, Session: true, Linger: test.linger,
			Mapper: true, UIDs: rootless.IDs{Count: 65537}, GIDs: rootless.IDs{Count: 65537}}
		got := userProblems(h, test.supervisor, test.parts)
		if len(got) != test.want {
			t.Errorf("%s: %v", test.what, got)
		}
	}
}
