package e2e

import (
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	v1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// podStatus waits until the status of a pod of $NS matches: pod [-timeout D] [-o json|yaml] NAME RE… Each RE stands for the
// beginning of a line. There is one line of the pod, and one of each container in the order of the manifest:
//
//	pod Running Initialized Ready
//	main running restarts=1 started ready last=Error/1 "its message" pause=10s
//	side waiting CrashLoopBackOff "back-off 10s …" restarts=2 last=Completed/0
//
// What kubehost prints must be a Kubernetes Pod and nothing else. A pause is the time from the end of the last run to the
// start of this one.
func podStatus(ts *testscript.TestScript, args []string) {
	flags := flag.NewFlagSet("pod", flag.ContinueOnError)
	timeout := flags.Duration("timeout", 2*patience, "")
	format := flags.String("o", "json", "")
	ts.Check(flags.Parse(args))
	if flags.NArg() < 2 {
		ts.Fatalf("usage: pod [-timeout D] [-o json|yaml] NAME RE…")
	}
	name := flags.Arg(0)
	var want []*regexp.Regexp
	for _, re := range flags.Args()[1:] {
		r, err := regexp.Compile("(?m)^" + re)
		ts.Check(err)
		want = append(want, r)
	}
	var text string
	err := retry(*timeout, func() error {
		if err := ts.Exec("kubehost", "get", "pod", name, "-n", of(ts).ns, "-o", *format); err != nil {
			return err
		}
		var pod v1.Pod
		if err := yaml.UnmarshalStrict([]byte(ts.ReadFile("stdout")), &pod); err != nil {
			return final{fmt.Errorf("this is no Pod: %w", err)}
		}
		text = statusText(&pod)
		for _, r := range want {
			if !r.MatchString(text) {
				return fmt.Errorf("nothing of pod %s matches %q:\n%s", name, r, text)
			}
		}
		return nil
	})
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), text)
	ts.Check(err)
}

func statusText(pod *v1.Pod) string {
	line := []string{"pod", string(pod.Status.Phase)}
	if pod.Status.Reason != "" {
		line = append(line, pod.Status.Reason)
	}
	for _, t := range []v1.PodConditionType{v1.PodInitialized, v1.ContainersReady, v1.PodReady} {
		for _, c := range pod.Status.Conditions {
			if c.Type == t && c.Status == v1.ConditionTrue {
				line = append(line, string(t))
			}
		}
	}
	text := strings.Join(line, " ") + "\n"
	for _, s := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		text += containerText(s) + "\n"
	}
	return text
}

func containerText(s v1.ContainerStatus) string {
	last := s.LastTerminationState.Terminated
	var state string
	pause := ""
	switch {
	case s.State.Running != nil:
		state = "running"
		if last != nil {
			pause = fmt.Sprintf(" pause=%s", s.State.Running.StartedAt.Sub(last.FinishedAt.Time).Round(time.Second))
		}
	case s.State.Terminated != nil:
		state = "terminated " + endText(s.State.Terminated)
	case s.State.Waiting != nil:
		state = "waiting " + s.State.Waiting.Reason + quoted(s.State.Waiting.Message)
	}
	text := fmt.Sprintf("%s %s restarts=%d", s.Name, state, s.RestartCount)
	if s.Started != nil && *s.Started {
		text += " started"
	}
	if s.Ready {
		text += " ready"
	}
	if last != nil {
		text += " last=" + endText(last)
	}
	return text + pause
}

func endText(t *v1.ContainerStateTerminated) string {
	return fmt.Sprintf("%s/%d%s", t.Reason, t.ExitCode, quoted(t.Message))
}

func quoted(message string) string {
	if message == "" {
		return ""
	}
	return fmt.Sprintf(" %q", message)
}
