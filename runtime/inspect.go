package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Detail is what only an inspection of a container tells.
type Detail struct {
	ID   string
	Name string
	// Pid is the container's first process, as kubehost sees it; 0 when it does not run.
	Pid int
	// Container is what the listing would show, without podman's pod.
	Container Container
	// Counted is how often a supervisor had started the container again when it made this one.
	Counted int
	// Restarts counts how often the runtime restarted the container.
	Restarts  int
	OOMKilled bool
	Created   time.Time
	Started   time.Time
	Finished  time.Time
	// IPs are the container's addresses, by network; empty for a container that joined another's network.
	IPs map[string]string
	// ImageID identifies the image that the container was made from.
	ImageID string
}

// Inspect asks for the details of containers, by their IDs, in one call. Containers that
// have gone meanwhile are left out.
func (e Engine) Inspect(ctx context.Context, ids []string) (map[string]Detail, error) {
	details := map[string]Detail{}
	if len(ids) == 0 {
		return details, nil
	}
	c := e.command(append([]string{"container", "inspect"}, ids...)...)
	res, err := e.Runner.Run(ctx, c)
	if err != nil {
		return nil, &CommandError{Command: c, Result: res, Err: err}
	}
	// A status other than 0 is expected when a container has gone; what was found is printed all the same.
	var rows []struct {
		ID           string `json:"Id"`
		Name         string
		Image        string
		Created      time.Time
		RestartCount int
		Config       struct{ Labels map[string]string }
		State        struct {
			Status                string
			Pid, ExitCode         int
			OOMKilled             bool
			StartedAt, FinishedAt time.Time
		}
		NetworkSettings struct {
			Networks map[string]struct{ IPAddress string }
		}
	}
	if err := json.Unmarshal(res.Stdout, &rows); err != nil {
		if res.Code != 0 {
			return nil, &CommandError{Command: c, Result: res}
		}
		return nil, fmt.Errorf("%s printed what is no inspection: %w", e.Dialect.Name(), err)
	}
	for _, r := range rows {
		d := Detail{ID: r.ID, Restarts: r.RestartCount, OOMKilled: r.State.OOMKilled, Created: r.Created, Started: r.State.StartedAt,
			Finished: r.State.FinishedAt, IPs: map[string]string{}, ImageID: r.Image}
		d.Name = strings.TrimPrefix(r.Name, "/") // docker's names begin with one
		d.Pid = r.State.Pid
		d.Container = Container{ID: r.ID, Name: d.Name, State: ParseState(r.State.Status), ExitCode: r.State.ExitCode}
		d.Container.Label(func(key string) string { return r.Config.Labels[key] })
		d.Counted, _ = strconv.Atoi(r.Config.Labels[LabelRestarts])
		for name, n := range r.NetworkSettings.Networks {
			if n.IPAddress != "" {
				d.IPs[name] = n.IPAddress
			}
		}
		details[r.ID] = d
	}
	return details, nil
}

// IP is the container's address on that network or, where it is on another, its address there; empty when it has none.
func (d Detail) IP(network string) string {
	if ip := d.IPs[network]; ip != "" {
		return ip
	}
	for _, other := range slices.Sorted(maps.Keys(d.IPs)) {
		return d.IPs[other]
	}
	return ""
}
