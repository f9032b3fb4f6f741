package runtime

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/kubehost/kubehost/translate/plan"
)

// decideCase is a host on which some pods were applied, what happened to it since, and what is wanted now.
type decideCase struct {
	name   string
	podman bool
	// before is nil for an empty host.
	before []plan.Pod
	since  func(h *host)
	want   Desired
}

func pods(p ...plan.Pod) []plan.Pod    { return p }
func planned(p ...plan.Pod) Desired    { return Desired{Plan: plan.Plan{Pods: p}} }
func removed(r ...Removal) Desired     { return Desired{Remove: r} }
func ref(namespace, n string) plan.Ref { return plan.Ref{Namespace: namespace, Name: n} }

// with is a changed copy of a pod.
func with(p plan.Pod, change func(p *plan.Pod)) plan.Pod {
	p.Units, p.Volumes = slices.Clone(p.Units), slices.Clone(p.Volumes)
	change(&p)
	return p
}

// state puts a container into a state, with an exit code.
func state(name string, s State, code int) func(*host) {
	return func(h *host) { h.find(name).State, h.find(name).ExitCode = s, code }
}

func lost(names ...string) func(*host) { return func(h *host) { h.remove(names) } }

func all(changes ...func(*host)) func(*host) {
	return func(h *host) {
		for _, c := range changes {
			c(h)
		}
	}
}

func restart(p plan.Pod, policy plan.RestartPolicy) plan.Pod {
	p.RestartPolicy = policy
	return p
}

func decideCases() []decideCase {
	return slices.Concat(creationCases(), containerCases(), sandboxCases(), initCases(), sidecarCases(), volumeCases(), networkCases(), portCases(), removalCases())
}

func creationCases() []decideCase {
	web := webPod()
	pulls := func(image string, policies ...plan.PullPolicy) (list []plan.Pod) {
		for i, policy := range policies {
			list = append(list, with(simplePod("default", string(rune('a'+i))), func(p *plan.Pod) {
				p.Units[0].Image, p.Units[0].Pull = image, policy
			}))
		}
		return list
	}
	host := with(simplePod("default", "web"), func(p *plan.Pod) {
		p.Sandbox.Network, p.Sandbox.Hostname, p.Sandbox.Aliases, p.Sandbox.HostNetwork = "", "", nil, true
	})
	words := pod("default", "web")
	for _, name := range []string{"sandbox", "remove", "extra", "files", "volume"} {
		unit(&words, plan.Main, name, "docker.io/library/app:1")
	}
	return []decideCase{
		{name: "empty host", want: planned(web)},
		{name: "empty host podman", podman: true, want: planned(web)},
		{name: "all unchanged", before: pods(web), want: planned(web)},
		{name: "all unchanged podman", podman: true, before: pods(web), want: planned(web)},
		{name: "two pods in two namespaces", want: planned(simplePod("default", "a"), simplePod("shop", "a"))},
		{name: "second pod", before: pods(web), want: planned(web, simplePod("default", "b"))},
		{name: "pod in no plan", before: pods(web), want: planned(simplePod("default", "b"))},
		{name: "one image with three pull policies", want: planned(pulls("x:1", plan.PullIfNotPresent, plan.PullAlways, plan.PullNever)...)},
		{name: "one image with two pull policies", want: planned(pulls("x:1", plan.PullNever, plan.PullIfNotPresent)...)},
		{name: "one image that is never pulled", want: planned(pulls("x:1", plan.PullNever)...)},
		{name: "policy of a pod that needs nothing", before: pulls("x:1", plan.PullAlways),
			want: planned(pulls("x:1", plan.PullAlways, plan.PullNever)...)},
		{name: "network of the host", want: planned(host)},
		{name: "containers named like steps", before: pods(words), since: lost("web-remove"), want: planned(with(words, func(p *plan.Pod) {
			p.Units[4].WorkingDir = "/"
		}))},
		{name: "containers named like steps on an empty host", want: planned(words)},
	}
}

func containerCases() []decideCase {
	web := webPod()
	job := simplePod("default", "job")
	exited := func(name string, policy plan.RestartPolicy, code int) decideCase {
		p := restart(job, policy)
		return decideCase{name: name, before: pods(p), since: state("job-app", Exited, code), want: planned(p)}
	}
	image := with(web, func(p *plan.Pod) { p.Units[1].Image = "docker.io/library/nginx:2" })
	return []decideCase{
		{name: "image changed", before: pods(web), want: planned(image)},
		{name: "configuration changed", before: pods(web), want: planned(with(web, func(p *plan.Pod) {
			p.Units[2].Env = []plan.EnvVar{{Name: "A", Value: "1"}}
		}))},
		{name: "container not found", before: pods(web), since: lost("web-log"), want: planned(web)},
		{name: "container created and never started", before: pods(web), since: state("web-log", Created, 0), want: planned(web)},
		{name: "container dead", before: pods(web), since: state("web-log", Broken, 0), want: planned(web)},
		{name: "container paused", before: pods(web), since: state("web-log", Paused, 0), want: planned(web)},
		{name: "paused container changed", before: pods(web), since: state("web-nginx", Paused, 0), want: planned(image)},
		{name: "container restarting", before: pods(web), since: state("web-log", Restarting, 1), want: planned(web)},
		exited("exited with 0 restart Always", plan.RestartAlways, 0),
		exited("exited with 1 restart Always", plan.RestartAlways, 1),
		exited("exited with 0 restart OnFailure", plan.RestartOnFailure, 0),
		exited("exited with 137 restart OnFailure", plan.RestartOnFailure, 137),
		exited("exited with 0 restart Never", plan.RestartNever, 0),
		exited("exited with 1 restart Never", plan.RestartNever, 1),
		{name: "container no longer in the manifest", before: pods(web), want: planned(with(web, func(p *plan.Pod) {
			p.Units = p.Units[:2]
		}))},
		{name: "one container for another", before: pods(web), want: planned(with(web, func(p *plan.Pod) {
			p.Units[2].Name, p.Units[2].ID = "logs", "web-logs"
		}))},
		{name: "label changed", before: pods(web), want: planned(with(web, func(p *plan.Pod) {
			p.Labels = map[string]string{"app": "web"}
		}))},
	}
}

func sandboxCases() []decideCase {
	web := webPod()
	done := restart(simplePod("default", "job"), plan.RestartNever)
	port := with(web, func(p *plan.Pod) {
		p.Sandbox.Ports = []plan.Port{{HostIP: "127.0.0.1", HostPort: 8080, ContainerPort: 80, Protocol: plan.TCP}}
	})
	return []decideCase{
		{name: "sandbox changed", before: pods(web), want: planned(port)},
		{name: "sandbox changed podman", podman: true, before: pods(web), want: planned(port)},
		{name: "sandbox not found", before: pods(web), since: lost("web-infra"), want: planned(web)},
		{name: "sandbox exited", before: pods(web), since: state("web-infra", Exited, 0), want: planned(web)},
		{name: "sandbox created only", podman: true, before: pods(web),
			since: all(state("web-infra", Created, 0), lost("web-setup", "web-nginx", "web-log")), want: planned(web)},
		{name: "finished pod whose sandbox exited", before: pods(done),
			since: all(state("job-app", Exited, 1), state("job-infra", Exited, 0)), want: planned(done)},
		{name: "finished pod that changed", before: pods(done), since: all(state("job-app", Exited, 1), state("job-infra", Exited, 0)),
			want: planned(with(done, func(p *plan.Pod) { p.Units[0].Image = "app:2" }))},
		{name: "two pods changed", before: pods(simplePod("default", "a"), simplePod("default", "b")), want: planned(
			with(simplePod("default", "a"), func(p *plan.Pod) { p.Sandbox.Hostname = "x" }),
			with(simplePod("default", "b"), func(p *plan.Pod) { p.Units[0].Image = "app:2" }))},
	}
}

func initCases() []decideCase {
	web := webPod()
	// before its main containers were ever started
	early := func(since ...func(*host)) func(*host) { return all(append(since, lost("web-nginx", "web-log"))...) }
	two := with(web, func(p *plan.Pod) {
		p.Units = slices.Insert(p.Units, 1, plan.Unit{Name: "more", ID: "web-more", Role: plan.Init, Image: "docker.io/library/tool:1"})
	})
	swapped := with(web, func(p *plan.Pod) { p.Units[0].Role, p.Units[0].Mounts = plan.Main, nil })
	return []decideCase{
		{name: "init container not found", before: pods(web), since: early(lost("web-setup")), want: planned(web)},
		{name: "init container exited with 0", before: pods(web), since: early(), want: planned(web)},
		{name: "init container exited with 1", before: pods(web), since: early(state("web-setup", Exited, 1)), want: planned(web)},
		{name: "init container running", before: pods(web), since: early(state("web-setup", Running, 0)), want: planned(web)},
		{name: "init container never started", before: pods(web), since: early(state("web-setup", Created, 0)), want: planned(web)},
		{name: "init container changed", before: pods(web), want: planned(with(web, func(p *plan.Pod) { p.Units[0].Args = []string{"x"} }))},
		{name: "init container pruned", before: pods(web), since: lost("web-setup"), want: planned(web)},
		{name: "init container pruned and changed", before: pods(web), since: lost("web-setup"),
			want: planned(with(web, func(p *plan.Pod) { p.Units[0].Args = []string{"x"} }))},
		{name: "init container added", before: pods(web), want: planned(two)},
		{name: "first of two init containers failed", before: pods(two),
			since: all(state("web-setup", Exited, 1), lost("web-more", "web-nginx", "web-log")), want: planned(two)},
		{name: "first of two init containers pruned", before: pods(two), since: early(lost("web-setup")), want: planned(two)},
		{name: "first of two init containers running", before: pods(two),
			since: all(state("web-setup", Running, 0), lost("web-more", "web-nginx", "web-log")), want: planned(two)},
		{name: "init container becomes a main one", before: pods(web), since: early(), want: planned(swapped)},
	}
}

func sidecarCases() []decideCase {
	// one init container, a sidecar, a second init container and a second sidecar, then two main ones
	web := with(webPod(), func(p *plan.Pod) {
		p.Units = slices.Insert(p.Units, 1,
			plan.Unit{Name: "proxy", ID: "web-proxy", Role: plan.Sidecar, Image: "docker.io/library/proxy:1"},
			plan.Unit{Name: "more", ID: "web-more", Role: plan.Init, Image: "docker.io/library/tool:1"},
			plan.Unit{Name: "ship", ID: "web-ship", Role: plan.Sidecar, Image: "docker.io/library/ship:1"})
	})
	image := with(web, func(p *plan.Pod) { p.Units[1].Image = "docker.io/library/proxy:2" })
	early := lost("web-more", "web-ship", "web-nginx", "web-log")
	job := with(restart(simplePod("default", "job"), plan.RestartNever), func(p *plan.Pod) {
		p.Units = slices.Insert(p.Units, 0, plan.Unit{Name: "proxy", ID: "job-proxy", Role: plan.Sidecar, Image: "docker.io/library/proxy:1"})
	})
	own := with(restart(simplePod("default", "job"), plan.RestartNever), func(p *plan.Pod) {
		p.Units[0].Lifecycle.RestartRules = []plan.RestartRule{{Codes: []int32{42}}}
	})
	return []decideCase{
		{name: "sidecars on an empty host", want: planned(web)},
		{name: "sidecars unchanged", before: pods(web), want: planned(web)},
		{name: "sidecar exited", before: pods(web), since: state("web-proxy", Exited, 0), want: planned(web)},
		{name: "sidecar restarting", before: pods(web), since: state("web-proxy", Restarting, 1), want: planned(web)},
		{name: "sidecar changed", before: pods(web), want: planned(image)},
		{name: "sidecar and a main container changed", before: pods(web), want: planned(with(image, func(p *plan.Pod) {
			p.Units[4].Image = "docker.io/library/nginx:2"
		}))},
		{name: "sidecar running and the next init container not found", before: pods(web), since: early, want: planned(web)},
		{name: "sidecar exited and the next init container running", before: pods(web),
			since: all(lost("web-ship", "web-nginx", "web-log"), state("web-more", Running, 0), state("web-proxy", Exited, 1)), want: planned(web)},
		{name: "init container pruned behind a sidecar that runs", before: pods(web), since: all(early, lost("web-setup")), want: planned(web)},
		{name: "sidecar becomes an init container", before: pods(web), want: planned(with(web, func(p *plan.Pod) { p.Units[1].Role = plan.Init }))},
		{name: "sidecar exited in a pod that goes on", before: pods(job), since: state("job-proxy", Exited, 0), want: planned(job)},
		{name: "sidecar exited in a finished pod", before: pods(job),
			since: all(state("job-app", Exited, 1), state("job-proxy", Exited, 137)), want: planned(job)},
		{name: "exit code with a restart rule", before: pods(own), since: state("job-app", Exited, 42), want: planned(own)},
		{name: "exit code without a restart rule", before: pods(own), since: state("job-app", Exited, 1), want: planned(own)},
		{name: "only probes and hooks changed", before: pods(web), want: planned(with(web, func(p *plan.Pod) {
			p.Units[4].Lifecycle.Liveness = &plan.Probe{Check: plan.Check{TCP: &plan.TCPDial{Port: 80}}, Period: 10}
		}))},
	}
}

func volumeCases() []decideCase {
	web := webPod()
	changed := with(web, func(p *plan.Pod) {
		p.Volumes[1].Files = []plan.File{{Path: "file", Mode: 0o644, Content: []byte("bye")}}
	})
	gone := func(h *host) { clear(h.Contents) }
	part := func(p plan.Pod, unit int, sub string) plan.Pod {
		return with(p, func(p *plan.Pod) {
			p.Volumes[1].From = "configmap page"
			p.Units[unit].Mounts = []plan.Mount{{Volume: "page", Target: "/page", ReadOnly: true, SubPath: sub}}
		})
	}
	more := with(web, func(p *plan.Pod) {
		p.Volumes[1].Files = append(slices.Clone(p.Volumes[1].Files), plan.File{Path: "more", Mode: 0o644})
	})
	return []decideCase{
		{name: "content changed that is mounted with subPath", before: pods(part(web, 1, "file")), want: planned(part(changed, 1, "file"))},
		{name: "content changed that an init container mounts with subPath", before: pods(part(web, 0, "file")), want: planned(part(changed, 0, "file"))},
		{name: "content changed beside what is mounted with subPath", before: pods(part(web, 1, "file")), want: planned(part(more, 1, "file"))},
		{name: "files not found", before: pods(web), since: gone, want: planned(web)},
		{name: "content changed", before: pods(web), want: planned(changed)},
		{name: "content and its container changed", before: pods(web), want: planned(with(changed, func(p *plan.Pod) {
			p.Units[1].WorkingDir = "/"
		}))},
		{name: "content and sandbox changed", before: pods(web), want: planned(with(changed, func(p *plan.Pod) { p.Sandbox.Hostname = "x" }))},
		{name: "content half written", before: pods(web), since: func(h *host) {
			for path := range h.Contents {
				h.Contents[path] = ""
			}
		}, want: planned(web)},
	}
}

func networkCases() []decideCase {
	app := simplePod("default", "app")
	moved := with(app, func(p *plan.Pod) { p.Sandbox.Network = "backend" })
	networks := func(n ...Network) func(*host) { return func(h *host) { h.Networks = n } }
	return []decideCase{
		{name: "network there already", since: networks(Network{Name: "kubehost", Managed: true}), want: planned(app)},
		{name: "foreign network there already", since: networks(Network{Name: "kubehost"}), want: planned(app)},
		{name: "pod moves to another network", before: pods(app), want: planned(moved)},
		{name: "pod moves from a foreign network", before: pods(app), since: networks(Network{Name: "kubehost"}), want: planned(moved)},
		{name: "pod moves from a network that is used", before: pods(app, simplePod("default", "b")), want: planned(moved)},
		{name: "pod moves from a network that is going to be used", before: pods(app), want: planned(moved, simplePod("default", "b"))},
	}
}

func publishing(p plan.Pod, ports ...plan.Port) plan.Pod {
	p.Sandbox.Ports = ports
	return p
}

func portCases() []decideCase {
	local := plan.Port{HostIP: "127.0.0.1", HostPort: 8080, ContainerPort: 80, Protocol: plan.TCP}
	all, six, other := local, local, local
	all.HostIP, six.HostIP, other.HostPort = "0.0.0.0", "::1", 8081
	a, b := simplePod("default", "a"), simplePod("default", "b")
	return []decideCase{
		{name: "ports that nobody has", want: planned(publishing(a, local, six))},
		{name: "a port more than before", before: pods(publishing(a, local)), want: planned(publishing(a, local, other))},
		{name: "a port goes from one pod to another", before: pods(publishing(a, local), publishing(b, other)),
			want: planned(publishing(b, all), publishing(a, other))},
		{name: "a port of a pod that is removed", before: pods(publishing(a, local)),
			want: Desired{Plan: plan.Plan{Pods: pods(publishing(b, local))}, Remove: []Removal{{Ref: a.Ref}}}},
		{name: "a port of a pod that stopped", before: pods(publishing(a, local)), since: state("a-infra", Exited, 0), want: planned(publishing(b, local))},
		{name: "a port for IPv6 beside one for IPv4", before: pods(publishing(a, all)), want: planned(publishing(b, six))},
	}
}

// TestPortTaken: a port that stays where it is cannot be had, and nothing is done.
func TestPortTaken(t *testing.T) {
	local := plan.Port{HostIP: "127.0.0.1", HostPort: 8080, ContainerPort: 80, Protocol: plan.TCP}
	all := local
	all.HostIP = "0.0.0.0"
	h := hostWith(t, true, publishing(simplePod("shop", "a"), all))
	foreign := Container{Name: "db", State: Running, Ports: []plan.Port{{HostPort: 53, Protocol: plan.UDP}}}
	h.Containers = append(h.Containers, foreign)
	b := publishing(simplePod("default", "b"), local, plan.Port{HostIP: "192.0.2.7", HostPort: 53, ContainerPort: 53, Protocol: plan.UDP})
	steps, err := Decide(planned(b), h.Observed, h.infra())
	const want = `pod "b": port 127.0.0.1:8080/tcp of the host is taken by pod shop/a
  hint: give the pod another hostPort, or delete that pod
pod "b": port 192.0.2.7:53/udp of the host is taken by the container "db", which kubehost did not make
  hint: give the pod another hostPort, or stop that container`
	if len(steps) > 0 || err == nil || err.Error() != want {
		t.Errorf("%d steps, %v", len(steps), err)
	}
}

// TestPortHolders: what counts are the sandboxes of other pods, until they are gone.
func TestPortHolders(t *testing.T) {
	local := plan.Port{HostIP: "127.0.0.1", HostPort: 8080, ContainerPort: 80, Protocol: plan.TCP}
	other := local
	other.HostPort = 8081
	h := hostWith(t, true, publishing(simplePod("shop", "a"), local, other), publishing(simplePod("shop", "b"), plan.Port{HostPort: 9090, Protocol: plan.TCP}))
	h.Containers = append(h.Containers, Container{ID: "foreign", Name: "foreign", State: Running, Ports: []plan.Port{local}})
	p := publishing(simplePod("default", "p"), local, other)
	holders := func(p plan.Pod) (names []string) {
		for _, c := range h.PortHolders(&p) {
			names = append(names, c.Name)
		}
		return names
	}
	if got := holders(p); !slices.Equal(got, []string{"shop.a-infra"}) {
		t.Error(got)
	}
	if got := holders(publishing(simplePod("shop", "a"), local)); len(got) > 0 {
		t.Errorf("of the pod itself: %v", got)
	}
	state("shop.a-infra", Broken, 0)(h)
	if got := holders(p); len(got) != 1 {
		t.Errorf("while it is being removed: %v", got)
	}
	state("shop.a-infra", Exited, 0)(h)
	if got := holders(p); len(got) > 0 {
		t.Errorf("of one that has ended: %v", got)
	}
}

func removalCases() []decideCase {
	web, b := webPod(), simplePod("default", "b")
	grace := int64(5)
	gone := Removal{Ref: web.Ref, Dir: web.Dir}
	data := Desired{Remove: []Removal{{Ref: web.Ref, Dir: web.Dir, Grace: &grace}, {Ref: b.Ref, Dir: b.Dir}},
		RemoveData: []string{"/volumes/default/data"}}
	return []decideCase{
		{name: "removed", before: pods(web), want: removed(gone)},
		{name: "removed podman", podman: true, before: pods(web), want: removed(gone)},
		{name: "removed with grace and data", before: pods(web, b), want: data},
		{name: "one of two removed", before: pods(web, b), want: removed(gone)},
		{name: "removed from a foreign network", before: pods(web), since: func(h *host) { h.Networks[0].Managed = false }, want: removed(gone)},
		{name: "removed again", want: removed(gone)},
		{name: "removed again, the network was left", before: pods(web), since: lost("web-infra", "web-setup", "web-nginx", "web-log"),
			want: removed(Removal{Ref: web.Ref, Dir: web.Dir, Network: "kubehost"})},
		{name: "removed while stopped", before: pods(web), since: all(state("web-nginx", Exited, 0), state("web-log", Paused, 0)), want: removed(gone)},
		{name: "nothing kept", before: pods(b), want: removed(Removal{Ref: b.Ref})},
		{name: "one pod for another", before: pods(web), want: Desired{Plan: plan.Plan{Pods: pods(b)}, Remove: []Removal{gone}}},
	}
}

func TestDecide(t *testing.T) {
	var got txtar.Archive
	for _, c := range decideCases() {
		h := newHost(c.podman)
		if c.before != nil {
			h = hostWith(t, c.podman, c.before...)
		}
		if c.since != nil {
			c.since(h)
		}
		steps, err := Decide(c.want, h.Observed, h.infra())
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got.Files = append(got.Files, txtar.File{Name: c.name, Data: []byte(steps.Text())})
	}
	golden(t, "decide.txtar", strings.TrimPrefix(string(txtar.Format(&got)), "\n"))
}
