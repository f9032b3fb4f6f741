package manifests

import (
	"bytes"
	"context"
	"fmt"
	"testing"
)

// benchPod is a pod as people write them: two containers, ports, variables, a volume of each usual kind.
const benchPod = `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: page-%[1]d
data:
  index.html: |
    <!doctype html>
    <h1>It works!</h1>
---
apiVersion: v1
kind: Pod
metadata:
  name: web-%[1]d
  labels:
    app: web
    instance: "%[1]d"
spec:
  restartPolicy: Always
  terminationGracePeriodSeconds: 5
  initContainers:
  - name: prepare
    image: docker.io/library/busybox:1.36
    command: [sh, -c, "mkdir -p /data/tmp"]
    volumeMounts:
    - name: data
      mountPath: /data
  containers:
  - name: nginx
    image: docker.io/library/nginx:1.27
    args: ["-g", "daemon off;"]
    ports:
    - name: http
      containerPort: 80
      hostPort: %[2]d
      hostIP: 127.0.0.2
    env:
    - name: POD
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    - name: MODE
      value: production
    envFrom:
    - configMapRef:
        name: page-%[1]d
    volumeMounts:
    - name: page
      mountPath: /usr/share/nginx/html
      readOnly: true
  - name: sidekick
    image: docker.io/library/busybox:1.36
    command: ["sh", "-c", "while sleep 10; do date; done"]
    env:
    - name: LOG
      value: /data/$(MODE).log
    volumeMounts:
    - name: data
      mountPath: /data
    - name: scratch
      mountPath: /scratch
  volumes:
  - name: page
    configMap:
      name: page-%[1]d
      items:
      - key: index.html
        path: index.html
  - name: data
    persistentVolumeClaim:
      claimName: data
  - name: scratch
    emptyDir: {}
`

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		var text bytes.Buffer
		for i := range n {
			fmt.Fprintf(&text, benchPod, i, 1024+i)
		}
		b.Run(fmt.Sprintf("pods=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				set, problems := Load(context.Background(), []string{"-"}, Options{Stdin: bytes.NewReader(text.Bytes())})
				if problems.HasErrors() || len(set.Pods) != n {
					b.Fatal(problems)
				}
			}
		})
	}
}
