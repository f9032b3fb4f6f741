package rootless

import (
	"fmt"

	"github.com/kubehost/kubehost/translate/plan"
)

// CheckSession says what is wrong with the user's session, or nil. Without one podman keeps what it knows of running
// containers where the next login does not look for it, and has no bridge networks.
func (h Host) CheckSession() *Problem {
	own := fmt.Sprintf("/run/user/%d", h.UID)
	p := &Problem{Text: "XDG_RUNTIME_DIR is not set: this is no session of the user " + h.User}
	switch {
	case h.Owned:
		return nil
	case h.RuntimeDir != "":
		p.Text = fmt.Sprintf("XDG_RUNTIME_DIR is %s, which is no directory of the user %s", h.RuntimeDir, h.User)
	case !h.Systemd:
		return nil // podman makes do with a directory of its own
	}
	switch {
	case h.Session:
		p.Hint = "export XDG_RUNTIME_DIR=" + own
	case h.Systemd:
		p.Hint = fmt.Sprintf("log in as %s (ssh, or as root: machinectl shell %s@), or as root: loginctl enable-linger %s; then export XDG_RUNTIME_DIR=%s",
			h.User, h.User, h.User, own)
	default:
		p.Hint = "unset XDG_RUNTIME_DIR"
	}
	return p
}

// CheckLinger warns that pods end with the user's last session, and do not start at boot.
func (h Host) CheckLinger() *Problem {
	if !h.Systemd || h.Linger {
		return nil
	}
	return &Problem{Warning: true, Text: fmt.Sprintf("the pods of %s end at logout, and do not start at boot", h.User),
		Hint: "loginctl enable-linger " + h.User + ", or kubehost apply --enable-linger"}
}

// stopSlack is what a user's services may need to end beyond the longest grace period, in seconds.
const stopSlack = 60

// gracePeriods warns of those that the user's manager is not given: systemd ends it, and all in it, before they are over.
func (h Host) gracePeriods(want plan.Plan) []Problem {
	longest := int64(0)
	all := each(want, func(p *plan.Pod) []Problem {
		if !h.Systemd || h.StopLimit == 0 || p.GracePeriod < h.StopLimit {
			return nil
		}
		longest = max(longest, p.GracePeriod)
		return []Problem{{Warning: true, Text: fmt.Sprintf("its grace period of %d s is cut off at logout and shutdown: systemd ends the services of a user after %d s",
			p.GracePeriod, h.StopLimit)}}
	})
	return hinted(all, fmt.Sprintf("as root: mkdir -p /etc/systemd/system/user@.service.d && "+
		`printf '[Service]\nTimeoutStopSec=%d\n' >/etc/systemd/system/user@.service.d/stop.conf && systemctl daemon-reload`, longest+stopSlack))
}
