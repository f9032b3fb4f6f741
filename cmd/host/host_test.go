package host

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/translate"
)

func TestParseResolvConf(t *testing.T) {
	got := parseResolvConf("# comment\n; another\nnameserver 10.0.0.1\nnameserver\t10.0.0.2 \ndomain a.b\nsearch c.d. e.f .\n" +
		"options ndots:2 rotate\noptions rotate timeout:1\nnameserver\nsortlist 1.2.3.4\n\n")
	want := translate.ResolvConf{Nameservers: []string{"10.0.0.1", "10.0.0.2"}, Searches: []string{"c.d", "e.f", "."},
		Options: []string{"ndots:2", "rotate", "timeout:1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestThisHost(t *testing.T) {
	h := Look(settings.Settings{StateDir: "/nobody/made/this"})
	if len(h.IPs) == 0 || h.CPUs < 1 || h.Memory < 1<<20 || h.Storage < 1<<20 || h.Name == "" {
		t.Errorf("%+v", h)
	}
}
