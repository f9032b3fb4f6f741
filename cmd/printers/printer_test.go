package printers

import (
	"bytes"
	order "cmp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestLateValuesArePrintedAsWords(t *testing.T) {
	for format, want := range map[string]string{"json": "\"ip=<podIP> at <resolver>\"\n", "yaml": "ip=<podIP> at <resolver>\n"} {
		var out bytes.Buffer
		if err := Data(&out, "ip="+plan.PodIP+" at "+plan.Resolver, format); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v", format, out.String(), err)
		}
	}
}

// TestGridRemembers: later rows keep to the columns of earlier ones, and widen them.
func TestGridRemembers(t *testing.T) {
	var b strings.Builder
	g := grid{w: &b}
	for _, row := range [][]string{{"NAME", "X", "AGE"}, {"long-name", "ü", "1s"}, {"web", "1", "2s"}} {
		if err := g.print(row); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff("NAME   X     AGE\nlong-name   ü     1s\nweb         1     2s\n", b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestCompareValues(t *testing.T) {
	ordered := []any{nil, int64(2), 10.5, int64(30), "1Gi", "2Gi", "a1b", "a2", "a10", "b", "٣", "٣٣"}
	for i, a := range ordered {
		for j, b := range ordered {
			mixed := false
			for _, v := range []any{a, b} {
				_, isNumber := number(v)
				mixed = mixed != isNumber
			}
			if mixed && a != nil && b != nil {
				continue // of different types; there is no order to hold
			}
			if got, want := compareValues(a, b), order.Compare(i, j); got != want {
				t.Errorf("%v and %v: %d, want %d", a, b, got, want)
			}
		}
	}
}
