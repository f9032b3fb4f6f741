package runtime

import (
	"context"
	"slices"
)

// Pull is how far the pull of an image has come, as far as the runtime tells.
type Pull struct {
	Image string
	// Layers is how many it has met, Here how many of them are here; -1 where the runtime does not tell.
	Layers, Here int
}

// pullMeter counts the layers of which a pull speaks.
type pullMeter struct {
	features     Features
	layers, here []string
}

// hear reads a line, and says whether it was about progress.
func (m *pullMeter) hear(line string) bool {
	if m.features.PullLine == nil {
		return false
	}
	words := m.features.PullLine.FindStringSubmatch(line)
	if words == nil {
		return false
	}
	for i, group := range m.features.PullLine.SubexpNames() {
		switch {
		case words[i] == "":
		case group == "layer":
			m.layers = add(m.layers, words[i])
		case group == "here":
			m.layers, m.here = add(m.layers, words[i]), add(m.here, words[i])
		}
	}
	return true
}

func add(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// pull is what the lines have told.
func (m *pullMeter) pull(image string) Pull {
	p := Pull{Image: image, Layers: len(m.layers), Here: -1}
	if slices.Contains(m.features.PullLine.SubexpNames(), "here") {
		p.Here = len(m.here)
	}
	return p
}

// pullReporter is a Runner that tells how far pulls have come.
type pullReporter struct {
	Engine
	tell func(Pull)
}

func (r pullReporter) Run(ctx context.Context, c Command) (Result, error) {
	if c.Pulls == "" || r.Dialect.Features().PullLine == nil {
		return r.Runner.Run(ctx, c)
	}
	m := pullMeter{features: r.Dialect.Features()}
	told := m.pull(c.Pulls)
	r.tell(told)
	c.Heard = func(line string) bool {
		taken := m.hear(line)
		if now := m.pull(c.Pulls); now != told {
			told = now
			r.tell(now)
		}
		return taken
	}
	return r.Runner.Run(ctx, c)
}
