package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
)

// completeWord is the word by which the completion scripts ask. It is no command: its words are those of another
// command line, half written.
const completeWord = "__complete"

// complete prints what may stand in the place of the last word, one a line, with a tab and what it is; ":files" says that
// names of files may, too. No runtime is asked: a shell waits for the answer.
func (p *program) complete(words []string) {
	c := completing{program: p, app: p.app(), words: words, last: words[len(words)-1]}
	for _, candidate := range c.candidates() {
		if strings.HasPrefix(candidate, c.last) || candidate == filesToo {
			fmt.Fprintln(p.stdout, candidate)
		}
	}
}

const filesToo = ":files"

// completing is a command line whose last word is being written.
type completing struct {
	*program
	app     *cli.App
	words   []string
	last    string
	command *cli.Command
	// names are the words that are no flags, flags the values of those that have some.
	names []string
	flags map[string]string
}

// read takes the words before the last apart. It returns the flag that the last word is the value of, if it is.
func (c *completing) read() cli.Flag {
	c.flags = map[string]string{}
	command, at := commandline.FindCommand(c.app, c.words[:len(c.words)-1])
	if command == nil {
		return nil
	}
	c.command = command
	known := commandline.FlagsOf(command)
	var open string
	for i, w := range c.words[:len(c.words)-1] {
		name, value, hasValue := strings.Cut(strings.TrimLeft(w, "-"), "=")
		switch {
		case i == at:
		case open != "":
			c.flags[open], open = w, ""
		case w == "--":
			c.command = nil // the words of another program
			return nil
		case !strings.HasPrefix(w, "-"):
			c.names = append(c.names, w)
		case hasValue:
			c.flags[name] = value
		case known[name].TakesValue:
			open = name
		}
	}
	return flagNamed(command, open)
}

func flagNamed(c *cli.Command, name string) cli.Flag {
	for _, f := range c.Flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func (c *completing) candidates() []string {
	valueOf := c.read()
	switch {
	case valueOf != nil:
		return c.values(valueOf)
	case c.command == nil && len(c.words) == 1:
		return commandNames(c.app)
	case c.command == nil:
		return []string{filesToo}
	case strings.HasPrefix(c.last, "-"):
		if name, _, found := strings.Cut(c.last, "="); found {
			var all []string
			for _, v := range c.values(flagNamed(c.command, strings.TrimLeft(name, "-"))) {
				all = append(all, name+"="+v)
			}
			return all
		}
		return flagNames(c.command)
	}
	return c.arguments()
}

func commandNames(app *cli.App) []string {
	var all []string
	for _, c := range app.VisibleCommands() {
		all = append(all, c.Name+"\t"+c.Usage)
	}
	return all
}

func flagNames(c *cli.Command) []string {
	var all []string
	for _, f := range c.VisibleFlags() {
		d, ok := f.(cli.DocGenerationFlag)
		for _, n := range f.Names() {
			if len(n) > 1 && ok {
				all = append(all, "--"+n+"\t"+strings.ReplaceAll(d.GetUsage(), "`", ""))
			}
		}
	}
	return append(all, "--help\tshow help")
}

// placeholder is the word in a flag's usage that stands for its value. Where only some words will do, they follow.
var placeholder = regexp.MustCompile("`([A-Z:/]+)`")

// choice is a list in a usage text: "docker, podman, or auto", "sh, plan, json or yaml", "name or jsonpath=".
var choice = regexp.MustCompile(`[a-z-]+=?(?:, [a-z-]+=?)*,? or [a-z-]+=?`)

// values are those that a flag may have.
func (c *completing) values(f cli.Flag) []string {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return nil
	}
	what := placeholder.FindStringSubmatch(d.GetUsage())
	switch {
	case what == nil:
		return nil
	case slices.Contains(f.Names(), "namespace"):
		return c.namespaces()
	case slices.Contains(f.Names(), "supervisor"):
		return []string{settings.SupervisorSystemd, settings.SupervisorDetached, settings.SupervisorNone}
	case what[1] == "CONTAINER":
		return c.containers(c.names)
	case what[1] == "WHAT":
		return waitWords()
	case what[1] == "POD":
		return c.pods("pod/", "")
	case what[1] == "LABELS":
		return c.labels(func(k, v string) string { return k + "=" + v })
	case what[1] == "KEYS":
		return c.labels(func(k, _ string) string { return k })
	case what[1] == "FILE", what[1] == "DIR":
		return []string{filesToo}
	case what[1] == "FORMAT", what[1] == "MODE", what[1] == "RUNTIME":
		list := choice.FindString(d.GetUsage())
		return strings.FieldsFunc(strings.ReplaceAll(list, " or ", ","), func(r rune) bool { return r == ',' || r == ' ' })
	}
	return nil
}

// arguments are what may stand at this place after the command and its flags, by what its usage says.
func (c *completing) arguments() []string {
	usage := c.command.UsageText
	kind := regexp.MustCompile(`kubehost \w+ (pods?) `).FindStringSubmatch(usage)
	switch {
	case c.command.Name == "completion":
		return []string{"bash", "zsh", "fish"}
	case c.command.Name == "fields":
		return c.fields()
	case c.command.Name == "port-forward" && len(c.names) > 0:
		return c.ports(c.names[0])
	case strings.HasPrefix(c.last, "pod/") && strings.Contains(usage, "POD"):
		return c.pods("pod/", "")
	case kind != nil && len(c.names) == 0 && strings.Contains(usage, "KIND"):
		return []string{kind[1], "configmaps", "secrets", "persistentvolumeclaims", "persistentvolumes"}
	case kind != nil && len(c.names) == 0:
		return []string{kind[1]}
	case kind != nil && strings.Contains(usage, "KIND") && !slices.Contains([]string{"", "Pod"}, kindWords[strings.ToLower(c.names[0])]):
		return c.objects(kindWords[strings.ToLower(c.names[0])])
	case kind != nil:
		return c.pods("", "")
	case strings.Contains(usage, "pod/POD"):
		return c.pods("pod/", "")
	case strings.Contains(usage, "POD:"):
		return append(c.pods("", ":"), filesToo)
	case strings.Contains(usage, "POD [CONTAINER]") && len(c.names) == 1:
		return c.containers(c.names)
	case strings.Contains(usage, "POD …"), strings.Contains(usage, "POD") && len(c.names) == 0:
		return c.pods("", "")
	}
	return nil
}

// store is where the applied pods are. What is wrong with a setting is for the command itself to say.
func (c *completing) store() runtime.Store {
	return runtime.Store{Dir: c.user().StateDir(c.flags[settings.FlagStateDir], c.flags[settings.FlagConfig])}
}

func (c *completing) namespace() string { return cmp.Or(c.flags["namespace"], c.flags["n"], "default") }

// pods are the names of the applied pods that are not named yet.
func (c *completing) pods(before, after string) []string {
	var all []string
	dirs, _ := filepath.Glob(filepath.Join(c.store().Dir, "pods", c.namespace(), "*", "plan.json"))
	for _, d := range dirs {
		if name := before + filepath.Base(filepath.Dir(d)) + after; !slices.Contains(c.names, name) {
			all = append(all, name)
		}
	}
	return all
}

// objects are the names of those of a kind that were applied, and are not named yet.
func (c *completing) objects(kind string) []string {
	stored, _ := c.store().Objects()
	var all []string
	for _, raw := range stored {
		var o metav1.PartialObjectMetadata
		if json.Unmarshal(raw, &o) != nil || o.Kind != kind {
			continue
		}
		if targetOf(kind, c.namespace(), o.Name).Namespace == o.Namespace && !slices.Contains(c.names, o.Name) {
			all = append(all, o.Name)
		}
	}
	return all
}

// labels are those of the applied pods, as a function writes them.
func (c *completing) labels(text func(key, value string) string) []string {
	pods, _ := c.store().Pods()
	var all []string
	for _, p := range pods {
		for k, v := range p.Plan.Labels {
			if p.Ref.Namespace == c.namespace() {
				all = append(all, text(k, v))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (c *completing) namespaces() []string {
	var all []string
	dirs, _ := filepath.Glob(filepath.Join(c.store().Dir, "pods", "*"))
	for _, d := range dirs {
		all = append(all, filepath.Base(d))
	}
	return all
}

// containers are those of the pod that is named first.
func (c *completing) containers(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	stored := c.pod(names[0])
	if stored == nil {
		return nil
	}
	var all []string
	for _, u := range stored.Plan.Units {
		all = append(all, u.Name)
	}
	return all
}

// fields are the fields of the object that the last word begins with.
func (c *completing) fields() []string {
	object := c.last[:strings.LastIndex(c.last, ".")+1]
	return slices.DeleteFunc(fieldPaths(), func(path string) bool {
		return !strings.HasPrefix(path, object) || strings.Contains(path[len(object):], ".")
	})
}

// ports are those that the containers of a pod name, by their name where they have one, else by their number.
func (c *completing) ports(name string) []string {
	stored := c.pod(name)
	if stored == nil {
		return nil
	}
	pod := v1.Pod{}
	if json.Unmarshal(stored.Manifest, &pod) != nil {
		return nil
	}
	var all []string
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, p := range container.Ports {
			all = append(all, cmp.Or(p.Name, strconv.Itoa(int(p.ContainerPort))))
		}
	}
	return all
}

// pod is an applied one, as WEB or pod/WEB; nil when there is none of that name.
func (c *completing) pod(name string) *runtime.StoredPod {
	pod := target{"Pod", targetOf("Pod", c.namespace(), strings.TrimPrefix(name, "pod/")).Ref}
	if checkNames([]target{pod}) != nil {
		return nil
	}
	stored, err := c.store().Pod(pod.Ref)
	if err != nil {
		return nil
	}
	return &stored
}
