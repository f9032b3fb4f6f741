package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The ports begin here; each pod has one.
const firstPort = 21000

const pod = `apiVersion: v1
kind: Pod
metadata: {name: kb-%03[1]d}
spec:
  containers:
  - {name: a, image: %[2]s, ports: [{containerPort: 80, hostPort: %[3]d, hostIP: 127.0.0.1}]}
  - {name: b, image: %[2]s, env: [{name: VERSION, value: "%[4]d"}]}
---
`

// services are what a pod is for compose: one that has the network, and two that join it.
const services = `  kb-%03[1]d:
    {image: "%[2]s", ports: ["127.0.0.1:%[3]d:80"]}
  kb-%03[1]d-a:
    {image: "%[2]s", network_mode: "service:kb-%03[1]d", depends_on: [kb-%03[1]d]}
  kb-%03[1]d-b:
    {image: "%[2]s", network_mode: "service:kb-%03[1]d", depends_on: [kb-%03[1]d], environment: {VERSION: "%[4]d"}}
`

// files are what the contenders are given.
type files struct{ pods, changedPods, compose, changedCompose string }

// write writes the files for a number of pods. In the changed ones the last pod has another second container.
func write(dir string, pods int) (files, error) {
	f := files{filepath.Join(dir, "pods.yaml"), filepath.Join(dir, "changed.yaml"), filepath.Join(dir, "compose.yaml"), filepath.Join(dir, "changed-compose.yaml")}
	for _, file := range []struct {
		name, head, each string
		version          int
	}{{f.pods, "", pod, 1}, {f.changedPods, "", pod, 2}, {f.compose, "services:\n", services, 1}, {f.changedCompose, "services:\n", services, 2}} {
		var b strings.Builder
		b.WriteString(file.head)
		for n := range pods {
			version := 1
			if n == pods-1 {
				version = file.version
			}
			fmt.Fprintf(&b, file.each, n, image, firstPort+n, version)
		}
		if err := os.WriteFile(file.name, []byte(b.String()), 0o600); err != nil {
			return f, err
		}
	}
	return f, nil
}
