package systemd

import (
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/kubehost/kubehost/translate/plan"
)

// Host is what a service must say of the host that it is for.
type Host struct {
	// Self is the absolute path of kubehost.
	Self string
	// User says that the service is one of a user's own manager.
	User bool
	// Runtime is docker or podman.
	Runtime string
	// The directories that the supervisor works with.
	StateDir, RunDir string
	// Env are variables of the supervisor, as NAME=value, in order. They are for everybody to read.
	Env []Variable
}

// Variable is one variable of an environment.
type Variable struct{ Name, Value string }

// ExitPodFailed is the exit status of a supervisor whose pod has failed for good.
const ExitPodFailed = 3

// maxName is the longest name of a unit.
const maxName = 255

// Name is the name of a pod's service, after the pod's name at the runtime.
func Name(r plan.Ref) string { return "kubehost-" + r.ID() + ".service" }

// Service is the service of a pod.
func Service(p *plan.Pod, h Host) (File, error) {
	f := File{Name: Name(p.Ref), hint: "remove it, or give the pod another name"}
	if len(f.Name) > maxName {
		return f, fmt.Errorf("%s is too long for the name of a service, by %d characters", f.Name, len(f.Name)-maxName)
	}
	f.order(p, h)
	if err := f.process(p, h); err != nil {
		return f, err
	}
	if !p.Manual {
		f.set("Install", "WantedBy", value(map[bool]string{false: "multi-user.target", true: "default.target"}[h.User]))
	}
	f.set(ownSection, "Pod", value(word(p.Dir)))
	return f, nil
}

// order says what the service is, and what comes before it.
func (f *File) order(p *plan.Pod, h Host) {
	f.set("Unit", "Description", text("Pod "+p.ID))
	f.set("Unit", "Documentation", "https://github.com/kubehost/kubehost")
	if !h.User { // a user's manager has no such target
		f.after("network-online.target")
	}
	f.afterRuntime(h)
	for _, n := range p.Needs {
		if n.Container == "" {
			f.after(Name(n.Pod))
		} else {
			f.set("Unit", "Wants", value(Name(n.Pod)))
		}
	}
	if !h.User { // nor does it mount anything
		f.set("Unit", "RequiresMountsFor", paths(mountsOf(p, h)...))
	}
	f.set("Unit", "JobRunningTimeoutSec", seconds(jobLimit(p)))
	f.set("Unit", "StartLimitIntervalSec", "0") // a user may start it as often as he likes
}

// after has another unit started, and this one only when that is.
func (f *File) after(name string) {
	f.set("Unit", "Wants", value(name))
	f.set("Unit", "After", value(name))
}

// afterRuntime says so of the runtime's service, where it has one.
func (f *File) afterRuntime(h Host) {
	if h.Runtime == "docker" {
		f.after("docker.service")
	}
}

// environment sets the variables of what runs.
func (f *File) environment(h Host) error {
	for _, v := range append([]Variable{{"KUBEHOST_RUN_DIR", h.RunDir}}, h.Env...) {
		set, err := assignment(v.Name, v.Value)
		if err != nil {
			return err
		}
		f.set("Service", "Environment", set)
	}
	return nil
}

// mountsOf are the directories that must be there, sorted.
func mountsOf(p *plan.Pod, h Host) []string {
	list := []string{h.StateDir}
	for _, v := range p.Volumes {
		if v.Kind == plan.HostPath || v.Kind == plan.Claim {
			list = append(list, path.Clean(v.Path))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// process says what runs, and how it ends.
func (f *File) process(p *plan.Pod, h Host) error {
	start, err := command(h.Self, "supervise", "--service", "--runtime", h.Runtime, "--state-dir", h.StateDir,
		"--config", "/dev/null", // all is said here: a configuration that is wrong must not keep a pod from starting
		"--namespace", p.Namespace, p.Name)
	if err != nil {
		return err
	}
	f.set("Service", "Type", "notify")
	f.set("Service", "NotifyAccess", "main")
	if err := f.environment(h); err != nil {
		return err
	}
	f.set("Service", "ExecStart", start)
	f.set("Service", "ExecReload", "/bin/kill -HUP $MAINPID")
	f.set("Service", "KillMode", "process")
	f.set("Service", "OOMPolicy", "continue")
	f.set("Service", "Restart", "on-failure")
	f.set("Service", "RestartSec", "2")
	f.set("Service", "RestartPreventExitStatus", value("0 "+strconv.Itoa(ExitPodFailed)))
	f.set("Service", "TimeoutStartSec", "infinity")
	f.set("Service", "TimeoutStopSec", seconds(stopLimit(p)))
	return nil
}

func seconds(n int64) value { return value(strconv.FormatInt(n, 10)) }

// patience is how long others wait for a pod whose images are to be pulled, in seconds.
const patience = 300

// startLimit is how long others wait for the pod to be ready, in seconds. As containers may start one after another, the
// times that their startup probes give them add up.
func startLimit(p *plan.Pod) int64 {
	limit := int64(patience)
	for _, u := range p.Units {
		if probe := u.Lifecycle.Startup; probe != nil {
			limit += int64(probe.InitialDelay) + int64(probe.Failures)*int64(max(probe.Period, probe.Timeout))
		}
		if probe := u.Lifecycle.Readiness; probe != nil {
			limit += int64(probe.InitialDelay)
		}
	}
	return limit
}

// What ending a pod takes besides its grace period, in seconds: each container has at least two
// after its preStop hook, and the runtime may be busy.
const (
	stopSlack = 30
	stopEach  = 2
)

// jobSlack is what systemd may need to end a service beyond the time that the supervisor has, in seconds.
const jobSlack = 10

// jobLimit is when systemd gives up a job of the service, in seconds. A stop is a job, too: given up before its time, as that
// of a pod with a long grace period would be, it ends the waiting of whoever stops the service, and at shutdown the containers.
func jobLimit(p *plan.Pod) int64 { return max(startLimit(p), stopLimit(p)+jobSlack) }

// stopLimit is how long the supervisor has to end the pod, in seconds.
func stopLimit(p *plan.Pod) int64 {
	return p.GracePeriod + stopSlack + stopEach*int64(len(p.Units))
}
