package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) describeCommand() *cli.Command {
	return &cli.Command{
		Name:      "describe",
		Usage:     "show all that is known of a pod: containers, states, probes, mounts, ports, events",
		UsageText: "kubehost describe pods [POD …] | -f FILE … [flags]",
		Description: `Values of Secrets are not shown.

Examples:
  kubehost describe pod web
  kubehost describe pod/web -n shop
  kubehost describe -f pod.yaml
  kubehost describe pods -l app=shop`,
		Flags: slices.Concat(selectionFlags("of the pods (default: default)"), fileFlags(),
			[]cli.Flag{&cli.BoolFlag{Name: "show-events", Value: true, Usage: "what happened to the pod, at the end"}}, settings.Flags()),
		Action: p.describe,
	}
}

func (p *program) describe(c *cli.Context) error {
	if c.NArg() == 0 && !selects(c) && !c.IsSet("filename") {
		return commandline.Usage(c, "must name a pod, or pods by their labels with -l")
	}
	sel, err := p.choose(c)
	if err != nil {
		return err
	}
	e, _, err := p.host(c)
	if err != nil {
		return err
	}
	if err := e.Check(refsOf(sel.names)...); err != nil {
		return err
	}
	all, unseen := view.All(c.Context, e)
	if unseen != nil && len(all) == 0 {
		return unseen
	}
	pods, missing := sel.of(all)
	if len(pods)+len(missing) == 0 {
		p.note("%s", sel.none())
	}
	for i, v := range pods {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		err := describePod(v, p.stdout)
		if err == nil && c.Bool("show-events") {
			err = describeEvents(v, printers.Escaping(p.stdout), time.Now())
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(append(append(missing, damages(pods)...), unseen)...)
}

// sheet is a text of indented "name: value" lines.
type sheet struct{ w io.Writer }

func (p sheet) line(depth int, name, format string, args ...any) {
	value := fmt.Sprintf(format, args...)
	fmt.Fprintln(p.w, strings.TrimRight(strings.Repeat("  ", depth)+name+":\t"+value, "\t "))
}

// list prints values below one another, and <none> when there are none.
func (p sheet) list(depth int, name string, values []string) {
	if len(values) == 0 {
		values = []string{"<none>"}
	}
	for i, v := range values {
		label := name + ":"
		if i > 0 {
			label = ""
		}
		fmt.Fprintln(p.w, strings.Repeat("  ", depth)+label+"\t"+v)
	}
}

// describePod writes what kubectl describe would, as far as one host has it.
func describePod(v view.Pod, w io.Writer) error {
	pod, err := v.Object()
	if err != nil {
		return err
	}
	w = printers.Escaping(w) // containers have a say in messages
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	p := sheet{t}
	p.line(0, "Name", "%s", v.Ref.Name)
	p.line(0, "Namespace", "%s", v.Ref.Namespace)
	p.line(0, "Start Time", "%s", timeText(v.Created()))
	p.list(0, "Labels", pairs(pod.Labels))
	p.list(0, "Annotations", pairs(pod.Annotations))
	p.line(0, "Status", "%s", pod.Status.Phase)
	if pod.Status.Reason != "" {
		p.line(0, "Reason", "%s", pod.Status.Reason)
	}
	if pod.Status.Message != "" {
		p.line(0, "Message", "%s", pod.Status.Message)
	}
	p.line(0, "IP", "%s", cmp.Or(v.IP(), "<none>"))
	if v.Stored != nil {
		p.list(0, "Ports", publishedPorts(v.Stored.Plan))
		p.line(0, "Restart Policy", "%s", v.Stored.Plan.RestartPolicy)
	}
	describeUnits(v, p, "Init Containers", pod, pod.Status.InitContainerStatuses)
	describeUnits(v, p, "Containers", pod, pod.Status.ContainerStatuses)
	fmt.Fprintln(t, "Conditions:\n  Type\tStatus")
	for _, c := range pod.Status.Conditions {
		fmt.Fprintf(t, "  %s\t%s\n", c.Type, c.Status)
	}
	describeVolumes(v, p)
	return t.Flush()
}

func publishedPorts(p plan.Pod) []string {
	var ports []string
	for _, port := range p.Sandbox.Ports {
		ports = append(ports, port.String())
	}
	return ports
}

func pairs(m map[string]string) []string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k != "kubectl.kubernetes.io/last-applied-configuration" {
			all = append(all, k+"="+m[k])
		}
	}
	return all
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return "<unknown>"
	}
	return t.Local().Format(time.RFC1123Z)
}

func describeUnits(v view.Pod, p sheet, title string, pod *v1.Pod, statuses []v1.ContainerStatus) {
	if len(statuses) == 0 {
		return
	}
	fmt.Fprintln(p.w, title+":")
	for _, s := range statuses {
		fmt.Fprintf(p.w, "  %s:\n", s.Name)
		if s.ContainerID != "" {
			p.line(2, "Container ID", "%s", strings.TrimPrefix(s.ContainerID, "kubehost://"))
		}
		var u *plan.Unit
		spec := containerNamed(pod, s.Name)
		if v.Stored != nil {
			u = v.Stored.Plan.Unit(s.Name)
		}
		if u != nil {
			p.line(2, "Runtime Name", "%s", u.ID)
			p.line(2, "Image", "%s", u.Image)
		}
		if s.ImageID != "" {
			p.line(2, "Image ID", "%s", s.ImageID)
		}
		if spec != nil {
			p.specified(spec)
		}
		describeState(p, "State", s.State)
		if m := v.Memory; m != nil && s.State.Waiting != nil && m.Units[s.Name] != nil {
			if next := m.Units[s.Name].NextTry(); !next.IsZero() {
				p.line(3, "Next Try", "%s", timeText(next))
			}
		}
		if s.LastTerminationState.Terminated != nil && s.State.Terminated == nil {
			describeState(p, "Last State", s.LastTerminationState)
		}
		p.line(2, "Ready", "%s", map[bool]string{true: "True", false: "False"}[s.Ready])
		p.line(2, "Restart Count", "%d", s.RestartCount)
		if u != nil && spec != nil {
			p.planned(u, spec)
		}
	}
}

// containerNamed is what the manifest says of a container; nil when the manifest is not kept.
func containerNamed(pod *v1.Pod, name string) *v1.Container {
	for _, list := range [][]v1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}

func describeState(p sheet, name string, s v1.ContainerState) {
	switch {
	case s.Running != nil:
		p.line(2, name, "Running")
		p.line(3, "Started", "%s", timeText(s.Running.StartedAt.Time))
	case s.Terminated != nil:
		p.line(2, name, "Terminated")
		p.line(3, "Reason", "%s", s.Terminated.Reason)
		if s.Terminated.Message != "" {
			p.line(3, "Message", "%s", strings.TrimSpace(s.Terminated.Message))
		}
		p.line(3, "Exit Code", "%d", s.Terminated.ExitCode)
		p.line(3, "Started", "%s", timeText(s.Terminated.StartedAt.Time))
		p.line(3, "Finished", "%s", timeText(s.Terminated.FinishedAt.Time))
	case s.Waiting != nil:
		p.line(2, name, "Waiting")
		p.line(3, "Reason", "%s", s.Waiting.Reason)
		if s.Waiting.Message != "" {
			p.line(3, "Message", "%s", s.Waiting.Message)
		}
	}
}

func describeVolumes(v view.Pod, p sheet) {
	if v.Stored == nil || len(v.Stored.Plan.Volumes) == 0 {
		return
	}
	fmt.Fprintln(p.w, "Volumes:")
	for _, volume := range v.Stored.Plan.Volumes {
		p.line(1, volume.Name, "%s %s", volume.Kind, volume.Path)
	}
}

func describeEvents(v view.Pod, w io.Writer, now time.Time) error {
	if v.Memory == nil || len(v.Memory.Events) == 0 {
		_, err := fmt.Fprintln(w, "Events:  <none>")
		return err
	}
	fmt.Fprintln(w, "Events:")
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t---\t----\t-------")
	for _, e := range v.Memory.Events {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", eventType(e), e.Reason, eventAge(e, now), cmp.Or(e.Unit, "pod"), strings.TrimSpace(e.Message))
	}
	return t.Flush()
}

func eventType(e supervise.Event) string {
	if e.Warning {
		return "Warning"
	}
	return "Normal"
}

func eventAge(e supervise.Event, now time.Time) string {
	if e.Count > 1 {
		return fmt.Sprintf("%s (x%d)", printers.Age(e.Time, now), e.Count)
	}
	return printers.Age(e.Time, now)
}
