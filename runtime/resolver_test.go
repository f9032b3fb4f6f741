package runtime

import (
	"errors"
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestNoResolver(t *testing.T) {
	for conf, fails := range map[string]bool{"nameserver " + plan.Resolver + "\n": true, "nameserver 192.0.2.1\n": false} {
		p := webPod()
		p.Sandbox.DNS.Conf = conf
		h := newHost(true)
		h.Networks = []Network{{Name: p.Sandbox.Network, NoDNS: true}, {Name: "other"}}
		_, err := Decide(planned(p), h.Observed, h.infra())
		var no *NoResolverError
		if errors.As(err, &no) != fails {
			t.Errorf("%q: got %v", conf, err)
		}
	}
}
