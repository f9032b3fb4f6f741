package translate

import (
	"fmt"

	"github.com/kubehost/kubehost/manifests"
)

// taken is what the pods of a host, those applied earlier included, already
// have and no other can have too.
type taken struct {
	// names are those of pods and containers at the runtime.
	names map[string]owner
	// ports are by the number of the host's port.
	ports map[int32][]hostPort
	// claims are the directories of claims, and above all that lie above one.
	claims, above map[string]owner
}

func newTaken() taken {
	return taken{
		names:  map[string]owner{},
		ports:  map[int32][]hostPort{},
		claims: map[string]owner{},
		above:  map[string]owner{},
	}
}

// owner says in messages whose a thing is.
type owner struct {
	what   string
	origin manifests.Origin
}

func (o owner) String() string {
	if o.origin.Document > 0 {
		return fmt.Sprintf("%s (%s, document %d)", o.what, o.origin.File, o.origin.Document)
	}
	return fmt.Sprintf("%s (%s)", o.what, o.origin.File)
}
