package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
)

func TestDecimal(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1949: "1.9 kB", 99_949: "99.9 kB", 99_950: "100 kB", 999_499: "999 kB",
		999_500: "1.0 MB", 12_345_678: "12.3 MB", 2_000_000_000: "2.0 GB", 5_000_000_000_000_000: "5000 TB"} {
		if got := decimal(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

func TestThings(t *testing.T) {
	var out strings.Builder
	p := pruning{acting: acting{program: &program{stdout: &out}}}
	for _, op := range []runtime.Op{
		runtime.RemoveImage{ID: "0123456789abcdef", Names: []string{"docker.io/library/a:1", "reg:5000/b:1"}, Size: 1_500_000},
		runtime.RemoveImage{ID: "0123456789abcdef", Was: "docker.io/library/a:1", Size: 500_000},
		runtime.RemoveImage{ID: "0123"},
		runtime.RemoveNetwork{Name: "kubehost"},
	} {
		out.WriteString(thingOf(op).sized() + "\n")
		p.deleted(thingOf(op), "")
	}
	p.total(" (dry run)")
	want := `image docker.io/library/a:1, reg:5000/b:1 (1.5 MB)
image "docker.io/library/a:1, reg:5000/b:1" deleted
image 0123456789ab, once docker.io/library/a:1 (500 kB)
image "0123456789ab" deleted, once docker.io/library/a:1
image 0123
image "0123" deleted
network kubehost
network "kubehost" deleted
freed up to 2.0 MB (dry run)
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
