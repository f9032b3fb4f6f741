package runtime

import (
	"regexp"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// logOption is an option of the user's own about logs.
var logOption = regexp.MustCompile(`^--log-(driver|opt)(=|$)`)

// journalFlags send what the container prints to the journal, where both runtimes call the container CONTAINER_NAME and
// their tag CONTAINER_TAG: that is the pod's name, by which all its containers are found. Docker could add our labels as
// fields, podman 4.3 cannot. Where a user says anything about logs, an option may be one of another driver: nothing is said here.
func (e Engine) journalFlags(p *plan.Pod, u plan.Unit) []string {
	if !p.Journal || slices.ContainsFunc(e.options(u.Options), logOption.MatchString) {
		return nil
	}
	return []string{"--log-driver", "journald", "--log-opt", "tag=" + p.ID}
}
