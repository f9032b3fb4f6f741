// Fake stands for docker or podman, whichever it is called by, and answers at once: it starts nothing, and keeps what it is
// told of containers in the file $FAKE_STATE. What kubehost needs beside such a runtime is its own.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// container is what is kept of one, under the names that podman prints.
type container struct {
	ID        string `json:"Id"`
	Names     []string
	PodName   string
	Image     string
	State     string
	Labels    map[string]string
	Created   int64
	StartedAt int64
}

// field is what docker prints of a container where a template says json .NAME, or json (.Label "NAME").
func (c container) field(name, label string) string {
	switch name {
	case "ID":
		return c.ID
	case "Names":
		return c.Names[0]
	case "Image":
		return c.Image
	case "State":
		return c.State
	case "Status":
		return "Up 2 seconds"
	case "CreatedAt":
		return time.Unix(c.Created, 0).Format("2006-01-02 15:04:05 -0700 MST")
	}
	return c.Labels[label]
}

func main() {
	if err := answer(filepath.Base(os.Args[0]), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(125)
	}
}

func answer(runtime string, args []string) error {
	switch words := strings.Join(args[:min(2, len(args))], " "); {
	case args[0] == "ps":
		return list(runtime, args)
	case args[0] == "run":
		return keep(parse(args[1:]))
	case words == "pod create":
		f := parse(args[2:])
		f.pod, f.name = f.name, f.infra
		return keep(f)
	case args[0] == "rm", words == "pod rm":
		return remove(args)
	case words == "network ls" && runtime == "podman":
		fmt.Println(`[{"name": "kubehost", "labels": {"kubehost.dev/managed": "true"}, "dns_enabled": true}]`)
	case words == "network ls":
		fmt.Println(`{"Name": "none", "Managed": ""}` + "\n" + `{"Name": "kubehost", "Managed": "true"}`)
	case words == "container inspect":
		fmt.Println("10.88.0.2 10.88.0.1")
	case words == "image inspect":
		fmt.Println("sha256:0123456789abcdef")
	}
	return nil
}

// flags are those that matter here.
type flags struct {
	name, infra, pod string
	labels           map[string]string
	image            string
}

// parse finds the flags that matter. The image is the last word: the containers are given no arguments.
func parse(args []string) flags {
	f := flags{labels: map[string]string{}}
	for i, a := range args[:max(len(args)-1, 0)] {
		switch value := args[i+1]; a {
		case "--name":
			f.name = value
		case "--infra-name":
			f.infra = value
		case "--pod":
			f.pod = value
		case "--label":
			k, v, _ := strings.Cut(value, "=")
			f.labels[k] = v
		}
	}
	if len(args) > 0 {
		f.image = args[len(args)-1]
	}
	return f
}

func keep(f flags) error {
	now := time.Now().Unix()
	b, err := json.Marshal(container{f.name, []string{f.name}, f.pod, f.image, "running", f.labels, now, now})
	if err != nil {
		return err
	}
	return note(f.name + " " + string(b) + "\n")
}

// remove forgets containers; a pod of podman has those whose names begin with its name.
func remove(args []string) error {
	var lines strings.Builder
	for _, name := range args[1:] {
		if args[0] == "pod" {
			name += "-*"
		}
		lines.WriteString(name + "\n")
	}
	return note(lines.String())
}

// note adds lines to the file of what was done: NAME and the container that was made, or NAME alone, of what was removed. Many
// may add to it at once.
func note(lines string) error {
	f, err := os.OpenFile(os.Getenv("FAKE_STATE"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(lines)
	return errors.Join(err, f.Close())
}

// containers are those that are left of all that was made, sorted by name.
func containers() ([]string, error) {
	b, err := os.ReadFile(os.Getenv("FAKE_STATE"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	left := map[string]string{}
	for line := range strings.Lines(string(b)) {
		name, made, is := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		family, all := strings.CutSuffix(name, "*")
		switch {
		case is:
			left[name] = made
		case all:
			maps.DeleteFunc(left, func(n, _ string) bool { return strings.HasPrefix(n, family) })
		default:
			delete(left, name)
		}
	}
	var sorted []string
	for _, name := range slices.Sorted(maps.Keys(left)) {
		sorted = append(sorted, left[name])
	}
	return sorted, nil
}

func list(runtime string, args []string) error {
	all, err := containers()
	if err != nil {
		return err
	}
	if runtime == "podman" {
		_, err := fmt.Printf("[%s]\n", strings.Join(all, ","))
		return err
	}
	// Package text/template would take a tenth of a second for a thousand pods.
	format := args[len(args)-1] + "\n"
	actions := action.FindAllStringSubmatchIndex(format, -1)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, made := range all {
		var c container
		if err := json.Unmarshal([]byte(made), &c); err != nil {
			return err
		}
		at := 0
		for _, m := range actions {
			value, err := json.Marshal(c.field(group(format, m, 1), group(format, m, 2)))
			if err != nil {
				return err
			}
			out.WriteString(format[at:m[0]])
			out.Write(value)
			at = m[1]
		}
		out.WriteString(format[at:])
	}
	return nil
}

// action is one in the templates that kubehost gives docker.
var action = regexp.MustCompile(`{{json (?:\.(\w+)|\(\.Label "([^"]+)"\))}}`)

// group is that of a match; empty when it is not in it.
func group(text string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return text[m[2*n]:m[2*n+1]]
}
