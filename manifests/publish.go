package manifests

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
)

// Publish makes the given pods what they would be if their manifests published these ports. As with podman kube play, a port
// that a manifest lists is then published in this way and no other, and one that it does not list is added. The manifests
// that are kept of the pods say so, too.
func (s *Set) Publish(list []Publication) error {
	of := map[int][]v1.ContainerPort{}
	var errs []error
	for _, p := range list {
		i, err := s.podFor(p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		port, err := p.port(s.Pods[i].Value)
		errs = append(errs, err)
		of[i] = append(of[i], port)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, ports := range of {
		pod := &s.Pods[i]
		source, value, err := published(pod.Source, ports)
		if err != nil {
			return err
		}
		dropAPIAccess(value)
		setDefaults(value, pod.Origin.Namespace)
		pod.Source, pod.Value = source, value
	}
	return nil
}

// podFor is the one of the given pods that a publication is for: the one it names, the only one, or the only one that
// lists the port.
func (s *Set) podFor(p Publication) (int, error) {
	var given, fit []int
	var names []string
	for i, o := range s.Pods {
		if o.Stored {
			continue
		}
		given, names = append(given, i), append(names, o.Origin.Name)
		if p.Pod == o.Origin.Name || p.Pod == "" && p.listed(o.Value) != nil {
			fit = append(fit, i)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(given) == 0:
		return 0, p.wrong("no pod is given")
	case len(given) == 1 && p.Pod == "":
		return given[0], nil
	case len(fit) == 0 && p.Pod != "":
		return 0, p.wrong("no pod %q is given, only %s", p.Pod, strings.Join(names, ", "))
	case p.Pod != "":
		return 0, p.wrong("pods %q of several namespaces are given: apply them one after the other", p.Pod)
	}
	return 0, p.wrong("for which pod? Its name and a colon come first: %s", strings.Join(names, ", "))
}

// listed is the port of the manifest that a publication is about; nil when there is none.
func (p Publication) listed(pod *v1.Pod) *v1.ContainerPort {
	for _, c := range staying(pod) {
		for i := range c.Ports {
			if port := &c.Ports[i]; (p.Protocol == "" || p.Protocol == protocol(*port)) &&
				(port.Name == p.ContainerPort || strconv.Itoa(int(port.ContainerPort)) == p.ContainerPort) {
				return port
			}
		}
	}
	return nil
}

// staying are the containers that last as long as their pod, whose ports can be published.
func staying(pod *v1.Pod) []*v1.Container {
	var all []*v1.Container
	for i := range pod.Spec.InitContainers {
		if c := &pod.Spec.InitContainers[i]; isSidecar(c) {
			all = append(all, c)
		}
	}
	for i := range pod.Spec.Containers {
		all = append(all, &pod.Spec.Containers[i])
	}
	return all
}

func protocol(port v1.ContainerPort) v1.Protocol {
	if port.Protocol == "" {
		return v1.ProtocolTCP
	}
	return port.Protocol
}

// port is what a manifest would say for the publication.
func (p Publication) port(pod *v1.Pod) (v1.ContainerPort, error) {
	if pod.Spec.HostNetwork {
		return v1.ContainerPort{}, p.wrong("pod %q has the host's network: its ports are the host's already", pod.Name)
	}
	port := v1.ContainerPort{HostIP: p.HostIP, HostPort: p.HostPort, Protocol: p.Protocol}
	number, err := strconv.ParseInt(p.ContainerPort, 10, 32)
	port.ContainerPort = int32(number)
	if listed := p.listed(pod); listed != nil {
		port.ContainerPort, port.Protocol = listed.ContainerPort, protocol(*listed)
	} else if err != nil {
		return port, p.wrong("pod %q has no port of the name %q", pod.Name, p.ContainerPort)
	}
	if port.HostPort == 0 {
		port.HostPort = port.ContainerPort
	}
	return port, nil
}

// published is a pod, and its manifest, with these ports published. Of the rest nothing is changed.
func published(source []byte, ports []v1.ContainerPort) ([]byte, *v1.Pod, error) {
	pod := &v1.Pod{}
	if err := json.Unmarshal(source, pod); err != nil {
		return nil, nil, err
	}
	for _, c := range staying(pod) {
		c.Ports, ports = override(c.Ports, ports)
	}
	first := &pod.Spec.Containers[0]
	first.Ports = append(first.Ports, ports...)
	source, err := withPorts(source, pod)
	return source, pod, err
}

// override publishes the ports of one container. left are those that it does not list.
func override(listed, ports []v1.ContainerPort) (all, left []v1.ContainerPort) {
	same := func(a, b v1.ContainerPort) bool {
		return a.ContainerPort == b.ContainerPort && protocol(a) == protocol(b)
	}
	for i, p := range listed {
		is := func(q v1.ContainerPort) bool { return same(p, q) }
		if !slices.ContainsFunc(ports, is) {
			all = append(all, p)
			continue
		}
		p.HostPort, p.HostIP = 0, ""
		if !slices.ContainsFunc(listed[:i], is) {
			for _, q := range ports {
				if is(q) {
					q.Name, p.Name = p.Name, ""
					all = append(all, q)
				}
			}
		} else if p.Name != "" {
			all = append(all, p)
		}
	}
	left = slices.DeleteFunc(slices.Clone(ports), func(q v1.ContainerPort) bool {
		return slices.ContainsFunc(listed, func(p v1.ContainerPort) bool { return same(p, q) })
	})
	return all, left
}

// withPorts is the manifest with the ports that the pod has.
func withPorts(source []byte, pod *v1.Pod) ([]byte, error) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.UseNumber() // numbers stay as they were written
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	spec, _ := object["spec"].(map[string]any)
	for field, containers := range map[string][]v1.Container{"initContainers": pod.Spec.InitContainers, "containers": pod.Spec.Containers} {
		list, _ := spec[field].([]any)
		for i, c := range containers {
			if have, ok := list[i].(map[string]any); ok && len(c.Ports) > 0 {
				have["ports"] = c.Ports
			}
		}
	}
	return json.Marshal(object)
}
