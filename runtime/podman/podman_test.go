package podman

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// TestPing shows which groups may ping: no more than there are, or the pod does not start.
func TestPing(t *testing.T) {
	const ports = "net.ipv4.ip_unprivileged_port_start=0"
	for _, test := range []struct {
		dialect Dialect
		pod     plan.Pod
		want    []string
	}{
		{Dialect{}, plan.Pod{}, []string{ports, "net.ipv4.ping_group_range=0 2147483647"}},
		{Dialect{Rootless: true, Groups: 65537}, plan.Pod{}, []string{ports, "net.ipv4.ping_group_range=0 65536"}},
		{Dialect{Rootless: true}, plan.Pod{}, []string{ports}},
		{Dialect{}, plan.Pod{Sandbox: plan.Sandbox{HostNetwork: true}}, nil},
		{Dialect{}, plan.Pod{Sandbox: plan.Sandbox{Sysctls: []plan.Sysctl{{Name: "net.ipv4.ping_group_range", Value: "0 1"}}}}, []string{ports}},
	} {
		got := slices.DeleteFunc(test.dialect.sysctls(&test.pod), func(word string) bool { return word == "--sysctl" })
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%+v: %s", test.dialect, diff)
		}
	}
}
