package podman

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// Containers lists all containers.
func (Dialect) Containers(ctx context.Context, r runtime.Runner) ([]runtime.Container, error) {
	out, err := runtime.Outputs(ctx, r, runtime.Command{Argv: []string{"podman", "ps", "--all", "--pod", "--format", "json"}})
	if err != nil {
		return nil, err
	}
	return parseContainers(out[0])
}

// Networks lists all networks.
func (Dialect) Networks(ctx context.Context, r runtime.Runner) ([]runtime.Network, error) {
	out, err := runtime.Outputs(ctx, r, runtime.Command{Argv: []string{"podman", "network", "ls", "--format", "json"}})
	if err != nil {
		return nil, err
	}
	return parseNetworks(out[0])
}

// row is one container as podman lists it.
type row struct {
	ID       string `json:"Id"`
	Names    []string
	PodName  string
	Image    string
	State    string
	ExitCode int
	Labels   map[string]string
	Created  created
	// StartedAt is long before 1970 for one that was never started.
	StartedAt created
	Ports     []publishedPort
}

// publishedPort is one published port, or a range of them. Each container of a pod lists those of the pod.
type publishedPort struct {
	HostIP   string `json:"host_ip"`
	HostPort int32  `json:"host_port"`
	Range    int32  `json:"range"`
	Protocol string `json:"protocol"`
}

func (p publishedPort) ports() []plan.Port {
	var ports []plan.Port
	for i := range max(p.Range, 1) {
		ports = append(ports, plan.Port{HostIP: p.HostIP, HostPort: p.HostPort + i, Protocol: plan.Protocol(p.Protocol)})
	}
	return ports
}

// created is seconds since 1970 from the command, a time in RFC 3339 from the service.
type created struct{ time.Time }

func (c *created) UnmarshalJSON(b []byte) error {
	var seconds int64
	if json.Unmarshal(b, &seconds) == nil {
		c.Time = time.Unix(seconds, 0)
		return nil
	}
	return c.Time.UnmarshalJSON(b)
}

func parseContainers(out []byte) ([]runtime.Container, error) {
	var rows []row
	if err := unmarshal(out, &rows); err != nil {
		return nil, err
	}
	var containers []runtime.Container
	for _, r := range rows {
		if len(r.Names) == 0 {
			continue // on its way out
		}
		c := runtime.Container{ID: r.ID, Name: r.Names[0], PodName: r.PodName, Image: r.Image,
			Created: r.Created.Time}
		c.State, c.ExitCode = runtime.EndState(r.State, r.ExitCode, r.StartedAt.Time)
		for _, p := range r.Ports {
			c.Ports = append(c.Ports, p.ports()...)
		}
		c.Label(func(key string) string { return r.Labels[key] })
		containers = append(containers, c)
	}
	return containers, nil
}

func parseNetworks(out []byte) ([]runtime.Network, error) {
	var rows []struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
		DNS    *bool             `json:"dns_enabled"`
	}
	if err := unmarshal(out, &rows); err != nil {
		return nil, err
	}
	var networks []runtime.Network
	for _, r := range rows {
		networks = append(networks, runtime.Network{Name: r.Name, Managed: r.Labels[runtime.LabelManaged] == "true",
			NoDNS: r.DNS != nil && !*r.DNS})
	}
	return slices.Clip(networks), nil
}

// unmarshal reads a listing; older versions print nothing at all for an empty one.
func unmarshal(out []byte, v any) error {
	if len(bytes.TrimSpace(out)) == 0 {
		return nil
	}
	if err := json.Unmarshal(out, v); err != nil {
		return fmt.Errorf("podman printed what is not the listing that was asked for: %w", err)
	}
	return nil
}
