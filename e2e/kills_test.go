package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

const (
	// longestLife is how long a supervisor lives at most before it is killed, or twice that on a slow host; longestAct is
	// how long it lives on from when it first changes something: about as long as it takes to start a container.
	longestLife = 300 * time.Millisecond
	longestAct  = 200 * time.Millisecond
	// The back-off lets a container start for the second time at once, for the third after 10 s, for the fourth
	// after 20 s: the last crashes must not come too late.
	mostCrashes, lateCrashes = 3, 2
)

// kills kills a pod's supervisor at random moments, round after round, while containers crash. A new one begins
// at once: alone, beside another, or because of an apply. Then it waits until each container has run as often as it should.
//
//	kills -rounds N -runs DIR FILE
//
// The pod in FILE is called as the file is. Its containers add a line to DIR/NAME at each start, and end with the status that they
// read from the pipe DIR/NAME.end. KUBEHOST_E2E_SEED makes the same choices again.
func kills(ts *testscript.TestScript, args []string) {
	flags := flag.NewFlagSet("kills", flag.ContinueOnError)
	rounds := flags.Int("rounds", 1, "")
	runs := flags.String("runs", "", "")
	ts.Check(flags.Parse(args))
	if *runs == "" || flags.NArg() != 1 {
		ts.Fatalf("usage: kills -rounds N -runs DIR FILE")
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("KUBEHOST_E2E_SEED"); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		ts.Check(err)
	}
	ts.Logf("KUBEHOST_E2E_SEED=%d", seed)
	s, file := of(ts), flags.Arg(0)
	k := &killing{ts: ts, script: s, random: rand.New(rand.NewPCG(seed, 0)), file: file, runs: ts.MkAbs(*runs),
		ref: plan.Ref{Namespace: s.ns, Name: strings.TrimSuffix(file, ".yaml")}, crashes: map[string]int{}}
	k.station = supervise.Station{Dir: s.dir("state/run"), Ref: k.ref}
	k.journal = s.startJournal(ts)
	ts.Check(ts.Exec("kubehost", "apply", "--wait", "--timeout", "60s", "-f", file))
	k.findContainers()
	k.env = environ(ts)
	k.life = k.lifetime()
	watch := watchStatus(k.station)
	defer watch.stop()
	for n := range *rounds {
		k.round(n < *rounds/2)
		ts.Check(watch.err())
	}
	k.finish()
	ts.Check(watch.err())
	ts.Check(k.journal.check())
}

// killing is one run of kills.
type killing struct {
	ts      *testscript.TestScript
	script  *script
	random  *rand.Rand
	env     []string
	file    string
	runs    string
	ref     plan.Ref
	station supervise.Station
	journal *journal
	// containers are those that can crash; crashes counts how often each was made to.
	containers []string
	crashes    map[string]int
	// life is how long supervisors live at most; acted counts those that came to change something.
	life  time.Duration
	acted int
	// alive are the supervisors that were begun here, applying an apply that may begin others.
	alive    []*process
	applying *process
}

// findContainers finds those that listen.
func (k *killing) findContainers() {
	pipes, err := filepath.Glob(filepath.Join(k.runs, "*.end"))
	k.ts.Check(err)
	for _, pipe := range pipes {
		k.containers = append(k.containers, strings.TrimSuffix(filepath.Base(pipe), ".end"))
	}
	if len(k.containers) == 0 {
		k.ts.Fatalf("no container of %s listens", k.file)
	}
}

// round kills the supervisor, lets another begin, and leaves it alone for a while.
func (k *killing) round(early bool) {
	k.kill()
	switch how := k.random.IntN(10); {
	case how == 0 && (k.applying == nil || k.applying.ended()):
		k.apply()
	case how <= 2:
		k.rival()
	default:
		k.begin()
	}
	crash, end := time.After(k.moment(k.life)), time.After(k.moment(k.life))
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	before, err := k.journal.changes()
	k.ts.Check(err)
	for acts := false; ; {
		select {
		case <-end:
			return
		case <-crash:
			if k.crash(early) && !acts {
				end = time.After(patience) // it acts soon
			}
		case <-tick.C:
			// What it does is to be cut off rather than what it reads.
			now, err := k.journal.changes()
			k.ts.Check(err)
			if !acts && now > before {
				acts, end = true, time.After(k.moment(longestAct))
				k.acted++
			}
		}
	}
}

// moment is some time before the longest one.
func (k *killing) moment(longest time.Duration) time.Duration {
	return time.Duration(k.random.Int64N(int64(longest)))
}

// lifetime is how long supervisors live here at most: long enough for most of them to come to act.
func (k *killing) lifetime() time.Duration {
	k.kill()
	begun := time.Now()
	before, err := k.journal.lines()
	k.ts.Check(err)
	k.begin()
	k.ts.Check(retry(patience, func() error {
		lines, err := k.journal.lines()
		if err == nil && !slices.ContainsFunc(lines[len(before):], func(l string) bool { return strings.Contains(l, "container inspect") }) {
			err = errors.New("the supervisor does not look at its containers")
		}
		return err
	}))
	return min(max(longestLife, 2*time.Since(begun)), 2*longestLife)
}

// begin begins a supervisor as apply does.
func (k *killing) begin() *process {
	p := k.script.start(k.ts, k.env, "kubehost", "supervise", "--detached", "-n", k.ref.Namespace, k.ref.Name)
	k.alive = append(k.alive, p)
	return p
}

// rival begins two at once: one of them finds the other, and ends.
func (k *killing) rival() {
	a, b := k.begin(), k.begin()
	select {
	case <-a.done:
	case <-b.done:
	case <-time.After(patience):
		k.ts.Fatalf("two supervisors live")
	}
	if a.ended() && b.ended() && k.applying == nil {
		k.ts.Fatalf("of two supervisors none lives:\n%s%s", a.output(), b.output())
	}
}

// apply begins one by the way.
func (k *killing) apply() {
	k.checkApply()
	k.applying = k.script.start(k.ts, k.env, "kubehost", "apply", "-f", k.file)
}

func (k *killing) checkApply() {
	if k.applying == nil {
		return
	}
	<-k.applying.done
	// It may give up when a slow host lets no supervisor come far enough.
	if k.applying.err != nil && !strings.Contains(k.applying.output(), "its supervisor does not start") {
		k.ts.Fatalf("apply: %v\n%s", k.applying.err, k.applying.output())
	}
	k.applying = nil
}

// kill kills the supervisor that lives, whoever began it.
func (k *killing) kill() {
	pid, err := k.station.Alive()
	k.ts.Check(err)
	if pid != 0 {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	for _, p := range k.alive {
		if !p.ended() {
			_ = p.cmd.Process.Kill()
		}
		<-p.done
		// One that found another has ended well.
		if code, ran := exitCode(p.err); p.err != nil && (!ran || code >= 0) {
			k.ts.Fatalf("supervisor: %v\n%s", p.err, p.output())
		}
	}
	k.alive = nil
}

// crash ends one of the containers that wait for it, by a status of its own or from outside. It says whether the container is to
// start again without a pause.
func (k *killing) crash(early bool) bool {
	most := lateCrashes
	if early {
		most = mostCrashes
	}
	for _, i := range k.random.Perm(len(k.containers)) {
		name := k.containers[i]
		if k.crashes[name] >= most {
			continue
		}
		pipe, err := os.OpenFile(filepath.Join(k.runs, name+".end"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			continue // it is not there to read
		}
		defer pipe.Close()
		k.crashes[name]++
		if status := k.random.IntN(6); status < 3 {
			_, err = fmt.Fprintln(pipe, status)
		} else {
			err = killReader(pipe)
		}
		k.ts.Check(err)
		return k.crashes[name] == 1
	}
	return false
}

// finish waits for the end of all that is under way, and looks at what has become of the pod.
func (k *killing) finish() {
	k.kill()
	k.checkApply()
	k.ts.Check(k.ts.Exec("kubehost", "apply", "--wait", "--timeout", "60s", "-f", k.file))
	k.ts.Check(retry(2*patience, k.counted))
	k.ts.Check(k.journal.quiet(quietTime))
	crashes := 0
	for _, n := range k.crashes {
		crashes += n
	}
	k.ts.Logf("%d crashes; of supervisors with lives of up to %s %d were killed at work", crashes, k.life, k.acted)
	if crashes == 0 || k.acted == 0 {
		k.ts.Fatalf("nothing was disturbed")
	}
}

// quietTime is how long nothing is to happen in the end.
const quietTime = 3 * time.Second

// counted says what is wrong with the restarts: those that the status tells, the runs that were begun, and the crashes.
func (k *killing) counted() error {
	get := k.script.start(k.ts, k.env, "kubehost", "get", "pod", k.ref.Name, "-n", k.ref.Namespace, "-o", "json")
	var pod v1.Pod
	if err := json.Unmarshal([]byte(get.output()), &pod); err != nil {
		return final{err}
	}
	var wrong []error
	for _, c := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		b, err := os.ReadFile(filepath.Join(k.runs, c.Name))
		if err != nil {
			return final{err}
		}
		begun := bytes.Count(b, []byte("\n"))
		if want := k.crashes[c.Name]; int(c.RestartCount) != want || begun != want+1 || !c.Ready {
			wrong = append(wrong, fmt.Errorf("%s crashed %d times, was begun %d times, and has the status %+v", c.Name, want, begun, c))
		}
	}
	if have, want := len(k.script.containers()), len(k.containers)+2; have != want {
		wrong = append(wrong, fmt.Errorf("%d containers instead of %d", have, want)) // with the init container and the infra
	}
	return errors.Join(wrong...)
}
