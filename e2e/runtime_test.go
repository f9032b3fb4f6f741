package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// answers reports why a runtime cannot be used, or nil.
func answers(runtime string) error {
	if _, err := exec.LookPath(runtime); err != nil {
		return fmt.Errorf("%s is not installed", runtime)
	}
	// Unlike "version", this fails where only the client of docker is there.
	if _, err := run(runtime, "ps", "-q"); err != nil {
		return fmt.Errorf("%s does not answer: %w", runtime, err)
	}
	return nil
}

// run runs a command of the host and returns what it printed.
func run(name string, args ...string) (string, error) {
	return pipe(nil, name, args...)
}

func pipe(stdin []byte, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// names runs a command that prints one name a line.
func names(runtime string, args ...string) []string {
	out, _ := run(runtime, args...) // what cannot be listed is not there
	return strings.Fields(out)
}

// object is something of a script that the runtime has.
type object struct{ id, name string }

// containers lists a script's containers: by label, and by name where a label is missing.
func (s *script) containers() []object {
	return s.list("ps", "-a", "--no-trunc", "--format", `{{.ID}}|{{.Names}}|{{.Labels}}`)
}

// pods lists a script's podman pods.
func (s *script) pods() []object {
	if s.runtime != "podman" {
		return nil
	}
	return s.list("pod", "ps", "--no-trunc", "--format", `{{.ID}}|{{.Name}}|{{.Labels}}`)
}

// networks lists a script's networks.
func (s *script) networks() []object {
	return s.list("network", "ls", "--no-trunc", "--format", `{{.ID}}|{{.Name}}|{{.Labels}}`)
}

func (s *script) list(args ...string) []object {
	out, _ := run(s.runtime, args...)
	var objects []object
	for line := range strings.Lines(out) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), "|")
		name, labels, _ := strings.Cut(rest, "|")
		if s.owns(name, labels) {
			objects = append(objects, object{id, name})
		}
	}
	return objects
}

// owns recognises $NS itself, $NS.web, $NS-b.web, kubehost-$NS and any object labelled so: $NS is
// unique enough to be looked for anywhere.
func (s *script) owns(name, labels string) bool {
	return strings.Contains(name, s.ns) || strings.Contains(labels, s.ns)
}

// cleanUp removes everything that a script made at the runtime. What is on a network goes one by one: the engine of docker 20.10
// locks up now and then when many containers leave networks at the same moment.
func (s *script) cleanUp() {
	s.endSupervisors()
	for _, p := range s.pods() {
		_, _ = run(s.runtime, "pod", "rm", "-f", "-t", "0", p.id)
	}
	var joined, infras []string // joined ones have the network of an infra container
	for _, c := range s.containers() {
		if strings.HasSuffix(c.name, "-infra") {
			infras = append(infras, c.id)
		} else {
			joined = append(joined, c.id)
		}
	}
	if len(joined) > 0 {
		_, _ = run(s.runtime, append([]string{"rm", "-f", "-v"}, joined...)...)
	}
	for _, id := range infras {
		_, _ = run(s.runtime, "rm", "-f", "-v", id)
	}
	for _, n := range s.networks() {
		_, _ = run(s.runtime, "network", "rm", n.name)
	}
}

// removeImages removes what was pulled from the script's registries. Nothing is forced: podman
// would take containers along.
func (s *script) removeImages() {
	for _, ref := range names(s.runtime, "images", "--format", "{{.Repository}}:{{.Tag}}") {
		if strings.HasPrefix(ref, s.registry.addr+"/") || strings.HasPrefix(ref, s.registry.authAddr+"/") {
			_, _ = run(s.runtime, "rmi", ref)
		}
	}
	for _, id := range s.images { // those whose tag has gone to a newer one
		_, _ = run(s.runtime, "rmi", id)
	}
}

// endSupervisors ends the supervisors of a script, without a word to the pods: what they look after goes next.
func (s *script) endSupervisors() {
	places, _ := filepath.Glob(filepath.Join(s.dir("state"), "run", "*", "*", "supervisor"))
	for _, place := range places {
		dir := filepath.Dir(place)
		ref := plan.Ref{Namespace: filepath.Base(filepath.Dir(dir)), Name: filepath.Base(dir)}
		pid, err := supervise.Station{Dir: filepath.Dir(filepath.Dir(dir)), Ref: ref}.Alive()
		if err == nil && pid != 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// report describes what a failed script left at the runtime.
func (s *script) report() string {
	var b strings.Builder
	for _, c := range s.containers() {
		fmt.Fprintf(&b, "--- %s inspect %s\n", s.runtime, c.name)
		out, err := run(s.runtime, "inspect", c.id)
		var compact bytes.Buffer
		if err == nil && json.Compact(&compact, []byte(out)) == nil {
			out = compact.String()
		}
		fmt.Fprintf(&b, "%s\n--- %s logs %s\n", out, s.runtime, c.name)
		logs, _ := exec.Command(s.runtime, "logs", "--tail", "40", c.id).CombinedOutput()
		fmt.Fprintf(&b, "%s\n", logs)
	}
	if b.Len() == 0 {
		return "nothing of the script is left at " + s.runtime
	}
	return b.String()
}
