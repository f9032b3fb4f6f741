package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strconv"
	"sync"
	"time"
)

// api speaks to an engine's HTTP API and does the same as kubehost's commands without supervisors: what an executor that
// needs no commands would gain.
type api struct {
	*http.Client
	runtime string
	pods    int
	end     func()
}

// object is JSON that is sent.
type object = map[string]any

// openAPI connects to the engine; of podman a service is started for it.
func openAPI(ctx context.Context, h host, pods int) (*api, error) {
	socket, end := "/var/run/docker.sock", func() {}
	if h.runtime == "podman" {
		socket = filepath.Join(h.dir, "podman.sock")
		service := exec.CommandContext(ctx, "podman", "system", "service", "--time", "0", "unix://"+socket)
		if err := service.Start(); err != nil {
			return nil, err
		}
		end = func() {
			_ = service.Process.Kill()
			_ = service.Wait()
		}
	}
	a := &api{runtime: h.runtime, pods: pods, end: end, Client: &http.Client{Timeout: patience, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}}}}
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := a.call(ctx, "GET", "/_ping", nil, nil)
		if err == nil {
			return a, nil
		}
		if time.Since(begun) > 20*time.Second {
			end()
			return nil, err
		}
	}
}

// call makes a request and reads the answer into out, unless that is nil.
func (a *api) call(ctx context.Context, method, path string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://engine"+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := a.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 400 {
		return errors.Join(err, fmt.Errorf("%s %s: %s: %s", method, path, res.Status, text))
	}
	if out != nil {
		return json.Unmarshal(text, out)
	}
	return nil
}

// contender is what the API does, as one that can be timed.
func (a *api) contender() contender {
	c := contender{name: "HTTP API"}
	if a.runtime == "docker" {
		c.infra = 1 // of the same image
	}
	c.steps = []step{
		{"first apply", func(ctx context.Context) error {
			return errors.Join(a.list(ctx), a.network(ctx), a.each(ctx, a.start))
		}},
		{"second apply", a.list},
		{"one pod changed", func(ctx context.Context) error { return errors.Join(a.list(ctx), a.change(ctx)) }},
		{"delete", func(ctx context.Context) error {
			return errors.Join(a.list(ctx), a.each(ctx, a.remove), a.removeNetwork(ctx))
		}},
	}
	return c
}

func (a *api) list(ctx context.Context) error {
	if a.runtime == "podman" {
		return errors.Join(a.call(ctx, "GET", "/v4.0.0/libpod/containers/json?all=true", nil, nil), a.call(ctx, "GET", "/v4.0.0/libpod/networks/json", nil, nil))
	}
	return errors.Join(a.call(ctx, "GET", "/containers/json?all=true", nil, nil), a.call(ctx, "GET", "/networks", nil, nil))
}

const apiNetwork = "kb-api"

func (a *api) network(ctx context.Context) error {
	if a.runtime == "podman" {
		return a.call(ctx, "POST", "/v4.0.0/libpod/networks/create", object{"name": apiNetwork, "driver": "bridge", "dns_enabled": true}, nil)
	}
	return a.call(ctx, "POST", "/networks/create", object{"Name": apiNetwork}, nil)
}

func (a *api) removeNetwork(ctx context.Context) error {
	if a.runtime == "podman" {
		return a.call(ctx, "DELETE", "/v4.0.0/libpod/networks/"+apiNetwork, nil, nil)
	}
	return a.call(ctx, "DELETE", "/networks/"+apiNetwork, nil, nil)
}

// each does something for all pods, as many at once as kubehost does.
func (a *api) each(ctx context.Context, do func(context.Context, int) error) error {
	errs, slots := make([]error, a.pods), make(chan struct{}, 4*goruntime.NumCPU())
	var all sync.WaitGroup
	for n := range a.pods {
		slots <- struct{}{}
		all.Go(func() { errs[n] = do(ctx, n); <-slots })
	}
	all.Wait()
	return errors.Join(errs...)
}

func podName(n int) string { return fmt.Sprintf("kb-%03d", n) }

// start makes a pod: its sandbox, and then both containers at once.
func (a *api) start(ctx context.Context, n int) error {
	if err := a.sandbox(ctx, n); err != nil {
		return err
	}
	var errs [2]error
	var both sync.WaitGroup
	for i, unit := range []string{"a", "b"} {
		both.Go(func() { errs[i] = a.unit(ctx, n, unit, 1) })
	}
	both.Wait()
	return errors.Join(errs[:]...)
}

func (a *api) sandbox(ctx context.Context, n int) error {
	name, port := podName(n), firstPort+n
	if a.runtime == "podman" {
		spec := object{"name": name, "infra_name": name + "-infra", "netns": object{"nsmode": "bridge"}, "Networks": object{apiNetwork: object{}},
			"portmappings": []object{{"host_ip": "127.0.0.1", "host_port": port, "container_port": 80, "protocol": "tcp"}}}
		return errors.Join(a.call(ctx, "POST", "/v4.0.0/libpod/pods/create", spec, nil),
			a.call(ctx, "POST", "/v4.0.0/libpod/containers/"+name+"-infra/start", nil, nil))
	}
	return a.runDocker(ctx, name+"-infra", object{"Image": image, "ExposedPorts": object{"80/tcp": object{}}, "HostConfig": object{"NetworkMode": apiNetwork, "IpcMode": "shareable",
		"PortBindings": object{"80/tcp": []object{{"HostIp": "127.0.0.1", "HostPort": strconv.Itoa(port)}}}}})
}

func (a *api) unit(ctx context.Context, n int, unit string, version int) error {
	name := podName(n)
	if a.runtime == "podman" {
		spec := object{"name": name + "-" + unit, "image": image, "pod": name, "env": object{"VERSION": strconv.Itoa(version)}}
		return errors.Join(a.call(ctx, "POST", "/v4.0.0/libpod/containers/create", spec, nil),
			a.call(ctx, "POST", "/v4.0.0/libpod/containers/"+name+"-"+unit+"/start", nil, nil))
	}
	joined := "container:" + name + "-infra"
	return a.runDocker(ctx, name+"-"+unit, object{"Image": image, "Env": []string{"VERSION=" + strconv.Itoa(version)}, "HostConfig": object{"NetworkMode": joined, "IpcMode": joined}})
}

func (a *api) runDocker(ctx context.Context, name string, spec object) error {
	if err := a.call(ctx, "POST", "/containers/create?name="+name, spec, nil); err != nil {
		return err
	}
	return a.call(ctx, "POST", "/containers/"+name+"/start", nil, nil)
}

// change replaces the second container of the last pod.
func (a *api) change(ctx context.Context) error {
	name := podName(a.pods-1) + "-b"
	if err := a.stopAndRemove(ctx, name); err != nil {
		return err
	}
	return a.unit(ctx, a.pods-1, "b", 2)
}

func (a *api) base() string {
	if a.runtime == "podman" {
		return "/v4.0.0/libpod/containers/"
	}
	return "/containers/"
}

func (a *api) stopAndRemove(ctx context.Context, name string) error {
	return errors.Join(a.call(ctx, "POST", a.base()+name+"/stop", nil, nil), a.call(ctx, "DELETE", a.base()+name+"?force=true", nil, nil))
}

func (a *api) remove(ctx context.Context, n int) error {
	name := podName(n)
	var errs [2]error
	var both sync.WaitGroup
	for i, unit := range []string{"a", "b"} {
		both.Go(func() { errs[i] = a.stopAndRemove(ctx, name+"-"+unit) })
	}
	both.Wait()
	if a.runtime == "podman" {
		return errors.Join(errs[0], errs[1], a.call(ctx, "DELETE", "/v4.0.0/libpod/pods/"+name+"?force=true", nil, nil))
	}
	return errors.Join(errs[0], errs[1], a.call(ctx, "DELETE", "/containers/"+name+"-infra?force=true", nil, nil))
}
