package supervise

import (
	"time"
)

// ways is what a container does when it is run, asked, stopped.
type ways struct {
	// runs are the runs in order; the last one stands for all after it.
	runs []run
	// yes is the answer of a probe in the n-th run, some time after its start; nil is always yes.
	yes func(kind ProbeKind, n int, after time.Duration) answer
	// hooks are how long a hook takes; one that fails fails after that.
	postStart, preStop hook
	begun              int
}

type hook struct {
	takes time.Duration
	fails bool
}

type answer int

const (
	yes answer = iota
	no
	unknown
	warning
)

// run is one run of a container.
type run struct {
	// refuses is the reason for which it cannot be started.
	refuses string
	// hasty says that it was taken for granted that its image is here.
	hasty bool
	// lasts is how long it runs by itself; 0 is for ever.
	lasts time.Duration
	code  int
	oom   bool
	// heeds is how long after SIGTERM it ends, with termCode; it ends on SIGKILL only if it is deaf.
	heeds    time.Duration
	deaf     bool
	termCode int
}

type container struct {
	Container
	unit string
	run  run
	hash string
	n    int // which run it is
}
