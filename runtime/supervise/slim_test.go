package supervise

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSpans: only what is exactly as in a file may be given back.
func TestSpans(t *testing.T) {
	got := spans(`00400000-00500000 r-xp 00000000 fe:00 101 /usr/bin/kubehost
Size:               1024 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me sd
00500000-00600000 r--p 00100000 fe:00 101 /usr/bin/kube host
Anonymous:             0 kB
00600000-00700000 r--p 00200000 fe:00 101 /usr/bin/kubehost
Anonymous:             4 kB
00700000-00800000 rw-p 00300000 fe:00 101 /usr/bin/kubehost
Anonymous:             0 kB
c000000000-c000400000 r--p 00000000 00:00 0 
Anonymous:             0 kB
7ffd1000-7ffd2000 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
`)
	want := []span{{0x400000, 0x500000}, {0x500000, 0x600000}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(span{})); d != "" {
		t.Error(d)
	}
}

// TestSlim: this very test goes on.
func TestSlim(t *testing.T) {
	s := slimmer{due: true}
	s.slim()
	if len(s.program) == 0 {
		t.Error("nothing was found to be given back")
	}
	if !s.when().IsZero() {
		t.Error("it is due again though nothing was done")
	}
}
