package translate

import (
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// Host is what a translation must know of the host.
type Host struct {
	// StateDir holds what kubehost keeps for pods: <StateDir>/pods/<namespace>/<pod>/.
	StateDir string
	// VolumeBaseDir holds the claims: <VolumeBaseDir>/<subdir>/<claim>.
	VolumeBaseDir string
	// Name is the host's name.
	Name string
}

// Translate makes the plan of all pods of the set that were given (not [manifests.Object.Stored]).
// Problems are those that only show here: two things that would get one name, values
// that cannot be expanded.
func Translate(set *manifests.Set, host Host) (plan.Plan, manifests.Problems) {
	panic("to be written")
}
