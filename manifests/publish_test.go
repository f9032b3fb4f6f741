package manifests

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "k8s.io/api/core/v1"
)

func TestParsePublication(t *testing.T) {
	for text, want := range map[string]string{
		"80":                      "| |0|80|",
		"http":                    "| |0|http|",
		"8080:80":                 "| |8080|80|",
		"127.0.0.2:8080:80/tcp":   "|127.0.0.2|8080|80|TCP",
		"[::1]:8080:http":         "|::1|8080|http|",
		"web:80":                  "web| |0|80|",
		"web:http":                "web| |0|http|",
		"web-1.a:5353:53/UDP":     "web-1.a| |5353|53|UDP",
		"web:[2001:db8::1]:80:8":  "web|2001:db8::1|80|8|",
		"":                        `"" is not [POD:][[IP:]HOST:]CONTAINER[/PROTOCOL]`,
		":80":                     `":80" is not [POD:][[IP:]HOST:]CONTAINER[/PROTOCOL]`,
		"127.0.0.1::80":           `"127.0.0.1::80" is not [POD:][[IP:]HOST:]CONTAINER[/PROTOCOL]`,
		"127.0.0.1:80":            `"127.0.0.1:80" is not [POD:][[IP:]HOST:]CONTAINER[/PROTOCOL]`,
		"80:":                     `"80:" is not [POD:][[IP:]HOST:]CONTAINER[/PROTOCOL]`,
		"1:2:80":                  `"1:2:80": "1" is not an IP address`,
		"[x]:2:80":                `"[x]:2:80": "[x]" is not an IP address`,
		"70000:80":                `"70000:80": 70000 is not a port, 1-65535`,
		"4294967376:80":           `"4294967376:80": 4294967376 is not a port, 1-65535`,
		"99999999999999999999:80": `"99999999999999999999:80": 99999999999999999999 is not a port, 1-65535`,
		"80:99999999999999999999": `"80:99999999999999999999": 99999999999999999999 is not a port, 1-65535`,
		"80:0":                    `"80:0": 0 is not a port, 1-65535`,
		"80/icmp":                 `"80/icmp": "icmp" is not a protocol: tcp, udp or sctp`,
		"80/":                     `"80/": "" is not a protocol: tcp, udp or sctp`,
		"Web:80":                  `"Web:80": "Web" is not the name of a pod`,
	} {
		p, err := ParsePublication(text)
		ip := p.HostIP
		if ip == "" {
			ip = " "
		}
		got := fmt.Sprintf("%s|%s|%d|%s|%s", p.Pod, ip, p.HostPort, p.ContainerPort, p.Protocol)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

const publishedPods = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
  - {name: once, image: a, ports: [{containerPort: 80}]}
  - {name: side, image: a, restartPolicy: Always, ports: [{name: side, containerPort: 9}]}
  containers:
  - name: main
    image: a
    resources: {limits: {cpu: 1}}
    ports:
    - {name: http, containerPort: 80, hostPort: 8000}
    - {name: all, containerPort: 80, hostPort: 8001, hostIP: 0.0.0.0}
    - {containerPort: 80, hostPort: 8002}
    - {name: dns, containerPort: 53, protocol: UDP}
  - {name: other, image: a}
---
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers:
  - {name: main, image: a, ports: [{containerPort: 53}]}
`

// TestPublish: the ports of each container, in the manifest that is kept and in what is run, and that the rest stays as it was.
func TestPublish(t *testing.T) {
	for _, c := range []struct{ flags, want string }{
		{"", "web: side=side:9 main=http:80>8000 all:80>0.0.0.0:8001 :80>8002 dns:53/UDP | db: main=:53"},
		{"8080:80", "web: side=side:9 main=http:80>8080 all:80 dns:53/UDP | db: main=:53"},
		{"8080:http [::1]:8080:80", "web: side=side:9 main=http:80>8080 :80>::1:8080 all:80 dns:53/UDP | db: main=:53"},
		{"side web:7000 dns", "web: side=side:9>9 main=http:80>8000 all:80>0.0.0.0:8001 :80>8002 dns:53/UDP>53 :7000>7000 | db: main=:53"},
		{"53/tcp web:5353:53 db:1.2.3.4:1:2", "web: side=side:9 main=http:80>8000 all:80>0.0.0.0:8001 :80>8002 dns:53/UDP>5353 | db: main=:53>53 :2>1.2.3.4:1"},
	} {
		set := loadPods(t, publishedPods)
		before := withoutPorts(t, set)
		if err := set.Publish(publications(t, c.flags)); err != nil {
			t.Errorf("%s: %v", c.flags, err)
			continue
		}
		var kept, run []string
		for _, o := range set.Pods {
			var pod v1.Pod
			if err := json.Unmarshal(o.Source, &pod); err != nil {
				t.Fatal(err)
			}
			kept, run = append(kept, portsOf(&pod)), append(run, portsOf(o.Value))
		}
		if got := strings.Join(kept, " | "); got != c.want {
			t.Errorf("%s: kept\n%s, want\n%s", c.flags, got, c.want)
		}
		if got := strings.Join(run, " | "); got != c.want {
			t.Errorf("%s: run\n%s, want\n%s", c.flags, got, c.want)
		}
		if diff := cmp.Diff(before, withoutPorts(t, set)); diff != "" {
			t.Errorf("%s: more than ports has changed (-before +after):\n%s", c.flags, diff)
		}
	}
}

func TestPublishRefuses(t *testing.T) {
	const host = "\n---\n{apiVersion: v1, kind: Pod, metadata: {name: host}, spec: {hostNetwork: true, containers: [{name: a, image: a}]}}"
	set := loadPods(t, publishedPods+host)
	want := `"80:81": for which pod? Its name and a colon come first: web, db, host
"53": for which pod? Its name and a colon come first: web, db, host
"none:80": no pod "none" is given, only web, db, host
"web:smtp": pod "web" has no port of the name "smtp"
"host:80": pod "host" has the host's network: its ports are the host's already`
	err := set.Publish(publications(t, "80:81 53 none:80 web:smtp host:80 web:80"))
	if err == nil || err.Error() != want {
		t.Errorf("%v, want\n%s", err, want)
	}
	if err := (&Set{}).Publish(publications(t, "80")); err == nil || err.Error() != `"80": no pod is given` {
		t.Errorf("%v", err)
	}
}

func publications(t *testing.T, flags string) (all []Publication) {
	t.Helper()
	for _, f := range strings.Fields(flags) {
		p, err := ParsePublication(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func loadPods(t *testing.T, text string) *Set {
	t.Helper()
	set, problems := Load(context.Background(), []string{"-"}, Options{Stdin: bytes.NewReader([]byte(text))})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return set
}

// portsOf are the ports of the containers that stay.
func portsOf(pod *v1.Pod) string {
	var all []string
	for _, c := range staying(pod) {
		var ports []string
		for _, p := range c.Ports {
			text := fmt.Sprintf("%s:%d", p.Name, p.ContainerPort)
			if p.Protocol == v1.ProtocolUDP {
				text += "/UDP"
			}
			if p.HostPort != 0 {
				text += ">"
				if p.HostIP != "" {
					text += p.HostIP + ":"
				}
				text += fmt.Sprint(p.HostPort)
			}
			ports = append(ports, text)
		}
		if ports != nil {
			all = append(all, c.Name+"="+strings.Join(ports, " "))
		}
	}
	return pod.Name + ": " + strings.Join(all, " ")
}

// withoutPorts is all else that a set has of its pods.
func withoutPorts(t *testing.T, set *Set) []any {
	t.Helper()
	var all []any
	for _, o := range set.Pods {
		var kept map[string]any
		if err := json.Unmarshal(o.Source, &kept); err != nil {
			t.Fatal(err)
		}
		run := o.Value.DeepCopy()
		for _, c := range staying(run) {
			c.Ports = nil
		}
		spec := kept["spec"].(map[string]any)
		for _, field := range []string{"initContainers", "containers"} {
			list, _ := spec[field].([]any)
			for i, c := range list {
				if field == "containers" || i == 1 {
					delete(c.(map[string]any), "ports")
				}
			}
		}
		all = append(all, kept, run)
	}
	return all
}
