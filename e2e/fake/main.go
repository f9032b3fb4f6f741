// Fake stands for docker or podman, whichever it is called by, and answers at once: it starts nothing, and keeps what it is
// told of containers, a file for each, in the directory $FAKE_STATE. What kubehost needs beside such a runtime is its own.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
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

// row is one container for docker's template.
type row struct{ container }

func (r row) Names() string  { return r.container.Names[0] }
func (r row) Status() string { return "Up 2 seconds" }
func (r row) Ports() string  { return "" }
func (r row) CreatedAt() string {
	return time.Unix(r.Created, 0).Format("2006-01-02 15:04:05 -0700 MST")
}
func (r row) Label(k string) string { return r.Labels[k] }

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

func dir() string { return os.Getenv("FAKE_STATE") }

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
	return os.WriteFile(filepath.Join(dir(), f.name), b, 0o600)
}

// remove forgets containers; a pod of podman has those whose names begin with its name.
func remove(args []string) error {
	for _, name := range args[1:] {
		pattern := filepath.Join(dir(), name)
		if args[0] == "pod" {
			pattern += "-*"
		}
		files, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := os.Remove(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func list(runtime string, args []string) error {
	entries, err := os.ReadDir(dir())
	if err != nil {
		return err
	}
	all := make([]container, len(entries))
	for i, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir(), e.Name()))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(b, &all[i]); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if runtime == "podman" {
		return json.NewEncoder(out).Encode(all)
	}
	format := template.New("ps").Funcs(template.FuncMap{"json": func(v any) (string, error) {
		b, err := json.Marshal(v)
		return string(b), err
	}})
	if _, err := format.Parse(args[len(args)-1] + "\n"); err != nil {
		return err
	}
	for _, c := range all {
		if err := format.Execute(out, row{c}); err != nil {
			return err
		}
	}
	return nil
}
