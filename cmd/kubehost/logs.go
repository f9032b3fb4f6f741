package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) logsCommand() *cli.Command {
	return &cli.Command{
		Name:      "logs",
		Usage:     "print what containers have written",
		UsageText: "kubehost logs POD [CONTAINER] [flags] | -l SELECTOR [flags]",
		Description: `Prints what a container wrote to its standard output and error in its present run, or in its last
one if it has ended; that of a pod that is over stays until the pod is deleted. Without -c it is the container
that the annotation kubectl.kubernetes.io/default-container names, else the first.

With -p it is the run before. The supervisor keeps the end of that, 1 MiB or 10,000 lines, when it
starts a container again; times are not kept with it. Where the runtime restarts containers (--supervisor=none),
it is all that was written before the present run.

Examples:
  kubehost logs web
  kubehost logs web -c db --tail 20
  kubehost logs -f --since 10m web
  kubehost logs -p web                           of the run before the last restart
  kubehost logs web --all-containers --prefix
  kubehost logs -l app=shop --timestamps`,
		Flags: append([]cli.Flag{
			namespaceFlag("of the pod (default: default)"),
			&cli.StringFlag{Name: "container", Aliases: []string{"c"}, Usage: "print the logs of this `CONTAINER`"},
			&cli.BoolFlag{Name: "all-containers", Usage: "print the logs of all containers of the pod"},
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on until the containers end"},
			&cli.BoolFlag{Name: "previous", Aliases: []string{"p"}, Usage: "print the logs of the run before"},
			&cli.Int64Flag{Name: "tail", Value: -1, DefaultText: "all; 10 with -l", Usage: "print the last `LINES`"},
			&cli.DurationFlag{Name: "since", Usage: "print what is newer than this `TIME`, such as 5s, 2m or 3h"},
			&cli.StringFlag{Name: "since-time", Usage: "print what was written after this `DATE` (RFC3339)"},
			&cli.BoolFlag{Name: "timestamps", Usage: "put the time before each line"},
			&cli.BoolFlag{Name: "prefix", Usage: "put [pod/POD/CONTAINER] before each line"},
			&cli.Int64Flag{Name: "limit-bytes", Usage: "print no more than this many `BYTES` of each container", DefaultText: "no limit"},
			selectorFlag(),
			&cli.IntFlag{Name: "max-log-requests", Value: 5, Usage: "follow no more than this `NUMBER` of containers at once"},
			&cli.BoolFlag{Name: "ignore-errors", Usage: "go on with the other containers when one has no logs"},
		}, settings.Flags()...),
		Action: p.logs,
	}
}

// logging is one run of logs.
type logging struct {
	*program
	settings settings.Settings
	query    runtime.LogQuery
	previous bool
	prefix   bool
	lenient  bool
	// limit is the most to print of one container, in bytes; 0 is no limit.
	limit int64
}

func (p *program) logs(c *cli.Context) error {
	if err := checkLogFlags(c); err != nil {
		return err
	}
	query, err := logQuery(c, time.Now())
	if err != nil {
		return err
	}
	e, s, err := p.host(c)
	if err != nil {
		return err
	}
	l := &logging{program: p, settings: s, query: query, previous: c.Bool("previous"), prefix: c.Bool("prefix"),
		lenient: c.Bool("ignore-errors"), limit: c.Int64("limit-bytes")}
	pods, err := p.logPods(c, e, s)
	if err != nil {
		return err
	}
	name := cmp.Or(c.String("container"), c.Args().Get(1))
	var all []source
	for _, v := range pods {
		sources, err := l.sources(v, name, c.Bool("all-containers"))
		if err != nil {
			return err
		}
		all = append(all, sources...)
	}
	if most := c.Int("max-log-requests"); query.Follow && len(all) > most {
		return fmt.Errorf("you are attempting to follow %d log streams, but maximum allowed concurrency is %d, use --max-log-requests to increase the limit", len(all), most)
	}
	return commandline.Quietly(c.Context, l.print(c.Context, all))
}

func checkLogFlags(c *cli.Context) error {
	named := c.String("container") != ""
	switch {
	case c.NArg() == 0 && !c.IsSet("selector"):
		return commandline.Usage(c, "must name a pod, or pods by their labels with -l")
	case c.NArg() > 0 && c.IsSet("selector"):
		return commandline.Usage(c, "only a selector (-l) or a POD name is allowed")
	case c.NArg() > 2:
		return commandline.Usage(c, "one pod at a time; several are named by their labels, with -l")
	case named && c.NArg() == 2:
		return commandline.Usage(c, "only one of -c or an inline [CONTAINER] arg is allowed")
	case c.Bool("all-containers") && (named || c.NArg() == 2):
		return commandline.Usage(c, "--all-containers=true should not be specified with container name %s", cmp.Or(c.String("container"), c.Args().Get(1)))
	case c.IsSet("since") && c.IsSet("since-time"):
		return commandline.Usage(c, "at most one of --since and --since-time may be given")
	case c.Duration("since") < 0:
		return commandline.Usage(c, "--since must be greater than 0")
	case c.Int64("limit-bytes") < 0:
		return commandline.Usage(c, "--limit-bytes must be greater than 0")
	case c.Int64("tail") < -1:
		return commandline.Usage(c, "--tail must be greater than or equal to -1")
	case c.Bool("previous") && c.Bool("follow"):
		return commandline.Usage(c, "--previous and --follow cannot be given together: the run before is over")
	}
	return nil
}

// logQuery is what the flags say of the part that is wanted.
func logQuery(c *cli.Context, now time.Time) (runtime.LogQuery, error) {
	q := runtime.LogQuery{Follow: c.Bool("follow"), Timestamps: c.Bool("timestamps")}
	if lines := c.Int64("tail"); lines >= 0 {
		q.Tail = &lines
	} else if c.IsSet("selector") && !c.IsSet("tail") {
		few := int64(10)
		q.Tail = &few
	}
	if d := c.Duration("since"); d > 0 {
		q.Since = now.Add(-d)
	}
	if text := c.String("since-time"); text != "" {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return q, commandline.Usage(c, "--since-time: %q is no date such as 2006-01-02T15:04:05Z", text)
		}
		q.Since = t
	}
	return q, nil
}

// logPods are the pods whose logs are wanted.
func (p *program) logPods(c *cli.Context, e *engines.Finder, s settings.Settings) ([]view.Pod, error) {
	if !c.IsSet("selector") {
		r, err := podNamed(c, c.Args().First())
		if err != nil {
			return nil, err
		}
		v, err := view.One(c.Context, e, r)
		return []view.Pod{v}, err
	}
	return p.selected(c, e, s, nil)
}

// source is where the log of one container comes from.
type source struct {
	engine runtime.Engine
	pod    plan.Ref
	unit   string
	// id is the container at the runtime; file is what is kept of one that has gone.
	id, file string
	query    runtime.LogQuery
}

// sources are those of a pod: of the named container, of the one that kubectl would take, or of all, init containers first.
func (l *logging) sources(v view.Pod, name string, all bool) ([]source, error) {
	if !all {
		u, note, err := v.Container(name)
		if err != nil {
			return nil, err
		}
		fmt.Fprint(l.stderr, note)
		s, err := l.source(v, u)
		return []source{s}, err
	}
	var sources []source
	for _, u := range v.Units() {
		s, err := l.source(v, u)
		switch {
		case err == nil:
			sources = append(sources, s)
		case l.lenient:
			l.note("error: %v", err)
		default:
			return nil, err
		}
	}
	return sources, nil
}

// source says which run of a container is meant, as a kubelet does: of one that waits to be started again the one that
// ended is both the present and the previous.
func (l *logging) source(v view.Pod, u view.Unit) (source, error) {
	s := source{engine: v.Engine, pod: v.Ref, unit: u.Name, query: l.query}
	if err := v.Waiting(u); err != nil && !l.previous {
		return s, err
	}
	var d runtime.Detail
	if u.Container != nil {
		s.id, d = u.Container.ID, v.Details[u.Container.ID]
	}
	// The runtime keeps the logs of all runs of a container in one. What a run wrote last may come a moment after its end;
	// when the next has begun is known only after its first words.
	again := u.Container != nil && u.Container.State == runtime.Running && d.Finished.Before(d.Started) && d.Finished.Year() > 1
	between := d.Finished.Add(afterEnd)
	if !l.previous {
		if again && between.After(s.query.Since) {
			s.query.Since = between
		}
		return s, nil
	}
	status := v.ContainerStatus(u)
	last := status.LastTerminationState.Terminated
	switch {
	case again:
		s.query.Until = between
		return s, nil
	case last != nil && status.State.Waiting != nil && s.id != "" && strings.HasSuffix(last.ContainerID, s.id):
		return s, nil
	case last != nil && v.Stored != nil:
		store := runtime.Store{Dir: l.settings.StateDir}
		s.file = supervise.PreviousLog(store.PodDir(v.Ref), u.Name, strings.TrimPrefix(last.ContainerID, "kubehost://"))
		if l.query.Timestamps || !l.query.Since.IsZero() {
			return s, errors.New("the times of the lines of the previous run are not kept\n  hint: leave out --timestamps, --since and --since-time")
		}
		return s, nil
	}
	return s, noPrevious(s)
}

// afterEnd is less than a runtime needs to start a container again.
const afterEnd = 20 * time.Millisecond

func noPrevious(s source) error {
	return fmt.Errorf("previous terminated container %q in pod %q not found", s.unit, s.pod.Name)
}

// print prints the logs: one after another, or all at once while they are followed.
func (l *logging) print(ctx context.Context, all []source) error {
	if !l.query.Follow {
		for _, s := range all {
			if err := l.printOne(ctx, s, l.stdout, false); err != nil && !l.ignored(err) {
				return err
			}
		}
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := &lockedWriter{w: l.stdout}
	errs := make(chan error)
	for _, s := range all {
		go func() { errs <- l.printOne(ctx, s, out, len(all) > 1) }()
	}
	var failed error
	for range all {
		if err := <-errs; err != nil && failed == nil && !l.ignored(err) {
			failed = err
			cancel(err)
		}
	}
	return failed
}

// ignored says whether an error is only to be told.
func (l *logging) ignored(err error) bool {
	if l.lenient {
		l.note("error: %v", err)
	}
	return l.lenient
}

// printOne prints the log of one container. Lines come whole where several share the output.
func (l *logging) printOne(ctx context.Context, s source, w io.Writer, shared bool) error {
	ctx, enough := context.WithCancelCause(ctx)
	defer enough(nil)
	out := &logWriter{w: w, whole: shared, left: l.limit, limited: l.limit > 0, full: func() { enough(errLimit) }}
	if l.prefix {
		out.prefix, out.whole = fmt.Sprintf("[pod/%s/%s] ", s.pod.Name, s.unit), true
	}
	err := l.read(ctx, s, out)
	if errors.Is(err, errLimit) {
		err = nil
	}
	return errors.Join(err, out.end())
}
