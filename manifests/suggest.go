package manifests

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// suggest is the hint for an unknown key of a mapping: the key that was meant, or the place where it belongs.
func (d *decoder) suggest(s *schema, n *yaml.Node, name string) string {
	if hint, ok := foreignKeys[s.name+"."+name]; ok {
		return hint
	}
	keys := s.unset(n)
	if near := closest(name, keys); near != "" {
		return "did you mean " + near + "?"
	}
	here := string(d.path[:len(d.path)-len(name)]) // "spec.", or "" at the top
	if below := findBelow(s, name); below != "" {
		return "did you mean " + here + below + "?"
	}
	if longer := startOf(name, keys); longer != "" {
		return "did you mean " + longer + "?"
	}
	if place := d.findAbove(strings.TrimSuffix(here, "."), name); place != "" {
		return "did you mean " + place + "?"
	}
	if hint, ok := foreignKeys["."+name]; ok {
		return hint
	}
	field := strings.ToLower(d.kind)
	if here != "" {
		field += "." + indexes.ReplaceAllString(strings.TrimSuffix(here, "."), "")
	}
	return "kubehost fields " + field + " lists the fields there are"
}

var indexes = regexp.MustCompile(`\[[^]]*\]`)

// foreignKeys are keys that people write out of habit: of another kind of object, or of a compose file.
var foreignKeys = map[string]string{
	"EnvVar.key":                             "did you mean name?",
	"EnvVar.secretKeyRef":                    "did you mean valueFrom.secretKeyRef?",
	"EnvVar.configMapKeyRef":                 "did you mean valueFrom.configMapKeyRef?",
	"Container.volumes":                      "volumes belong to spec.volumes; the container names them in volumeMounts",
	"VolumeMount.path":                       "did you mean mountPath?",
	"VolumeMount.hostPath":                   "hostPath belongs to the volume, in spec.volumes; the mount names that volume",
	"ContainerPort.port":                     "did you mean containerPort?",
	"ContainerPort.targetPort":               "did you mean containerPort?",
	"ContainerPort.nodePort":                 "did you mean hostPort?",
	"SecretVolumeSource.name":                "did you mean secretName?",
	"ConfigMapVolumeSource.configMapName":    "did you mean name?",
	"PersistentVolumeClaimVolumeSource.name": "did you mean claimName?",
	"ConfigMap.stringData":                   "a ConfigMap has plain text below data",
	"PodSpec.selectors":                      "a Pod has no selector; that key belongs to Deployments and Services",

	".replicas":       "a Pod is one copy; replicas belongs to a Deployment",
	".selector":       "a Pod has no selector; that key belongs to Deployments and Services",
	".selectors":      "a Pod has no selector; that key belongs to Deployments and Services",
	".template":       "put what is below template into a Pod: its metadata and its spec",
	".environment":    "did you mean env, a list of name and value?",
	".env_file":       "did you mean envFrom, with a ConfigMap or Secret?",
	".entrypoint":     "did you mean command?",
	".cmd":            "did you mean args?",
	".working_dir":    "did you mean workingDir?",
	".restart":        "did you mean spec.restartPolicy?",
	".depends_on":     "containers of a pod start together; what must run first is an init container",
	".healthcheck":    "did you mean livenessProbe?",
	".container_name": "did you mean name?",
	".services":       "each service of a compose file becomes a container in spec.containers",
	".network_mode":   "did you mean spec.hostNetwork?",
	".user":           "did you mean securityContext.runAsUser?",
	".cap_add":        "did you mean securityContext.capabilities.add?",
	".cap_drop":       "did you mean securityContext.capabilities.drop?",
}

// unset lists the keys of the type that the mapping does not have.
func (s *schema) unset(n *yaml.Node) []string {
	var names []string
	for _, f := range s.fields {
		if !hasKey(n, f.name) {
			names = append(names, f.name)
		}
	}
	return names
}

// startOf is the one candidate that starts with the name: timeoutSeconds for timeout.
func startOf(name string, candidates []string) string {
	found := ""
	for _, c := range candidates {
		if len(name) > 3 && strings.HasPrefix(c, name) {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}

// findBelow is where a key occurs below a type, nearest first: "ports[].hostPort" in a container.
func findBelow(s *schema, name string) string {
	type place struct {
		path   string
		schema *schema
	}
	seen := map[*schema]bool{s: true}
	for level := []place{{"", s}}; len(level) > 0; {
		var next []place
		for _, p := range level {
			for _, f := range p.schema.fields {
				if p.path != "" && f.name == name {
					return p.path + f.name
				}
				t, path := f.schema, p.path+f.name
				for t.elem != nil && t.shape == listShape {
					t, path = t.elem, path+"[]"
				}
				switch {
				case t.shape != structShape || seen[t] || noPlace[f.name]:
				case f.name == "containers": // what is missing on a pod is mostly a container's
					seen[t] = true
					next = append([]place{{path + ".", t}}, next...)
				default:
					seen[t] = true
					next = append(next, place{path + ".", t})
				}
			}
		}
		level = next
	}
	return ""
}

// noPlace are fields below which nobody means to write, that have a better known twin, or that are refused.
var noPlace = func() map[string]bool {
	m := map[string]bool{"status": true, "managedFields": true, "ownerReferences": true, "ephemeralContainers": true, "initContainers": true}
	for _, r := range volumeRows {
		if r.is == Refused {
			m[r.path] = true
		}
	}
	return m
}()

// findAbove looks for a key in the parents of a path, nearest first, and then anywhere below them.
func (d *decoder) findAbove(path, name string) string {
	types := d.typesAlong(path)
	for _, t := range slices.Backward(types) {
		if t.schema.field(name) != nil {
			return join(t.path, name)
		}
	}
	for _, t := range slices.Backward(types) {
		if below := findBelow(t.schema, name); below != "" {
			return join(t.path, below)
		}
	}
	return ""
}

type typeAt struct {
	path   string
	schema *schema
}

// typesAlong lists the struct types above a path, outermost first, without the one at the path itself.
func (d *decoder) typesAlong(path string) []typeAt {
	at, s := "", d.root
	types := []typeAt{{at, s}}
	for segment := range strings.SplitSeq(path, ".") {
		name, rest, _ := strings.Cut(segment, "[")
		s = s.field(name)
		for s != nil && s.elem != nil {
			s = s.elem
		}
		if s == nil || s.shape != structShape {
			break
		}
		at = join(at, name)
		if rest != "" {
			at += "[" + rest
		}
		types = append(types, typeAt{at, s})
	}
	return types[:max(1, len(types)-1)]
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
