package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// What is measured: how long nothing happens, how many pods are beside one another, and how often something
// is timed.
const (
	quietMinute = time.Minute
	settled     = 3 * time.Second // then what a pod did for its start is over
	manyPods    = 10
	timings     = 10
)

// BenchmarkSupervisor measures what a supervisor costs and how fast it is, on each runtime, and prints one table. It ignores b.N.
//
//	make bench-supervisor
func BenchmarkSupervisor(b *testing.B) {
	for _, runtime := range known {
		b.Run(runtime, func(b *testing.B) {
			if err := answers(runtime); err != nil {
				b.Skip(err)
			}
			m := newMeasuring(b, runtime)
			m.alone()
			m.readiness()
			m.many()
			m.restarts()
			fmt.Printf("\n%s\n%s", runtime, m.table) // a log of a benchmark is cut short
		})
	}
}

// measuring is one run on one runtime.
type measuring struct {
	*testing.B
	*script
	env   []string
	calls string // a line for each command: the session of who ran it, and its words
	table *table
}

// counter stands in front of the runtime on PATH.
const counter = `#!/bin/sh
read -r _ _ _ _ _ session _ </proc/$$/stat
echo "$session $1" >>%s
exec %s "$@"
`

func newMeasuring(b *testing.B, runtime string) *measuring {
	work := b.TempDir()
	m := &measuring{B: b, script: &script{runtime: runtime, ns: "bench-" + random(), work: work}, calls: filepath.Join(work, "calls"), table: newTable()}
	bin := m.must(programs())
	real := m.must(exec.LookPath(runtime))
	m.check(loadImage(runtime))
	m.check(os.MkdirAll(m.dir("path"), 0o755))
	m.check(os.WriteFile(m.calls, nil, 0o644))
	m.check(os.WriteFile(m.dir("path/"+runtime), fmt.Appendf(nil, counter, m.calls, real), 0o755))
	m.env = append(os.Environ(), "KUBEHOST_RUNTIME="+runtime, "KUBEHOST_SUPERVISOR=detached", "KUBEHOST_STATE_DIR="+m.dir("state"),
		"KUBEHOST_VOLUME_DIR="+m.dir("volumes"), "PATH="+m.dir("path")+":"+bin+":"+os.Getenv("PATH"))
	b.Cleanup(func() { m.cleanUp(); m.unmount() })
	return m
}

func (m *measuring) check(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

func (m *measuring) must(s string, err error) string {
	m.Helper()
	m.check(err)
	return s
}

// pod is a pod of three containers. Each says in the pipe "begun" that it has begun; one serves the page "ready".
const benchPod = `apiVersion: v1
kind: Pod
metadata: {name: %[1]s, namespace: %[2]s}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: a, image: %[3]s, command: [sh, -c, 'exec httpd -f -p 8080 -h /shared'], volumeMounts: &shared [{name: shared, mountPath: /shared}]%[5]s}
  - {name: b, image: %[3]s, command: [sh, -c, 'exec sleep 1000000'], volumeMounts: *shared%[6]s}
  - {name: c, image: %[3]s, command: [sh, -c, 'echo begun >>/shared/begun; exec sleep 1000000'], volumeMounts: *shared%[7]s}
  volumes:
  - {name: shared, hostPath: {path: %[4]s, type: DirectoryOrCreate}}
`

// apply applies a pod, and waits until it is ready. The probes are those of its three containers.
func (m *measuring) apply(name string, probes ...string) supervise.Station {
	shared := m.dir(name)
	m.check(os.MkdirAll(shared, 0o755))
	m.check(os.WriteFile(filepath.Join(shared, "ready"), nil, 0o644))
	args := []any{name, m.ns, imageRef, shared, "", "", ""}
	for i, p := range probes {
		args[4+i] = ", " + p
	}
	m.check(os.WriteFile(m.dir(name+".yaml"), fmt.Appendf(nil, benchPod, args...), 0o644))
	cmd := exec.Command(m.must(programs())+"/kubehost", "apply", "--wait", "-f", m.dir(name+".yaml"))
	cmd.Env = m.env
	if out, err := cmd.CombinedOutput(); err != nil {
		m.Fatalf("%v\n%s", err, out)
	}
	return supervise.Station{Dir: m.dir("state/run"), Ref: plan.Ref{Namespace: m.ns, Name: name}}
}

// probed are a probe of each kind, as often as Kubernetes makes them where the manifest does not say.
var probed = []string{"livenessProbe: {exec: {command: ['true']}}", "readinessProbe: {httpGet: {path: /ready, port: 8080}}", "livenessProbe: {tcpSocket: {port: 8080}}"}

// alone measures a pod with probes, and one without, for a minute.
func (m *measuring) alone() {
	pods := []supervise.Station{m.apply("busy", probed...), m.apply("quiet")}
	time.Sleep(settled)
	var before [2]usage
	var pss [2][]float64
	for i, s := range pods {
		before[i] = m.usage(s)
	}
	for range int(quietMinute / time.Second) {
		for i, u := range before {
			pss[i] = append(pss[i], m.pss(u.pid))
		}
		time.Sleep(time.Second)
	}
	for i, how := range []string{"with probes", "without probes"} {
		after := m.usage(pods[i])
		m.table.add("memory (PSS), "+how, "MiB", pss[i]...)
		m.table.add("processor time in a minute, "+how, "ms", after.own-before[i].own)
		m.table.add("processor time of its commands, "+how, "ms", after.commands-before[i].commands)
		m.table.add("commands in a minute, "+how, "", float64(after.calls-before[i].calls))
	}
	m.end("busy")
	m.end("quiet")
}

func (m *measuring) end(name string) {
	cmd := exec.Command(m.must(programs())+"/kubehost", "delete", name, "-n", m.ns, "--now")
	cmd.Env = m.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.Fatalf("%v\n%s", err, out)
	}
}

// readiness measures the time from when a page is there until the status says that its container is ready.
func (m *measuring) readiness() {
	s := m.apply("ready", "readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1, failureThreshold: 1}")
	page := filepath.Join(m.dir("ready"), "ready")
	var took []float64
	for range timings {
		m.check(os.Remove(page))
		m.await(func() bool { u, err := s.Memory(); return err == nil && !u.Units["a"].Ready })
		time.Sleep(time.Duration(rand.Int64N(int64(time.Second)))) // somewhen in the period of the probe
		m.check(os.WriteFile(page, nil, 0o644))
		begun := time.Now()
		m.await(func() bool { u, err := s.Memory(); return err == nil && u.Units["a"].Ready })
		took = append(took, milliseconds(time.Since(begun)))
	}
	m.table.add("a page that is asked for every second is there, until Ready", "ms", took...)
	m.end("ready")
}

// await asks again and again, a thousand times a second.
func (m *measuring) await(f func() bool) {
	m.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !f(); {
		select {
		case <-late:
			m.Fatal("not within " + patience.String())
		case <-tick.C:
		}
	}
}

// many measures the memory of supervisors that share what they have of the program.
func (m *measuring) many() {
	var all []usage
	for n := range manyPods {
		all = append(all, m.usage(m.apply(fmt.Sprintf("pod%d", n), probed...)))
	}
	var pss []float64
	for range 20 {
		for _, u := range all {
			pss = append(pss, m.pss(u.pid))
		}
		time.Sleep(time.Second)
	}
	m.table.add(fmt.Sprintf("memory (PSS) of each of %d, with probes", manyPods), "MiB", pss...)
	for n := range manyPods {
		m.end(fmt.Sprintf("pod%d", n))
	}
}

// restarts measures the time from the death of a container until the next one has begun, beside what the runtime
// itself takes for a container that is the same. Nothing stands in front of the runtime's commands then.
func (m *measuring) restarts() {
	m.env = append(m.env, "PATH="+m.must(programs())+":"+os.Getenv("PATH"))
	var took, own, over []float64
	for n := range timings {
		name := fmt.Sprintf("restart%d", n)
		m.apply(name)
		time.Sleep(settled)
		begun := filepath.Join(m.dir(name), "begun")
		m.check(os.Remove(begun))
		m.check(syscall.Mkfifo(begun, 0o600))
		c := m.ns + "." + name + "-c"
		pid, err := strconv.Atoi(m.must(run(m.runtime, "inspect", "--format", "{{.State.Pid}}", c)))
		m.check(err)
		restart := m.time(begun, func() error { return syscall.Kill(pid, syscall.SIGKILL) })
		join := []string{"--network", "container:" + m.ns + "." + name + "-infra"}
		if m.runtime == "podman" {
			join = []string{"--pod", m.ns + "." + name}
		}
		alike := slices.Concat([]string{"run", "--detach", "--name", m.ns + "." + name + "-alike", "--pull", "never"}, join,
			[]string{"--volume", m.dir(name) + ":/shared", "--entrypoint", "sh", imageRef, "-c", "echo begun >>/shared/begun; exec sleep 1000000"})
		start := m.time(begun, func() error { _, err := run(m.runtime, alike...); return err })
		took, own, over = append(took, restart), append(own, start), append(over, restart-start)
		m.end(name)
	}
	m.table.add("a container is killed, until the next one runs", "ms", took...)
	m.table.add("the runtime's own run of such a container", "ms", own...)
	m.table.add("what the restart takes beside it", "ms", over...)
}

// time is how long it takes, in milliseconds, until somebody says in the pipe that it has begun.
func (m *measuring) time(pipe string, do func() error) float64 {
	m.Helper()
	said, done := make(chan error, 1), make(chan error, 1)
	begun := time.Now()
	go func() { done <- do() }()
	go func() {
		_, err := os.ReadFile(pipe)
		said <- err
	}()
	var took time.Duration
	select {
	case err := <-said:
		took = time.Since(begun)
		m.check(err)
	case <-time.After(patience):
		m.Fatalf("nobody has begun within %s", patience)
	}
	m.check(<-done)
	return milliseconds(took)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
