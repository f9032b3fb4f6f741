package rootless

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindings(t *testing.T) {
	lacking := Host{UID: 1000, User: "kube", Systemd: true, FirstPort: 1024, UIDs: IDs{Count: 1, Next: 100000}, GIDs: IDs{Count: 1, Next: 100000},
		Mapper: true, Unified: true, Controllers: []string{"memory"}}
	tests := []struct {
		name string
		host Host
		want string
	}{
		{"complete", complete(), `session: /run/user/1000
ids in containers: users 0 to 65536, groups 0 to 65536
ports: warning: only root may publish those below 1024
  hint: as root: echo net.ipv4.ip_unprivileged_port_start=80 | tee /etc/sysctl.d/50-kubehost.conf | sysctl -p -
control groups: cpu memory pids
linger: on
`},
		{"lacking", lacking, `session: XDG_RUNTIME_DIR is not set: this is no session of the user kube
  hint: log in as kube (ssh, or as root: machinectl shell kube@), or as root: loginctl enable-linger kube; then export XDG_RUNTIME_DIR=/run/user/1000
ids in containers: kube has no range of subordinate uids: containers could have no user but one
  hint: as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 kube; then as kube: podman system migrate
ports: warning: only root may publish those below 1024
  hint: as root: echo net.ipv4.ip_unprivileged_port_start=80 | tee /etc/sysctl.d/50-kubehost.conf | sysctl -p -
control groups: warning: kube was given "memory": pods with other limits cannot run
  hint: ` + delegation + `
linger: warning: the pods of kube end at logout, and do not start at boot
  hint: loginctl enable-linger kube, or kubehost apply --enable-linger
`},
		{"no systemd", Host{UID: 1000, User: "kube", UIDs: IDs{Unknown: true}, GIDs: IDs{Unknown: true}, Mapper: true, Unified: true}, `session: none is needed here
ids in containers: kept elsewhere than in /etc/subuid
ports: from 0 on
control groups: warning: only systemd gives them to users: pods with limits cannot run
  hint: run the pod as root: only systemd gives controllers to users
linger: not a matter here: this host does not run systemd
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got strings.Builder
			for _, f := range test.host.Findings() {
				text := f.Text
				if f.Problem != nil {
					text = f.Problem.String()
				}
				fmt.Fprintf(&got, "%s: %s\n", f.What, text)
			}
			if diff := cmp.Diff(test.want, got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
