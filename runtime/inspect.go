package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
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
	// WorkingDir is where the container's process begins; empty is the root.
	WorkingDir string
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
	// Networks are those that the container is on; empty for one that joined another's network.
	Networks map[string]Addresses
	// ImageID identifies the image that the container was made from.
	ImageID string
	// LogFile has what the container writes, where that is a file in Kubernetes's own format: podman's log driver k8s-file. Else it is empty.
	LogFile string
}

// Addresses are those that a container has on a network, and the network's own, each empty where there is none.
type Addresses struct{ IPAddress, GlobalIPv6Address, Gateway, IPv6Gateway string }

// Inspect asks for the details of containers, by their IDs or their names, in one call. Containers that
// have gone meanwhile are left out. One that podman has lost the files of is Broken.
func (e Engine) Inspect(ctx context.Context, ids []string) (map[string]Detail, error) {
	var broken []Detail
	for tries := len(ids); ; tries-- {
		details, err := e.inspect(ctx, ids)
		id := withoutFiles(err)
		if id == "" || tries == 0 {
			if err != nil {
				return nil, err
			}
			for _, d := range broken {
				details[d.ID] = d
			}
			return details, nil
		}
		// Podman prints nothing at all then, not even of the others. But its listing knows the container.
		listed, err := e.Containers(ctx)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(listed, func(c Container) bool { return c.ID == id })
		if at < 0 {
			continue // it has been removed meanwhile
		}
		c := listed[at]
		c.State, c.PodName = Broken, ""
		broken = append(broken, Detail{ID: id, Name: c.Name, Container: c, Created: c.Created})
		ids = slices.DeleteFunc(slices.Clone(ids), func(asked string) bool { return asked == id || asked == c.Name })
	}
}

// storeLost are podman's words for a container that it has in its database but not in its storage: its removal is under
// way, or was cut off in the middle.
var storeLost = regexp.MustCompile(`getting container from store "([0-9a-f]+)": container not known`)

// withoutFiles is the ID of the container of which podman says that; empty when the error is another one.
func withoutFiles(err error) string {
	var failed *CommandError
	if !errors.As(err, &failed) {
		return ""
	}
	if found := storeLost.FindSubmatch(failed.Result.Stderr); found != nil {
		return string(found[1])
	}
	return ""
}

func (e Engine) inspect(ctx context.Context, ids []string) (map[string]Detail, error) {
	details := map[string]Detail{}
	if len(ids) == 0 {
		return details, nil
	}
	c := e.command(append([]string{"container", "inspect"}, ids...)...)
	res, err := e.Runner.Run(ctx, c)
	if err != nil {
		return nil, &CommandError{Command: c, Result: res, Err: err}
	}
	// A status other than 0 is expected when a container has gone; what was found is printed all the same. But so
	// it is when docker's engine does not answer, with the same empty list.
	if res.Code != 0 && (unanswered(res.Stderr) || storeLost.Match(res.Stderr)) {
		return nil, &CommandError{Command: c, Result: res}
	}
	var rows []struct {
		ID           string `json:"Id"`
		Name         string
		Image        string
		Created      time.Time
		RestartCount int
		Config       struct {
			Labels     map[string]string
			WorkingDir string
		}
		State struct {
			Status                string
			Pid, ExitCode         int
			OOMKilled             bool
			StartedAt, FinishedAt time.Time
		}
		HostConfig struct {
			LogConfig struct{ Type, Path string }
		}
		Mounts          []mount
		NetworkSettings struct {
			Networks map[string]Addresses
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
			Finished: r.State.FinishedAt, Networks: r.NetworkSettings.Networks, ImageID: r.Image}
		d.Name = strings.TrimPrefix(r.Name, "/") // docker's names begin with one
		d.Pid, d.WorkingDir = r.State.Pid, r.Config.WorkingDir
		d.Container = Container{ID: r.ID, Name: d.Name, Created: r.Created}
		d.Container.State, d.Container.ExitCode = EndState(r.State.Status, r.State.ExitCode, r.State.StartedAt)
		if d.Container.State == Exited && d.Finished.Before(d.Started) {
			d.Finished = d.Started // nobody saw its end
		}
		// Podman leaves the volumes of a container that it replaces: nobody would ever remove them.
		d.Container.Replaceable = e.Dialect.Features().Replaces && d.Container.State == Exited &&
			!slices.ContainsFunc(r.Mounts, func(m mount) bool { return m.Type == "volume" })
		d.Container.Label(func(key string) string { return r.Config.Labels[key] })
		if log := r.HostConfig.LogConfig; log.Type == "k8s-file" {
			d.LogFile = log.Path
		}
		d.Counted, _ = strconv.Atoi(r.Config.Labels[LabelRestarts])
		details[r.ID] = d
	}
	return details, nil
}

// mount is one of an inspected container.
type mount struct{ Type string }

// unanswered says whether docker complains of its engine, and not of containers that are not there. All that it has to say
// of that speaks of connecting: "Cannot connect to", "failed to connect to", "error during connect", "trying to connect to".
func unanswered(stderr []byte) bool {
	for line := range strings.Lines(strings.ToLower(string(stderr))) {
		if strings.Contains(line, "connect") && !strings.Contains(line, "no such container") {
			return true
		}
	}
	return false
}

// IP is the container's address on that network or, where it is on another, its address there; empty when it has none.
func (d Detail) IP(network string) string {
	if ip := d.Networks[network].IPAddress; ip != "" {
		return ip
	}
	for _, other := range slices.Sorted(maps.Keys(d.Networks)) {
		if ip := d.Networks[other].IPAddress; ip != "" {
			return ip
		}
	}
	return ""
}
