package main

import (
	"fmt"
	"strings"

	"github.com/kubehost/kubehost/runtime"
)

// thing is something that is removed.
type thing struct {
	kind, name, remark string
	size               int64 // in bytes; 0 when it is not worth telling
}

func thingOf(op runtime.Op) thing {
	switch op := op.(type) {
	case runtime.RemoveImage:
		t := thing{kind: "image", name: strings.Join(op.Names, ", "), size: op.Size}
		if t.name == "" {
			t.name = op.ID[:min(12, len(op.ID))]
		}
		if op.Was != "" {
			t.remark = ", once " + op.Was
		}
		return t
	case runtime.RemoveNetwork:
		return thing{kind: "network", name: op.Name}
	}
	return thing{name: op.String()}
}

func (t thing) sized() string {
	text := t.kind + " " + t.name + t.remark
	if t.size > 0 {
		text += " (" + decimal(t.size) + ")"
	}
	return text
}

// deleted prints the line of something that was removed.
func (p *pruning) deleted(t thing, suffix string) {
	p.freed += t.size
	fmt.Fprintf(p.stdout, "%s %q deleted%s%s\n", t.kind, t.name, t.remark, suffix)
}

// total is the last line. Images share layers, with others that stay perhaps: the runtimes tell only their whole size.
func (p *pruning) total(suffix string) {
	if p.freed > 0 {
		fmt.Fprintf(p.stdout, "freed up to %s%s\n", decimal(p.freed), suffix)
	}
}

// decimal is a number of bytes as both runtimes write it.
func decimal(n int64) string {
	value, unit := float64(n), 0
	units := []string{"B", "kB", "MB", "GB", "TB"}
	for ; value >= 999.5 && unit < len(units)-1; unit++ {
		value /= 1000
	}
	digits := 0
	if unit > 0 && value < 99.95 {
		digits = 1
	}
	return fmt.Sprintf("%.*f %s", digits, value, units[unit])
}
