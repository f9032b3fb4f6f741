package rootless

import (
	"fmt"
	"strings"
)

// Finding is one thing that matters to pods of a user, as it is on the host.
type Finding struct {
	What, Text string
	// Problem says what is wrong with it; nil is nothing.
	Problem *Problem
}

// Findings are all that [Host.Check] looks at, whatever pods ask for. What only some pods ask for is a warning.
func (h Host) Findings() []Finding {
	return []Finding{
		{"session", first(h.RuntimeDir, "none is needed here"), h.CheckSession()},
		{"ids in containers", h.extent(), h.CheckIDs()},
		{"ports", fmt.Sprintf("from %d on", h.FirstPort), h.checkPorts()},
		{"control groups", strings.Join(h.Controllers, " "), h.checkLimits()},
		h.LingerFinding(),
	}
}

// LingerFinding is what matters to all services of a user, also to those of pods that root's docker runs.
func (h Host) LingerFinding() Finding {
	linger := "on"
	if !h.Systemd {
		linger = "not a matter here: this host does not run systemd"
	}
	return Finding{"linger", linger, h.CheckLinger()}
}

func (h Host) extent() string {
	if h.UIDs.Unknown || h.GIDs.Unknown {
		return "kept elsewhere than in /etc/subuid"
	}
	return fmt.Sprintf("users 0 to %d, groups 0 to %d", h.UIDs.Count-1, h.GIDs.Count-1)
}

// usualPort is the lowest that manifests usually publish.
const usualPort = 80

func (h Host) checkPorts() *Problem {
	if h.FirstPort <= usualPort {
		return nil
	}
	return &Problem{Warning: true, Text: fmt.Sprintf("only root may publish those below %d", h.FirstPort), Hint: "as root: " + allowPorts(usualPort)}
}

// checkLimits looks for the controllers of the limits that Kubernetes knows.
func (h Host) checkLimits() *Problem {
	switch {
	case !h.Unified:
		return &Problem{Warning: true, Text: "those of version 1 are root's alone: limits of cpu and memory are not kept", Hint: unified}
	case h.Has("cpu") && h.Has("memory"):
		return nil
	case !h.Systemd:
		return &Problem{Warning: true, Text: "only systemd gives them to users: pods with limits cannot run", Hint: noSystemd}
	}
	return &Problem{Warning: true, Text: fmt.Sprintf("%s was given %q: pods with other limits cannot run", h.User, strings.Join(h.Controllers, " ")), Hint: h.delegate()}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
