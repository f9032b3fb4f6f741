package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/view"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

// TestDescribe: the words are kubectl's, values of Secrets are not shown, and what a container said does not steer the terminal.
func TestDescribe(t *testing.T) {
	manifest, err := yaml.YAMLToJSON([]byte(`
metadata: {name: web, labels: {app: web, tier: front}}
spec:
  containers:
  - name: main
    image: app:1
    command: [sh, -c, "echo\nexit"]
    args: [x]
    ports: [{containerPort: 80, hostPort: 8080, name: http}, {containerPort: 53, protocol: UDP}]
    resources: {limits: {memory: 64Mi, cpu: 500m}}
    env:
    - {name: TOKEN, valueFrom: {secretKeyRef: {name: db, key: token}}}
  - {name: plain, image: app:1}
`))
	if err != nil {
		t.Fatal(err)
	}
	ref := plan.Ref{Namespace: "default", Name: "web"}
	probe := func(c plan.Check) *plan.Probe {
		return &plan.Probe{Check: c, InitialDelay: 5, Period: 10, Timeout: 1, Successes: 1, Failures: 3}
	}
	p := plan.Pod{Ref: ref, ID: "web", RestartPolicy: "Always", Units: []plan.Unit{
		{Name: "main", ID: "web-main", Role: plan.Main, Image: "app:1",
			Env:    []plan.EnvVar{{Name: "TOKEN", Value: "hunter2", Secret: true}, {Name: "ALL", Value: "hunter2", Secret: true}, {Name: "TEXT", Value: "a\nb"}, {Name: "IP", Value: plan.PodIP}},
			Mounts: []plan.Mount{{Volume: "data", Target: "/data", SubPath: "sub", ReadOnly: true}, {Volume: "data", Target: "/all"}},
			Lifecycle: plan.Lifecycle{Liveness: probe(plan.Check{HTTP: &plan.HTTP{Port: 80, Path: "/live"}}),
				Readiness: probe(plan.Check{Exec: []string{"test", "-e", "/ready"}}), Startup: probe(plan.Check{GRPC: &plan.GRPC{Port: 9}})}},
		{Name: "plain", ID: "web-plain", Role: plan.Main, Image: "app:1", Lifecycle: plan.Lifecycle{Liveness: probe(plan.Check{TCP: &plan.TCPDial{Port: 81}})}}},
		Volumes: []plan.Volume{{Name: "data", Kind: plan.Claim, Path: "/srv/data"}}}
	now := time.Date(2026, 1, 1, 0, 0, 9, 0, time.UTC)
	v := view.Pod{Ref: ref, Stored: &runtime.StoredPod{Ref: ref, Plan: p, Manifest: manifest}, Memory: &supervise.Memory{Ref: ref, Phase: supervise.Pending,
		Units: map[string]*supervise.Unit{"main": {State: supervise.Waiting, Reason: "ErrImagePull", Message: "no \x1b[2Jluck"},
			"plain": {State: supervise.Waiting}},
		Events: []supervise.Event{{Time: now.Add(-time.Second), Unit: "main", Reason: "Failed", Message: "said \x1b[2J", Warning: true, Count: 2}}}}
	var out strings.Builder
	if err := errors.Join(describePod(v, &out), describeEvents(v, printers.Escaping(&out), now)); err != nil {
		t.Fatal(err)
	}
	want := `Name:            web
Namespace:       default
Start Time:      <unknown>
Labels:          app=web
                 tier=front
Annotations:     <none>
Status:          Pending
IP:              <none>
Ports:           <none>
Restart Policy:  Always
Containers:
  main:
    Runtime Name:  web-main
    Image:         app:1
    Ports:         80/TCP (http), 53/UDP
    Host Ports:    8080/TCP, 0/UDP
    Command:
      sh
      -c
      echo
      exit
    Args:
      x
    State:          Waiting
      Reason:       ErrImagePull
      Message:      no ^[[2Jluck
    Ready:          False
    Restart Count:  0
    Limits:
      cpu:      500m
      memory:   64Mi
    Liveness:   http-get http://:80/live delay=5s timeout=1s period=10s #success=1 #failure=3
    Readiness:  exec [test -e /ready] delay=5s timeout=1s period=10s #success=1 #failure=3
    Startup:    grpc <pod>:9 delay=5s timeout=1s period=10s #success=1 #failure=3
    Environment:
      TOKEN:  <set to the key 'token' in secret 'db'>  Optional: false
      ALL:    ***
      TEXT:   a
              b
      IP:     <podIP>
    Mounts:
      /data from data (ro,path="sub")
      /all from data (rw)
  plain:
    Runtime Name:   web-plain
    Image:          app:1
    Port:           <none>
    Host Port:      <none>
    State:          Waiting
      Reason:       ContainerCreating
    Ready:          False
    Restart Count:  0
    Liveness:       tcp-socket :81 delay=5s timeout=1s period=10s #success=1 #failure=3
    Environment:    <none>
    Mounts:         <none>
Conditions:
  Type                       Status
  PodReadyToStartContainers  False
  Initialized                False
  Ready                      False
  ContainersReady            False
  PodScheduled               True
Volumes:
  data:  claim /srv/data
Events:
  Type     Reason  Age      From  Message
  ----     ------  ---      ----  -------
  Warning  Failed  1s (x2)  main  said ^[[2J
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
