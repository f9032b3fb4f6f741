package rootless

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// controllers are those of control groups that options of a container need.
var controllers = map[string]string{
	"--cpuset-cpus": "cpuset", "--cpuset-mems": "cpuset", "--pids-limit": "pids", "--memory": "memory", "--memory-swap": "memory",
	"--memory-reservation": "memory", "--cpus": "cpu", "--cpu-quota": "cpu", "--cpu-period": "cpu", "--cpu-shares": "cpu",
	"--blkio-weight": "io", "--blkio-weight-device": "io",
	"--device-read-bps": "io", "--device-read-iops": "io", "--device-write-bps": "io", "--device-write-iops": "io",
}

// Has says whether the user's containers can have limits of a controller.
func (h Host) Has(controller string) bool {
	return h.Unified && slices.Contains(h.Controllers, controller)
}

// limits are those that this user's control groups do not keep. On version 1 podman runs the containers
// without them; on version 2 it does not.
func (h Host) limits(want plan.Plan) []Problem { return each(want, h.podLimits) }

func (h Host) podLimits(p *plan.Pod) []Problem {
	var all []Problem
	for _, u := range p.Units {
		for _, need := range h.needs(u) {
			problem := Problem{Text: fmt.Sprintf("container %s: %s needs the controller %s, which %s was not given", u.Name, need.what, need.controller, h.User),
				Hint: h.delegate()}
			switch {
			case h.Has(need.controller):
				continue
			case !h.Unified:
				problem = Problem{Warning: true, Text: fmt.Sprintf("container %s: %s is not kept: control groups of version 1 are root's alone", u.Name, need.what),
					Hint: unified}
			case !h.Systemd:
				problem.Hint = noSystemd
			}
			all = append(all, problem)
		}
	}
	return all
}

// What to do about control groups.
const (
	unified   = "boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, or run the pod as root"
	noSystemd = "run the pod as root: only systemd gives controllers to users"
)

// delegate gives users the controllers. A user's manager that runs has them only when it is started anew: one that lingers does
// not end with a logout.
func (h Host) delegate() string {
	return "as root: mkdir -p /etc/systemd/system/user@.service.d && " +
		`printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >/etc/systemd/system/user@.service.d/delegate.conf && systemctl daemon-reload; then reboot, or ` +
		fmt.Sprintf("systemctl restart user@%d, which ends all of %s's services, and starts those of pods again", h.UID, h.User)
}

type need struct{ what, controller string }

// needs are the limits of a container with their controllers.
func (h Host) needs(u plan.Unit) []need {
	var all []need
	if u.Resources.CPUQuota > 0 {
		all = append(all, need{"the limit of cpu", "cpu"})
	}
	if u.Resources.Memory > 0 {
		all = append(all, need{"the limit of memory", "memory"})
	}
	own := u.Options.Podman
	if h.Runtime == "docker" {
		own = u.Options.Docker
	}
	for _, option := range slices.Concat(u.Options.Both, own) {
		name, _, _ := strings.Cut(option, "=")
		if c := controllers[name]; c != "" {
			all = append(all, need{"the option " + name, c})
		}
	}
	return all
}
