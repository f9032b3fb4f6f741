package main

import (
	"bytes"
	"testing"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestLateValuesArePrintedAsWords(t *testing.T) {
	for format, want := range map[string]string{"json": "\"ip=<podIP> at <resolver>\"\n", "yaml": "ip=<podIP> at <resolver>\n"} {
		var out bytes.Buffer
		p := &program{stdout: &out}
		if err := p.printData("ip="+plan.PodIP+" at "+plan.Resolver, format); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v", format, out.String(), err)
		}
	}
}
