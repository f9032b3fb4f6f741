package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/archive"
	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

func (p *program) cpCommand() *cli.Command {
	return &cli.Command{
		Name:      "cp",
		Usage:     "copy files into a container, or out of one",
		UsageText: "kubehost cp SOURCE [NAMESPACE/]POD:PATH | [NAMESPACE/]POD:PATH TARGET [flags]",
		Description: `Copies a file, or a directory with all that is in it. The image needs no tool for it, and the container need not
run. A path in the container that does not begin with / is below its working directory. A path
of this host that has a colon is written with ./ before it.

What is copied into a directory that is there keeps its name; otherwise the target is the new name. A directory that is
copied out is merged into a target that is there, as with kubectl. In the container files belong to the user that its process
runs as; here, to who copies. Nothing is written outside the target, whatever symlinks the container has: those
that lead out of what is copied are left out, with a warning.

Examples:
  kubehost cp page.html web:/www/index.html
  kubehost cp web:/etc ./etc
  kubehost cp -c db page.html web:/tmp`,
		Flags: append([]cli.Flag{
			namespaceFlag("of the pod (default: default)"),
			&cli.StringFlag{Name: "container", Aliases: []string{"c"}, Usage: "copy into or out of this `CONTAINER`"},
			&cli.BoolFlag{Name: "no-preserve", Usage: "give what is copied into a container the usual modes, 0644 and 0755"},
		}, settings.Flags()...),
		Action: p.cp,
	}
}

// copying is one run of cp.
type copying struct {
	*program
	engine     runtime.Engine
	view       view.Pod
	unit       view.Unit
	noPreserve bool
}

// place is a path, of this host when it names no pod.
type place struct{ pod, path string }

func (p *program) cp(c *cli.Context) error {
	if c.NArg() != 2 {
		return commandline.Usage(c, "must name a source and a target, one of them in a container: POD:PATH")
	}
	from, to := placeOf(c.Args().Get(0)), placeOf(c.Args().Get(1))
	switch {
	case from.pod == "" && to.pod == "":
		return commandline.Usage(c, "one of source and target must be in a container: POD:PATH")
	case from.pod != "" && to.pod != "":
		return commandline.Usage(c, "one of source and target must be a file of this host")
	case from.path == "" || to.path == "":
		return commandline.Usage(c, "filepath can not be empty")
	case from.pod == "" && from.path == "-":
		return commandline.Mistake("- is no file\n  hint: tar cf - FILES | kubehost exec -i POD -- tar xf - -C DIR; ./- is a file of that name")
	case to.pod == "" && to.path == "-":
		return commandline.Mistake("- is no file\n  hint: kubehost exec POD -- tar cf - FILES; ./- is a file of that name")
	}
	r, err := copiedPod(c, from.pod+to.pod)
	if err != nil {
		return err
	}
	if from.pod == "" {
		if _, err := os.Stat(from.path); err != nil {
			return err // before anybody is asked
		}
	}
	v, u, err := p.chosenContainer(c, r)
	if err != nil {
		return err
	}
	if u.Container == nil {
		return fmt.Errorf("container %q of pod %q is not there\n  hint: %q tells what it waits for", u.Name, r.Name, engines.PodCommand("describe pod", r))
	}
	cp := copying{program: p, engine: v.Engine, view: v, unit: u, noPreserve: c.Bool("no-preserve")}
	if from.pod == "" {
		return cp.in(c.Context, from.path, to.path)
	}
	return cp.out(c.Context, from.path, to.path)
}

// placeOf reads a path as kubectl does, but for those that begin with / or . : these are of this host.
func placeOf(word string) place {
	pod, file, ok := strings.Cut(word, ":")
	if !ok || pod == "" || strings.HasPrefix(word, "/") || strings.HasPrefix(word, ".") {
		return place{path: word}
	}
	return place{pod, file}
}

// copiedPod is the pod that stands before a colon: POD or NAMESPACE/POD.
func copiedPod(c *cli.Context, word string) (plan.Ref, error) {
	namespace, name, ok := strings.Cut(word, "/")
	if !ok {
		return podNamed(c, word)
	}
	if n := c.String("namespace"); n != "" && n != namespace {
		return plan.Ref{}, commandline.Usage(c, "two namespaces are named: %s and %s", n, namespace)
	}
	t := targetOf("Pod", namespace, name)
	return t.Ref, checkNames([]target{t})
}

// inside is a path of the container in full.
func (cp *copying) inside(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", cp.view.Details[cp.unit.Container.ID].WorkingDir, name)
}

// in copies a file or directory of this host into the container.
func (cp *copying) in(ctx context.Context, from, to string) error {
	target := cp.inside(to)
	dir, name := path.Split(target)
	isDir, err := cp.isDir(ctx, target)
	if err != nil {
		return err
	}
	if isDir {
		// Not ".", whose name is that of the directory it is.
		abs, err := filepath.Abs(from)
		if err != nil {
			return err
		}
		dir, name = target, filepath.Base(abs)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	packed := make(chan error, 1)
	go func() {
		packed <- cp.packer(name).Pack(w, from)
		w.Close()
	}()
	err = cp.run(ctx, cp.engine.CopyIn(cp.unit.Container.ID, path.Clean(dir)), runtime.Streams{In: r, Out: io.Discard, Begun: func(*os.Process) { r.Close() }})
	r.Close() // if it was never begun: the packing must end
	problem := <-packed
	if errors.Is(problem, fs.ErrClosed) || err != nil && errors.Is(problem, syscall.EPIPE) {
		problem = nil // it is what the runtime says that counts
	}
	var refused *runtime.CommandError
	if errors.As(err, &refused) && refused.Err == nil {
		if there, unknown := cp.isDir(ctx, path.Clean(dir)); !there && unknown == nil {
			return errors.Join(fmt.Errorf("%s: no such directory in container %q\n  hint: kubehost exec makes it: mkdir -p", path.Clean(dir), cp.unit.Name), problem)
		}
	}
	return errors.Join(err, problem)
}

// packer packs for the user that the container's process runs as.
func (cp *copying) packer(name string) archive.Packer {
	d := cp.view.Details[cp.unit.Container.ID]
	uid, gid, ok := archive.IDs(os.DirFS("/proc"), d.Pid)
	if !ok && cp.view.Stored != nil {
		if u := cp.view.Stored.Plan.Unit(cp.unit.Name); u != nil {
			uid, gid = idOr0(u.Identity.User), idOr0(u.Identity.Group)
		}
	}
	return archive.Packer{Name: name, UID: uid, GID: gid, Plain: cp.noPreserve, Warn: cp.note}
}

func idOr0(id *int64) int {
	if id == nil {
		return 0
	}
	return int(*id)
}

// isDir says whether a path is a directory in the container, by the first entry of an archive of it.
func (cp *copying) isDir(ctx context.Context, name string) (bool, error) {
	enough := errors.New("enough was seen")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	is := false
	err := cp.archive(ctx, name, func(r io.Reader) error {
		if h, err := tar.NewReader(r).Next(); err == nil {
			is = h.Typeflag == tar.TypeDir
			cancel(enough)
		}
		return nil
	})
	var refused *runtime.CommandError
	if errors.Is(err, enough) || errors.As(err, &refused) && refused.Err == nil { // it is not there
		err = nil
	}
	return is, err
}

// archive reads a file or directory of the container as a tar archive.
func (cp *copying) archive(ctx context.Context, name string, read func(io.Reader) error) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	ended := make(chan error, 1)
	go func() {
		ended <- cp.run(ctx, cp.engine.CopyOut(cp.unit.Container.ID, name), runtime.Streams{Out: w, Begun: func(*os.Process) { w.Close() }})
		w.Close()
	}()
	problem := read(r)
	if problem == nil {
		_, problem = io.Copy(io.Discard, r) // what stands after the end of an archive
	}
	r.Close()
	if err := <-ended; err != nil {
		return err
	}
	return problem
}

// run runs a command of the runtime, and tells what it says when it fails.
func (cp *copying) run(ctx context.Context, c runtime.Command, s runtime.Streams) error {
	var said bytes.Buffer
	s.Err = &said
	code, err := cp.engine.Attach(ctx, c, s)
	if err == nil && code != 0 {
		return &runtime.CommandError{Command: c, Result: runtime.Result{Stderr: said.Bytes(), Code: code}}
	}
	return err
}

// noSuchFile is how docker and podman say that there is nothing at a path.
var noSuchFile = regexp.MustCompile(`[Cc]ould not find the file|could not be found on container`)

// out copies a file or directory of the container to this host.
func (cp *copying) out(ctx context.Context, from, to string) error {
	u := archive.Unpacker{To: to, Name: path.Base(cp.inside(from)), Warn: cp.note}
	if err := cp.archive(ctx, cp.inside(from), u.Unpack); err != nil {
		var refused *runtime.CommandError
		if errors.As(err, &refused) && refused.Err == nil && !u.Begun {
			if noSuchFile.Match(refused.Result.Stderr) {
				return fmt.Errorf("%s: no such file or directory in container %q", from, cp.unit.Name)
			}
			return fmt.Errorf("%s cannot be copied out of container %q: %w", from, cp.unit.Name, err)
		}
		return err
	}
	return nil
}
