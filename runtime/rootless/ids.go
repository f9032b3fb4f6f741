package rootless

import (
	"fmt"

	"github.com/kubehost/kubehost/translate/plan"
)

// enoughIDs is what images expect: 16 bits of them.
const enoughIDs = 65536

// CheckIDs says what keeps the user from having more than the own id in containers, or nil. No usual image
// can be unpacked then.
func (h Host) CheckIDs() *Problem {
	switch {
	case !h.Mapper:
		return &Problem{Text: "newuidmap and newgidmap are not installed: containers could have no user but one",
			Hint: "as root: apt-get install uidmap (elsewhere the package is called shadow-utils)"}
	case h.missing(h.UIDs):
		return &Problem{Text: fmt.Sprintf("%s has no range of subordinate uids: containers could have no user but one", h.User), Hint: h.moreIDs(enoughIDs)}
	case h.missing(h.GIDs):
		return &Problem{Text: fmt.Sprintf("%s has no range of subordinate gids: containers could have no group but one", h.User), Hint: h.moreIDs(enoughIDs)}
	}
	return nil
}

func (h Host) missing(ids IDs) bool { return !ids.Unknown && ids.Count <= 1 }

// ids are those that pods ask for and the user does not have. The hint gives the highest of all pods: ranges for each would overlap.
func (h Host) ids(want plan.Plan) []Problem {
	if h.CheckIDs() != nil {
		return nil // that says it all
	}
	highest := int64(0)
	all := each(want, func(p *plan.Pod) (high []Problem) {
		check := func(id int64, have IDs, what string) {
			if !have.Unknown && id >= have.Count {
				highest = max(highest, id)
				high = append(high, Problem{Text: fmt.Sprintf("%s %d is more than the ids that %s may give to containers, 0 to %d", what, id, h.User, have.Count-1)})
			}
		}
		h.checkPodIDs(p, check)
		return high
	})
	return hinted(all, "use a lower id, or "+h.moreIDs((highest/enoughIDs+1)*enoughIDs))
}

// checkPodIDs checks each id that a pod asks for.
func (h Host) checkPodIDs(p *plan.Pod, check func(id int64, have IDs, what string)) {
	for _, u := range p.Units {
		if u.Identity.User != nil {
			check(*u.Identity.User, h.UIDs, fmt.Sprintf("container %s: user", u.Name))
		}
		if u.Identity.Group != nil {
			check(*u.Identity.Group, h.GIDs, fmt.Sprintf("container %s: group", u.Name))
		}
		for _, g := range u.Identity.Groups {
			if p.FSGroup == nil || g != *p.FSGroup {
				check(g, h.GIDs, fmt.Sprintf("container %s: supplemental group", u.Name))
			}
		}
	}
	if p.FSGroup != nil {
		check(*p.FSGroup, h.GIDs, "fsGroup")
	}
}

// moreIDs is the command that gives the user a range in which containers have count ids.
func (h Host) moreIDs(count int64) string {
	subs := func(option string, ids IDs) string {
		if ids.Unknown || ids.Count >= count {
			return ""
		}
		return fmt.Sprintf(" %s %d-%d", option, ids.Next, ids.Next+count-max(ids.Count, 1))
	}
	again := "podman system migrate"
	if h.Runtime == "docker" {
		again = "systemctl --user restart docker"
	}
	return fmt.Sprintf("as root: usermod%s%s %s; then as %s: %s", subs("--add-subuids", h.UIDs), subs("--add-subgids", h.GIDs), h.User, h.User, again)
}
