package manifests

import (
	"fmt"
	"slices"
	"strings"
)

// ownedOptions are options of the runtimes' run command that kubehost sets itself or that belong to the pod, with what to
// use in their place.
var ownedOptions = map[string]string{
	"name": "the name is made of the pod's and the container's", "replace": "kubehost replaces containers itself", "rm": "kubehost removes containers itself",
	"detach": "kubehost starts containers itself", "attach": "kubehost starts containers itself", "sig-proxy": "kubehost starts containers itself",
	"restart": "use spec.restartPolicy", "restart-sec": "use spec.restartPolicy", "pod": "a container is in its own pod", "pod-id-file": "a container is in its own pod",
	"network": "use the annotation kubehost.dev/network, or spec.hostNetwork", "net": "use the annotation kubehost.dev/network, or spec.hostNetwork",
	"network-alias": "the pod's names are its aliases", "net-alias": "the pod's names are its aliases", "link": "pods find one another by name",
	"ip": "the network gives the address", "ip6": "the network gives the address", "mac-address": "the network gives the address", "link-local-ip": "the network gives the address",
	"publish": "use ports[].hostPort", "publish-all": "use ports[].hostPort", "expose": "use ports[].containerPort",
	"hostname": "use spec.hostname", "domainname": "use spec.subdomain", "uts": "use spec.hostNetwork", "ipc": "use spec.hostIPC", "pid": "use spec.hostPID or spec.shareProcessNamespace",
	"userns": "use spec.hostUsers", "add-host": "use spec.hostAliases", "dns": "use spec.dnsConfig", "dns-opt": "use spec.dnsConfig", "dns-option": "use spec.dnsConfig",
	"dns-search": "use spec.dnsConfig", "no-hosts": "use spec.hostAliases", "no-hostname": "use spec.hostname",
	"env": "use env", "env-file": "use the annotation env-files.kubehost.dev/<container>", "env-host": "use env", "env-merge": "use env",
	"entrypoint": "use command", "workdir": "use workingDir", "interactive": "use stdin", "tty": "use tty", "pull": "use imagePullPolicy", "label-file": "use --label",
	"cidfile": "kubehost finds its containers by their labels", "conmon-pidfile": "kubehost finds its containers by their labels", "pidfile": "kubehost finds its containers by their labels",
	"init-ctr": "use initContainers", "rootfs": "use image", "requires": "use the annotation kubehost.dev/depends-on", "stop-timeout": "use terminationGracePeriodSeconds",
	"help": "it would run nothing", "authfile": "use spec.imagePullSecrets", "creds": "use spec.imagePullSecrets", "context": "use --runtime or DOCKER_CONTEXT", "host": "use DOCKER_HOST",
	// Security that is asked for must be seen where Kubernetes' tools look for it.
	"privileged": "use securityContext.privileged", "user": "use securityContext.runAsUser and runAsGroup", "cap-add": "use securityContext.capabilities.add",
	"cap-drop": "use securityContext.capabilities.drop", "read-only": "use securityContext.readOnlyRootFilesystem", "group-add": "use securityContext.supplementalGroups",
}

// boolOptions need no value.
var boolOptions = []string{"disable-content-trust", "http-proxy", "init", "no-healthcheck", "oom-kill-disable", "passwd", "quiet", "read-only-tmpfs", "tls-verify", "unsetenv-all", "use-api-socket"}

// ParseOptions reads the value of an extra-options annotation: options with long names, each as "--name=value".
func ParseOptions(value string) ([]string, error) {
	words, err := splitWords(value)
	if err != nil {
		return nil, err
	}
	var options []string
	for i := 0; i < len(words); i++ {
		name, text, given := strings.Cut(words[i], "=")
		long, ok := strings.CutPrefix(name, "--")
		switch {
		case !ok && strings.HasPrefix(name, "-") && name != "-":
			return nil, fmt.Errorf("%s: write options with their long names: --volume for -v", name)
		case !ok || long == "":
			return nil, fmt.Errorf("%q is no option: the image and what it runs are image, command and args", words[i])
		case ownedOptions[long] != "":
			return nil, fmt.Errorf("--%s cannot be given here: %s", long, ownedOptions[long])
		}
		// "--name value" is as good as "--name=value".
		if !given && !slices.Contains(boolOptions, long) {
			if i++; i == len(words) || strings.HasPrefix(words[i], "--") {
				return nil, fmt.Errorf("--%s needs a value: --%s=true for one that is on or off", long, long)
			}
			text, given = words[i], true
		}
		if long == "label" && inDomain(strings.SplitN(text, "=", 2)[0], ownDomain) {
			return nil, fmt.Errorf("labels of %s are kubehost's own", ownDomain)
		}
		if given {
			name += "=" + text
		}
		options = append(options, name)
	}
	return options, nil
}

func checkOptions(value string) (detail, hint string) {
	if _, err := ParseOptions(value); err != nil {
		return err.Error(), "write options of docker run or podman run, such as --device=/dev/fuse"
	}
	return "", ""
}
