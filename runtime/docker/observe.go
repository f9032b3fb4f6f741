package docker

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// listed are the labels that the listing asks for. Each is asked for by its key: docker prints all labels of
// a container as one text, in which the values of an image's own labels can forge others.
var listed = [...]string{runtime.LabelNamespace, runtime.LabelPod, runtime.LabelContainer, runtime.LabelRole,
	runtime.LabelHash, runtime.LabelNetwork, runtime.LabelInits, runtime.LabelFrozen, runtime.LabelID}

// row is one container as the listing prints it.
type row struct {
	ID, Name, Image, State, Status, Created, Ports string
	Labels                                         []string
}

func listFormat() string {
	labels := make([]string, len(listed))
	for i, l := range listed {
		labels[i] = fmt.Sprintf("{{json (.Label %q)}}", l)
	}
	return `{"ID":{{json .ID}},"Name":{{json .Names}},"Image":{{json .Image}},"State":{{json .State}},` +
		`"Status":{{json .Status}},"Created":{{json .CreatedAt}},"Ports":{{json .Ports}},"Labels":[` + strings.Join(labels, ",") + `]}`
}

const networkFormat = `{"Name":{{json .Name}},"Managed":{{json (.Label "` + runtime.LabelManaged + `")}}}`

// Containers lists all containers.
func (Dialect) Containers(ctx context.Context, r runtime.Runner) ([]runtime.Container, error) {
	out, err := runtime.Outputs(ctx, r, runtime.Command{Argv: []string{"docker", "ps", "--all", "--no-trunc", "--format", listFormat()}})
	if err != nil {
		return nil, err
	}
	return parseContainers(out[0])
}

// Networks lists all networks.
func (Dialect) Networks(ctx context.Context, r runtime.Runner) ([]runtime.Network, error) {
	out, err := runtime.Outputs(ctx, r, runtime.Command{Argv: []string{"docker", "network", "ls", "--format", networkFormat}})
	if err != nil {
		return nil, err
	}
	return parseNetworks(out[0])
}

func parseContainers(out []byte) ([]runtime.Container, error) {
	var containers []runtime.Container
	err := eachLine(out, func(r row) error {
		c := runtime.Container{ID: r.ID, Name: firstName(r.Name), Image: r.Image, State: runtime.ParseState(r.State),
			Ports: parsePorts(r.Ports)}
		if c.State == runtime.Exited {
			c.ExitCode = exitCode(r.Status)
		}
		// The name of the zone, last, is nothing that can be relied on.
		const layout = "2006-01-02 15:04:05 -0700"
		c.Created, _ = time.Parse(layout, r.Created[:min(len(layout), len(r.Created))])
		c.Label(func(key string) string {
			for i, l := range listed {
				if l == key && i < len(r.Labels) {
					return r.Labels[i]
				}
			}
			return ""
		})
		containers = append(containers, c)
		return nil
	})
	return containers, err
}

// published is one entry of the listing's ports: "127.0.0.1:80->80/tcp", "[::]:80-81->80-81/udp", older ":::80->80/tcp".
var published = regexp.MustCompile(`^\[?([0-9a-fA-F.:]*?)\]?:(\d+)(?:-(\d+))?->[\d-]+/(\w+)$`)

func parsePorts(text string) []plan.Port {
	var ports []plan.Port
	for entry := range strings.SplitSeq(text, ", ") {
		m := published.FindStringSubmatch(entry)
		if m == nil {
			continue // exposed, not published
		}
		first, _ := strconv.ParseInt(m[2], 10, 32)
		last, err := strconv.ParseInt(m[3], 10, 32)
		if err != nil {
			last = first
		}
		for n := first; n <= last; n++ {
			ports = append(ports, plan.Port{HostIP: m[1], HostPort: int32(n), Protocol: plan.Protocol(m[4])})
		}
	}
	return ports
}

func parseNetworks(out []byte) ([]runtime.Network, error) {
	var networks []runtime.Network
	err := eachLine(out, func(n struct{ Name, Managed string }) error {
		networks = append(networks, runtime.Network{Name: n.Name, Managed: n.Managed == "true"})
		return nil
	})
	return networks, err
}

// firstName is a container's own name: legacy links add names with a slash ("other/alias").
func firstName(names string) string {
	for name := range strings.SplitSeq(names, ",") {
		if !strings.Contains(name, "/") {
			return name
		}
	}
	return names
}

var exited = regexp.MustCompile(`^Exited \((-?\d+)\)`)

// exitCode reads "Exited (137) 2 hours ago": the listing has it in no other form.
func exitCode(status string) int {
	if m := exited.FindStringSubmatch(status); m != nil {
		code, _ := strconv.Atoi(m[1])
		return code
	}
	return -1
}

func eachLine[T any](out []byte, f func(T) error) error {
	for line := range strings.Lines(string(out)) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return fmt.Errorf("docker printed what is not the listing that was asked for: %q", strings.TrimSpace(line))
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}
