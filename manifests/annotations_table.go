package manifests

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Annotation is one annotation of pods that means something here.
type Annotation struct {
	// Key is the annotation; "*" stands for the name of a container.
	Key string
	// Value is the form of its value, Example one of them.
	Value, Example string
	// Meaning is what it does, in one or two sentences.
	Meaning string

	check func(value string) (detail, hint string)
}

// Annotations are those that are supported, kubehost's own first.
func Annotations() []Annotation { return slices.Clone(annotations) }

// The keys of kubehost's annotations. Those that end in "/" are followed by the name of a container.
const (
	AnnotationSubdir        = ownDomain + "/volume-subdir"
	AnnotationNetwork       = ownDomain + "/network"
	AnnotationRegistryLogin = ownDomain + "/registry-login"
	AnnotationDependsOn     = ownDomain + "/depends-on"
	AnnotationAutoStart     = ownDomain + "/auto-start"
	AnnotationEnvFiles      = "env-files." + ownDomain + "/"
	AnnotationOptions       = "extra-options." + ownDomain + "/"
	AnnotationDockerOptions = "extra-options.docker." + ownDomain + "/"
	AnnotationPodmanOptions = "extra-options.podman." + ownDomain + "/"
	// AnnotationBindOptions is podman's.
	AnnotationBindOptions = "bind-mount-options"
)

var annotations = []Annotation{
	{Key: AnnotationNetwork, Value: "the name of a network", Example: "backend", check: quoted(checkNetwork),
		Meaning: "Puts the pod on this bridge network instead of its namespace's (kubehost, kubehost-<namespace>). It is made when it is not there."},
	{Key: AnnotationSubdir, Value: "a directory below the volume base directory", Example: "shop/blue", check: quoted(checkSubdir),
		Meaning: "Holds the pod's claims. Without it that is the pod's namespace, whose pods share their claims."},
	{Key: AnnotationRegistryLogin, Value: "lines of: registry=HOST username=USER password-file=PATH", Example: registryLoginForm, check: checkLogins,
		Meaning: "Logs in where images of the pod are pulled from, each time, and leaves nothing behind. The password is the content of a file of this host " +
			"that other users cannot read; it is read at each pull and kept nowhere. imagePullSecrets do the same with Secrets."},
	{Key: AnnotationDependsOn, Value: "pods of the namespace, or POD/CONTAINER, separated by blanks or commas", Example: "db, cache/redis", check: checkNeeds,
		Meaning: "Starts the pod when these are ready, or have done their work. Without a supervisor (none) it is started after them, and waits for nothing."},
	{Key: AnnotationAutoStart, Value: "true or false", Example: "false", check: quoted(checkBool),
		Meaning: "false leaves the pod stopped when the host boots. The default is true."},
	{Key: AnnotationEnvFiles + "*", Value: "absolute paths of files of this host, separated by blanks; - in front of one that may be missing", Example: "/etc/default/web -/etc/web.local",
		check: checkEnvFiles,
		Meaning: "Adds lines of the form NAME=value to the container's environment, as docker's --env-file does: all behind the = is the value, # in front " +
			"makes a comment. They are read when the pod is applied. Later files win over earlier ones, envFrom and env over all files. The values are treated as those of Secrets."},
	{Key: AnnotationOptions + "*", Value: "options of docker run and podman run, as a shell would take them", Example: "--device=/dev/fuse --log-opt max-size=10m",
		check: checkOptions,
		Meaning: "Adds options to the command that makes the container, on either runtime. They must have their long names. Those by which kubehost " +
			"finds and joins its containers are refused."},
	{Key: AnnotationDockerOptions + "*", Value: "as above", Example: "--isolation=default", check: checkOptions, Meaning: "The same on docker only."},
	{Key: AnnotationPodmanOptions + "*", Value: "as above", Example: "--sdnotify=ignore", check: checkOptions, Meaning: "The same on podman only."},

	{Key: podmanUlimit, Value: "limits separated by commas", Example: "nofile=1024:2048,memlock=-1:-1", check: quoted(checkUlimits),
		Meaning: "Sets resource limits of all containers of the pod."},
	{Key: podmanPrefix + "pids-limit/*", Value: "a number, -1 for no limit", Example: "512", check: quoted(checkPIDs), Meaning: "Limits how many processes the container may have."},
	{Key: podmanPrefix + "cpuset/*", Value: "numbers and ranges", Example: "0-1,3", check: quoted(checkSet), Meaning: "Keeps the container on these CPUs."},
	{Key: podmanPrefix + "memory-nodes/*", Value: "numbers and ranges", Example: "0", check: quoted(checkSet), Meaning: "Keeps the container's memory on these NUMA nodes."},
	{Key: AnnotationBindOptions, Value: "PATH:z or PATH:Z", Example: "/srv/pages:z", check: checkBindOption,
		Meaning: "Lets SELinux give the containers of all pods (z), or of this pod alone (Z), the hostPath volume of that path, for good. " +
			"Any other hostPath keeps its label; without SELinux there is none."},
	{Key: podmanPrefix + "init/*", Value: "TRUE or FALSE", Example: "TRUE", check: quoted(checkTRUE), Meaning: "Runs an init process in the container that passes signals on and reaps what is left."},
}

// ownAnnotations checks the values of a pod's annotations, and that the containers are there that keys name.
func (c *checker) ownAnnotations(at *field.Path, values map[string]string, containers []string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		for _, a := range annotations {
			prefix, ofContainer := strings.CutSuffix(a.Key, "*")
			name, ok := strings.CutPrefix(key, prefix)
			if key != a.Key && !(ofContainer && ok) {
				continue
			}
			if ofContainer && !slices.Contains(containers, name) {
				hint := "the pod has " + strings.Join(containers, ", ")
				if near := closest(name, containers); near != "" {
					hint = "did you mean " + prefix + near + "?"
				}
				c.missing(at.Key(key), hint, "the pod has no container %q", name)
			}
			if detail, hint := a.check(values[key]); detail != "" {
				c.invalid(at.Key(key), hint, "%s", detail)
			}
		}
	}
}

// quoted puts the value in front of what is wrong with it. Values that may hold more are not repeated: somebody may have put a
// password there.
func quoted(check func(string) (string, string)) func(string) (string, string) {
	return func(value string) (detail, hint string) {
		if detail, hint = check(value); detail != "" {
			detail = quote(value) + " " + detail
		}
		return detail, hint
	}
}
