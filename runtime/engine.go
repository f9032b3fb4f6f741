package runtime

import (
	"cmp"
	"context"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

// Engine is one container runtime, spoken to in its dialect.
type Engine struct {
	Dialect Dialect
	Runner  Runner
	Limits  Limits
}

// Observe asks the runtime what is there, and looks at the files of the plan's volumes.
func (e Engine) Observe(ctx context.Context, p plan.Plan) (Observed, error) {
	var others sync.WaitGroup
	var networks []Network
	var failed error
	var files map[string]string
	others.Go(func() { networks, failed = e.Dialect.Networks(ctx, e.Runner) })
	others.Go(func() { files = contents(p) })
	containers, err := e.Containers(ctx)
	others.Wait()
	if err = cmp.Or(err, failed); err != nil {
		return Observed{}, err
	}
	return Observed{Containers: containers, Networks: networks, Contents: files}, nil
}

// Containers asks the runtime for all containers, in the order of their names.
func (e Engine) Containers(ctx context.Context) ([]Container, error) {
	containers, err := e.Dialect.Containers(ctx, e.Runner)
	sort.Slice(containers, func(i, j int) bool { return containers[i].Name < containers[j].Name }) // slices.SortFunc would be 17 kB for the type
	return containers, err
}

// ObserveFiles looks at the files of the plan's volumes alone: the runtime is not asked.
func ObserveFiles(p plan.Plan) Observed { return Observed{Contents: contents(p)} }

func contents(p plan.Plan) map[string]string {
	var paths []string
	for _, pod := range p.Pods {
		for _, v := range pod.Volumes {
			if v.Kind == plan.Files {
				paths = append(paths, v.Path)
			}
		}
	}
	hashes, there := make([]string, len(paths)), make([]bool, len(paths))
	AtOnce(len(paths), func(i int) { hashes[i], there[i] = contentOf(paths[i]) })
	all := map[string]string{}
	for i, path := range paths {
		if there[i] {
			all[path] = hashes[i]
		}
	}
	return all
}

// Names are the runtime names of the containers that bear a pod's labels. Whether they are the pod's an inspection tells.
func (e Engine) Names(ctx context.Context, r plan.Ref) ([]string, error) {
	res, err := run(ctx, e.Runner, e.command("ps", "--all", "--format", "{{.Names}}",
		"--filter", "label="+LabelNamespace+"="+r.Namespace, "--filter", "label="+LabelPod+"="+r.Name))
	if err != nil {
		return nil, err
	}
	names := []string{}
	for name := range strings.FieldsFuncSeq(string(res.Stdout), func(r rune) bool { return r == ',' || r == '\n' }) {
		if !strings.Contains(name, "/") { // docker's legacy links add other names
			names = append(names, name)
		}
	}
	return names, nil
}

// Action is what an operation does, in the one form that dry-run prints and
// the executor runs: first the question for late values, then the file operations, then the commands, one after another.
type Action struct {
	// Late is a command that tells the late values in Files and Run; it is asked before all else.
	Late  *Command
	Files []FileOp
	// Unless is a command whose success makes Run unnecessary. It is asked first; or, with Lately, only after
	// Run has failed, because somebody may have done the same at the same time.
	Unless *Command
	Lately bool
	Run    []Command
	// Clear is asked once a command of Run has failed: its success says that what was in the way is gone, and the command may be tried
	// again. Scripts do without.
	Clear *Command
	// Spare is a command whose success says that it can do without what Run could not fetch.
	Spare *Command
	// Optional says that a failure is no more than a warning.
	Optional bool
	// Then is done after all of it.
	Then *Action
	// Failure says in the user's words what went wrong when a command fails; Hint says what to do, unless a clue knows better.
	Failure, Hint string
	Clues         []Clue
}

// Action renders an operation.
func (e Engine) Action(op Op) Action {
	switch op := op.(type) {
	case EnsureImage:
		return e.ensureImage(op)
	case LoadInfra:
		exists := e.imageExists(op.Image.Ref)
		return Action{Unless: &exists, Failure: "the image of the infra container cannot be loaded",
			Run: []Command{{Argv: []string{e.Dialect.Name(), "load", "--quiet"}, Stdin: op.Image.Archive}}}
	case CheckUser:
		return e.checkUser(op)
	case CheckSeccomp:
		return Action{Files: []FileOp{seccompProfile{op.Path}}}
	case CheckSELinux:
		return e.checkSELinux()
	case MakeVolume:
		return e.makeVolume(op)
	case CheckPorts:
		return Action{Files: []FileOp{freePorts{op.Ports, op.Network, e.Dialect.Features()}}, Failure: "a port cannot be published",
			Hint: freePort}
	case CreateNetwork:
		exists := e.command("network", "inspect", op.Name)
		return Action{Unless: &exists, Lately: true,
			Run: []Command{e.command("network", "create", "--label", LabelManaged+"=true", op.Name)}}
	case RemoveNetwork:
		return Action{Optional: true, Run: []Command{e.command("network", "rm", op.Name)}}
	case CreateSandbox:
		return Action{Files: []FileOp{forgetEtc{etcDir(op.Pod)}}, Run: e.Dialect.Sandbox(op.Pod, sandboxFlags(op.Pod)), Clear: e.Dialect.Clear(op.Pod),
			Clues: []Clue{{Says: portTaken, Hint: freePort}}}
	case WriteEtc:
		return e.writeEtc(op.Pod)
	case RunContainer:
		return e.runContainer(op)
	case AwaitContainer:
		return Action{Failure: "init container " + op.ID + " failed", Run: []Command{e.await(op.ID)}}
	case RemoveContainers:
		return Action{Run: append(e.stop(op.Stop),
			e.command(append([]string{"rm", "--force", "--volumes"}, op.Stop.All...)...))}
	case RemovePod:
		return Action{Run: append(e.stop(op.Stop), e.Dialect.RemovePod(op.ID, op.Stop.All))}
	case StopPod:
		return e.stopPod(op)
	case RestartContainer:
		return Action{Run: []Command{e.command("restart", "-t", itoa(op.Grace), op.ID)}}
	case RemoveImage:
		return e.removeImage(op)
	case RemoveEmptyPod:
		return Action{Run: []Command{e.command("pod", "rm", op.Pod.ID)}}
	case RemoveClaim:
		// Containers wrote what is in it: it is nothing but files, whatever they are called.
		return Action{Run: []Command{e.Dialect.Unshare("rm", "-rf", "--one-file-system", "--", op.Dir)}}
	case RemoveFiles:
		return Action{Run: []Command{e.Dialect.Unshare("sh", "-euc", removeFiles, "sh", op.Dir)}}
	}
	return Action{}
}

func (e Engine) command(args ...string) Command {
	return Command{Argv: append([]string{e.Dialect.Name()}, args...)}
}

// Stop is the command that ends containers, all at once: the signal, the grace period in whole seconds, SIGKILL. It ends with kubehost:
// who goes on from there stops them with what is left of the time.
func (e Engine) Stop(grace time.Duration, ids ...string) Command {
	seconds := int64((grace + time.Second - 1) / time.Second)
	c := e.stop(Stop{Running: ids, Grace: &seconds})[0]
	c.Mortal = true
	return c
}

// Kill is the command that removes a container whatever it does: one that a stop has not ended.
func (e Engine) Kill(id string) Command {
	c := e.command("rm", "--force", "--volumes", id)
	c.Mortal = true
	return c
}

// stop ends containers gracefully; with one command the runtime waits for all of them at once.
func (e Engine) stop(s Stop) []Command {
	if len(s.Running) == 0 {
		return nil
	}
	args := []string{"stop"}
	if s.Grace != nil {
		args = append(args, "-t", itoa(*s.Grace)) // docker 28 warns of --time, and older ones know no --timeout
	}
	return []Command{e.command(append(args, s.Running...)...)}
}

// stopPod ends all containers, and then what owns their network.
func (e Engine) stopPod(op StopPod) Action {
	var run []Command
	if e.Dialect.Features().RestartUpdates && len(op.Stop.All) > 0 {
		run = append(run, e.command(append([]string{"update", "--restart", "no"}, op.Stop.All...)...))
	}
	run = append(run, e.stop(op.Stop)...)
	if op.Infra != "" {
		run = append(run, e.command("stop", "-t", "0", op.Infra))
	}
	return Action{Run: run}
}

// then appends what is done afterwards. What it says of failures counts for all.
func (a Action) then(b Action) Action {
	last := &a.Then
	for *last != nil {
		next := **last
		*last = &next
		last = &next.Then
	}
	*last = &b
	return a
}
