package main

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) eventsCommand() *cli.Command {
	return &cli.Command{
		Name:      "events",
		Usage:     "list what happened to pods",
		UsageText: "kubehost events [POD …] [flags]",
		Description: `Lists the last events of each pod, up to a hundred, oldest first: starts, ends, failed probes and pulls. The
supervisor of a pod tells them; pods without one have none.

Examples:
  kubehost events
  kubehost events -A --types Warning
  kubehost events -l app=shop
  kubehost events web -o json
  kubehost events --for pod/web --watch`,
		Flags: append(append(selectionFlags("to list (default: default)"),
			&cli.StringFlag{Name: "for", Usage: "only those of `POD`"},
			&cli.StringFlag{Name: "types", Usage: "only those of these `TYPES`: Normal, Warning"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT`: json or yaml, Kubernetes Events"},
			&cli.BoolFlag{Name: "watch", Aliases: []string{"w"}, Usage: "go on with the events to come"},
			&cli.BoolFlag{Name: "no-headers", Usage: "no line of column names"},
		), settings.Flags()...),
		Action: p.events,
	}
}

// happened is an event with the pod that it is of.
type happened struct {
	plan.Ref
	supervise.Event
	// path leads to the container in the Pod; empty for the pod itself.
	path string
}

// eventing is one run of events.
type eventing struct {
	settings settings.Settings
	pods     selection
	types    []string
	// format is what -o says; empty for a table.
	format string
}

func (p *program) events(c *cli.Context) error {
	s, err := p.user().Settings(c)
	if err != nil {
		return err
	}
	e := eventing{settings: s, format: c.String("output")}
	switch e.format {
	case "", "json", "yaml":
	default:
		return commandline.Usage(c, "%q is no output format: json, yaml", e.format)
	}
	if e.pods, err = eventPods(c); err != nil {
		return err
	}
	if e.types, err = eventTypes(c); err != nil {
		return err
	}
	all, damaged, err := e.list()
	if err != nil {
		return err
	}
	for _, f := range damaged {
		p.warn(f)
	}
	if len(all) == 0 && !c.Bool("watch") && e.format == "" {
		p.note("%s", strings.Replace(e.pods.none(), "resources", "events", 1))
		return nil
	}
	if e.format != "" && !c.Bool("watch") {
		return printers.Data(p.stdout, v1.EventList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "EventList"}, Items: objectsOf(all)}, e.format)
	}
	if err := e.print(p.stdout, all, !c.Bool("no-headers")); err != nil || !c.Bool("watch") {
		return err
	}
	return commandline.Quietly(c.Context, e.watch(c.Context, p.stdout, all))
}

// eventPods are the pods that are named or selected; all when none is.
func eventPods(c *cli.Context) (selection, error) {
	words := c.Args().Slice()
	if f := c.String("for"); f != "" {
		words = append(words, f)
	}
	s, err := selectionOf(c, words)
	for _, t := range s.names {
		if t.Kind != "Pod" {
			return s, commandline.Usage(c, "%s/%s has no events: only pods have", strings.ToLower(t.Kind), t.Name)
		}
	}
	return s, err
}

func eventTypes(c *cli.Context) ([]string, error) {
	var types []string
	for word := range strings.SplitSeq(c.String("types"), ",") {
		switch word = strings.TrimSpace(word); {
		case word == "":
		case strings.EqualFold(word, v1.EventTypeNormal):
			types = append(types, v1.EventTypeNormal)
		case strings.EqualFold(word, v1.EventTypeWarning):
			types = append(types, v1.EventTypeWarning)
		default:
			return nil, commandline.Usage(c, "--types: %q is no type of events: Normal, Warning", word)
		}
	}
	return types, nil
}

// list reads the events that are wanted, oldest first.
func (e eventing) list() (all []happened, damaged runtime.Damaged, err error) {
	stored, damaged, err := e.pods.stored(runtime.Store{Dir: e.settings.StateDir})
	if err != nil {
		return nil, nil, err
	}
	for _, p := range stored {
		m, err := view.Memory(e.settings, p)
		if err != nil {
			return nil, nil, settings.StateError(err)
		}
		if m == nil {
			continue
		}
		for _, ev := range m.Events {
			if len(e.types) == 0 || slices.Contains(e.types, eventType(ev)) {
				all = append(all, happened{p.Ref, ev, fieldPath(p.Plan, ev.Unit)})
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		return cmp.Or(all[i].Time.Compare(all[j].Time), all[i].Ref.Compare(all[j].Ref)) < 0
	})
	return all, damaged, nil
}

// fieldPath is where a container stands in its Pod, as a kubelet writes it; empty for none.
func fieldPath(p plan.Pod, unit string) string {
	u := p.Unit(unit)
	switch {
	case u == nil:
		return ""
	case u.Role == plan.Main:
		return "spec.containers{" + unit + "}"
	}
	return "spec.initContainers{" + unit + "}"
}

// hash tells the event from all others of its pod: one that happens again is the same.
func (h happened) hash() uint64 {
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%q %q %q", h.Unit, h.Reason, h.Message)
	return hash.Sum64()
}

// objectsOf are the Events of Kubernetes. When something that happened more than once was first, nobody remembers.
func objectsOf(all []happened) []v1.Event {
	objects := []v1.Event{}
	for _, h := range all {
		at := metav1.NewTime(h.Time)
		o := v1.Event{
			TypeMeta:       metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
			ObjectMeta:     metav1.ObjectMeta{Name: fmt.Sprintf("%s.%x", h.Name, h.hash()), Namespace: h.Namespace},
			InvolvedObject: v1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: h.Namespace, Name: h.Name, UID: types.UID(h.UID()), FieldPath: h.path},
			Reason:         h.Reason, Message: h.Message, Type: eventType(h.Event), Source: v1.EventSource{Component: "kubehost"},
			LastTimestamp: at, Count: int32(h.Count),
		}
		if h.Count == 1 {
			o.FirstTimestamp = at
		}
		objects = append(objects, o)
	}
	return objects
}

// print prints kubectl's table of events, or each as an object of its own.
func (e eventing) print(w io.Writer, all []happened, headers bool) error {
	if e.format != "" {
		for _, o := range objectsOf(all) {
			if err := printers.Document(w, o, e.format); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 8, 3, ' ', 0)
	row := func(namespace string, cells ...string) {
		if e.pods.namespace == "" {
			cells = append([]string{namespace}, cells...)
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	if headers {
		row("NAMESPACE", "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")
	}
	now := time.Now()
	for _, h := range all {
		message := printers.Escape(strings.ReplaceAll(strings.TrimSpace(h.Message), "\n", " "))
		if h.Unit != "" && !strings.Contains(message, h.Unit) {
			message = h.Unit + ": " + message
		}
		row(h.Namespace, eventAge(h.Event, now), eventType(h.Event), h.Reason, "Pod/"+h.Name, message)
	}
	return t.Flush()
}

// pollEvents is how often the status files are read for events to come.
const pollEvents = 200 * time.Millisecond

// watch prints what is new, until ctx ends.
func (e eventing) watch(ctx context.Context, w io.Writer, seen []happened) error {
	tick := time.NewTicker(pollEvents)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		all, _, err := e.list()
		if err != nil {
			return err
		}
		fresh := newEvents(all, seen)
		if len(fresh) > 0 {
			if err := e.print(w, fresh, false); err != nil {
				return err
			}
		}
		seen = all
	}
}

// newEvents are those that were not there before; one that happened again is new.
func newEvents(all, before []happened) []happened {
	return slices.DeleteFunc(slices.Clone(all), func(h happened) bool {
		return slices.ContainsFunc(before, func(o happened) bool {
			return o.Ref == h.Ref && o.Time.Equal(h.Time) && o.Unit == h.Unit && o.Reason == h.Reason && o.Message == h.Message && o.Count == h.Count
		})
	})
}
