package runtime

import (
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// options are the user's own. They stand last, so that of an option that is given twice theirs counts.
func (e Engine) options(o plan.Options) []string {
	if e.Dialect.Name() == "docker" {
		return slices.Concat(o.Both, o.Docker)
	}
	return slices.Concat(o.Both, o.Podman)
}
