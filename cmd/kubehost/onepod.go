package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/engines"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// host are the runtimes and the settings that a command works with.
func (p *program) host(c *cli.Context) (*engines.Finder, settings.Settings, error) {
	s, err := p.user().Settings(c)
	if err != nil {
		return nil, s, err
	}
	e, err := engines.New(p.user(), s)
	return e, s, err
}

// podNamed is the pod that a word names: "web" or "pod/web".
func podNamed(c *cli.Context, word string) (plan.Ref, error) {
	all, err := targetsOf(c, []string{word})
	if err != nil {
		return plan.Ref{}, err
	}
	if all[0].Kind != "Pod" {
		return plan.Ref{}, commandline.Usage(c, "%s is no pod", word)
	}
	return all[0].Ref, nil
}

// observePod gathers what is known of one pod, with one question to the runtime where the pod's plan is kept.
func observePod(ctx context.Context, e *engines.Finder, s settings.Settings, r plan.Ref) (podView, error) {
	if err := e.Check(r); err != nil {
		return podView{}, err
	}
	none := fmt.Errorf("pods %q not found in %s namespace", r.Name, r.Namespace)
	stored, err := runtime.Store{Dir: s.StateDir}.Pod(r)
	if errors.Is(err, fs.ErrNotExist) || os.IsPermission(err) {
		all, err := observePods(ctx, e, s)
		if i := slices.IndexFunc(all, func(v podView) bool { return v.Ref == r }); i >= 0 {
			return all[i], nil
		}
		return podView{}, errors.Join(err, none)
	}
	if err != nil {
		return podView{}, err
	}
	v := podView{Ref: r, stored: &stored}
	if err := v.remember(s); err != nil {
		return v, err
	}
	if v.engine, err = e.Pod(ctx, r); err != nil {
		return v, err
	}
	return v, v.inspect(ctx)
}

// inspect asks the runtime for the containers of a pod that was applied.
func (v *podView) inspect(ctx context.Context) (err error) {
	names := []string{v.stored.Plan.Sandbox.ID}
	for _, u := range v.stored.Plan.Units {
		names = append(names, u.ID)
	}
	if v.details, err = v.engine.Inspect(ctx, names); err != nil {
		return err
	}
	for _, d := range v.details {
		if d.Container.Ref == v.Ref {
			v.containers = append(v.containers, d.Container)
		}
	}
	return nil
}

// chosenContainer is the container of a pod that -c names, or the one that kubectl would take, which is said unless -q is given.
func (p *program) chosenContainer(c *cli.Context, r plan.Ref) (v podView, u unit, err error) {
	e, s, err := p.host(c)
	if err != nil {
		return v, u, err
	}
	if v, err = observePod(c.Context, e, s, r); err != nil {
		return v, u, err
	}
	u, note, err := v.container(c.String("container"))
	if err == nil && !c.Bool("quiet") {
		fmt.Fprint(p.stderr, note)
	}
	return v, u, err
}

// The annotation that names the container which commands take when none is named.
const defaultContainer = "kubectl.kubernetes.io/default-container"

// container is the one of that name or, without a name, the one that kubectl would take. note tells which was
// taken when there is a choice.
func (v podView) container(name string) (u unit, note string, err error) {
	units := v.units()
	named := func(name string) int { return slices.IndexFunc(units, func(u unit) bool { return u.name == name }) }
	if name != "" {
		if i := named(name); i >= 0 {
			return units[i], "", nil
		}
		return u, "", fmt.Errorf("container %s is not valid for pod %s out of: %s", name, v.Ref.Name, allNames(units))
	}
	if len(units) == 0 {
		return u, "", fmt.Errorf("pod %q has no containers here\n  hint: \"kubehost apply\" makes what is missing", v.Ref.Name)
	}
	if preferred := v.annotations()[defaultContainer]; preferred != "" {
		if i := named(preferred); i >= 0 {
			return units[i], "", nil
		}
		note = fmt.Sprintf("Default container name %q not found in pod %s\n", preferred, v.Ref.Name)
	}
	u = units[max(0, slices.IndexFunc(units, func(u unit) bool { return u.role == plan.Main }))]
	if len(units) > 1 {
		note += fmt.Sprintf("Defaulted container %q out of: %s\n", u.name, allNames(units))
	}
	return u, note, nil
}

// annotations are those of the manifest.
func (v podView) annotations() map[string]string {
	pod, err := v.object()
	if err != nil {
		return nil
	}
	return pod.Annotations
}

// allNames are the names of containers, in kubectl's order: main containers first.
func allNames(units []unit) string {
	var mains, inits []string
	for _, u := range units {
		if u.role == plan.Main {
			mains = append(mains, u.name)
		} else {
			inits = append(inits, u.name+" (init)")
		}
	}
	return strings.Join(append(mains, inits...), ", ")
}

// waiting is why a container has not begun; nil when it has, or had.
func (v podView) waiting(u unit) error {
	s := v.containerStatus(u).State.Waiting
	if u.have != nil && u.have.Started() || s == nil && u.have != nil {
		return nil
	}
	why := "ContainerCreating"
	if s != nil {
		why = waitsFor(s)
	}
	return fmt.Errorf("container %q in pod %q is waiting to start: %s", u.name, v.Ref.Name, why)
}

// waitsFor is how a kubelet puts the reasons to wait.
func waitsFor(s *v1.ContainerStateWaiting) string {
	switch s.Reason {
	case "ErrImagePull":
		return "image can't be pulled"
	case "ImagePullBackOff":
		return "trying and failing to pull image"
	}
	return s.Reason
}
