package rootless

import (
	"fmt"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// Host is what a host lets a user do. Text that a command is made of, such as User, comes from the host's own files.
type Host struct {
	UID  int
	User string
	// Runtime is the one that the user has; empty is podman.
	Runtime string
	// NoHostNetwork says that the runtime has a network of its own for the host's.
	NoHostNetwork bool
	// Systemd says that systemd is the service manager.
	Systemd bool
	// RuntimeDir is what XDG_RUNTIME_DIR says, Owned that it is a directory of the user's.
	RuntimeDir string
	Owned      bool
	// Session says that /run/user/<uid> is there: the user has logged in somewhere, or lingers.
	Session bool
	// Linger says that the user's services run from boot on, and go on after the last logout.
	Linger bool
	// StopLimit is how long systemd lets the user's services take to end all together, in seconds; 0 is unknown or without a limit.
	StopLimit int64
	// FirstPort is the lowest port that a user may publish.
	FirstPort int32
	// UIDs and GIDs are the ids that containers may have.
	UIDs, GIDs IDs
	// Mapper says that newuidmap, which gives them, is installed.
	Mapper bool
	// Unified says that control groups are those of version 2. Those of version 1 cannot be given to users.
	Unified bool
	// Controllers are those that the user's service manager was given.
	Controllers []string
}

// IDs are the ids of one kind.
type IDs struct {
	// Count is how many there are; in containers they are 0 to Count-1.
	Count int64
	// Unknown says that they are kept elsewhere than in the files that were read.
	Unknown bool
	// Next is where a range would begin that nobody has.
	Next int64
}

// each collects what a check says of each pod.
func each(want plan.Plan, check func(p *plan.Pod) []Problem) []Problem {
	var all []Problem
	for i := range want.Pods {
		p := &want.Pods[i]
		for _, problem := range check(p) {
			problem.Pod = p.Ref
			all = append(all, problem)
		}
	}
	return all
}

// Problem is what keeps pods from being as their manifests say.
type Problem struct {
	// Pod is the one concerned; the zero value is all of them.
	Pod plan.Ref
	// Text is one line, Hint what to do; empty where that of a later problem mends this one, too.
	Text, Hint string
	// Warning says that the pod runs nevertheless.
	Warning bool
}

func (p Problem) String() string {
	text := p.Text
	if p.Warning {
		text = "warning: " + text
	}
	if p.Pod != (plan.Ref{}) {
		text = fmt.Sprintf("pod %q: %s", p.Pod.Name, text)
	}
	if p.Hint != "" {
		text += "\n  hint: " + p.Hint
	}
	return text
}

// hinted gives the last of problems a hint that mends all of them.
func hinted(all []Problem, hint string) []Problem {
	if len(all) > 0 {
		all[len(all)-1].Hint = hint
	}
	return all
}

// Check says what of a plan this host keeps from the user: one kind after another, each in the order of the plan.
func (h Host) Check(want plan.Plan) []Problem {
	var all []Problem
	for _, lack := range []*Problem{h.CheckSession(), h.CheckIDs()} {
		if lack != nil {
			all = append(all, *lack)
		}
	}
	all = slices.Concat(all, h.network(want), h.ports(want), h.ids(want), h.limits(want), h.gracePeriods(want))
	if lack := h.CheckLinger(); lack != nil && len(want.Pods) > 0 {
		all = append(all, *lack)
	}
	return all
}
