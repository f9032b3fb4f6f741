package manifests

import (
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestPullPolicy(t *testing.T) {
	const digest = "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for image, want := range map[string]v1.PullPolicy{
		"nginx":                         v1.PullAlways,
		"nginx:latest":                  v1.PullAlways,
		"nginx:1":                       v1.PullIfNotPresent,
		"nginx:Latest":                  v1.PullIfNotPresent,
		"nginx:latest-alpine":           v1.PullIfNotPresent,
		"library/nginx":                 v1.PullAlways,
		"localhost:5000/nginx":          v1.PullAlways,
		"localhost:5000/nginx:1":        v1.PullIfNotPresent,
		"localhost:5000/nginx:latest":   v1.PullAlways,
		"registry.example.com/a/b/c":    v1.PullAlways,
		"registry.example.com/a/b/c:1":  v1.PullIfNotPresent,
		"[::1]:5000/nginx":              v1.PullAlways,
		"nginx" + digest:                v1.PullIfNotPresent,
		"nginx:1" + digest:              v1.PullIfNotPresent,
		"nginx:latest" + digest:         v1.PullAlways,
		"localhost:5000/nginx" + digest: v1.PullIfNotPresent,
		"Not An Image":                  v1.PullIfNotPresent,
	} {
		if got := pullPolicy(image); got != want {
			t.Errorf("%s: %s, want %s", image, got, want)
		}
	}
}

// The defaults of fields that the field table does not let pass yet.
func TestDefaultsNotYet(t *testing.T) {
	pod := &v1.Pod{Spec: v1.PodSpec{Containers: []v1.Container{{
		LivenessProbe:  &v1.Probe{ProbeHandler: v1.ProbeHandler{HTTPGet: &v1.HTTPGetAction{Port: intstr.FromInt32(80)}}},
		ReadinessProbe: &v1.Probe{ProbeHandler: v1.ProbeHandler{GRPC: &v1.GRPCAction{Port: 80}}, PeriodSeconds: 3},
		Lifecycle:      &v1.Lifecycle{PreStop: &v1.LifecycleHandler{HTTPGet: &v1.HTTPGetAction{Path: "/stop"}}},
		Resources: v1.ResourceRequirements{
			Limits:   v1.ResourceList{"cpu": resource.MustParse("1"), "memory": resource.MustParse("64Mi")},
			Requests: v1.ResourceList{"cpu": resource.MustParse("100m")},
		},
	}}}}
	setDefaults(pod, "shop")
	c := &pod.Spec.Containers[0]
	live, ready := c.LivenessProbe, c.ReadinessProbe
	if live.TimeoutSeconds != 1 || live.PeriodSeconds != 10 || live.SuccessThreshold != 1 || live.FailureThreshold != 3 || live.HTTPGet.Path != "/" || live.HTTPGet.Scheme != "HTTP" {
		t.Errorf("liveness %+v", live)
	}
	if ready.PeriodSeconds != 3 || ready.GRPC.Service == nil || *ready.GRPC.Service != "" {
		t.Errorf("readiness %+v", ready)
	}
	if stop := c.Lifecycle.PreStop.HTTPGet; stop.Path != "/stop" || stop.Scheme != "HTTP" {
		t.Errorf("preStop %+v", stop)
	}
	if got := c.Resources.Requests; got.Cpu().String() != "100m" || got.Memory().String() != "64Mi" {
		t.Errorf("requests %v", got)
	}
	if pod.Namespace != "shop" {
		t.Errorf("namespace %s", pod.Namespace)
	}
}
