package runtime

import (
	"fmt"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// NoResolverError is a network without a name server, which somebody else made, and that a pod is to join.
type NoResolverError struct {
	Ref     plan.Ref
	Network string
}

func (e *NoResolverError) Error() string {
	return fmt.Sprintf("pod %q: the network %q has no name server that knows its pods\n  hint: make it without --disable-dns, or put the pod on another network",
		e.Ref.Name, e.Network)
}

// noResolvers finds the pods whose resolv.conf would name a server that is not there.
func noResolvers(d Desired, o Observed) []error {
	var errs []error
	mute := map[string]bool{}
	for _, n := range o.Networks {
		mute[n.Name] = n.NoDNS
	}
	for _, p := range d.Plan.Pods {
		if s := p.Sandbox; mute[s.Network] && strings.Contains(s.DNS.Conf, plan.Resolver) {
			errs = append(errs, &NoResolverError{Ref: p.Ref, Network: s.Network})
		}
	}
	return errs
}
