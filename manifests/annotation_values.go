package manifests

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// PodNeed is one entry of the annotation kubehost.dev/depends-on. Without a container it is all main containers of the pod.
type PodNeed struct{ Pod, Container string }

// ParseNeeds reads the annotation's value.
func ParseNeeds(value string) ([]PodNeed, error) {
	var needs []PodNeed
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		pod, container, both := strings.Cut(word, "/")
		if len(validation.IsDNS1123Subdomain(pod)) > 0 || both && len(validation.IsDNS1123Label(container)) > 0 {
			return nil, fmt.Errorf("%q is not the name of a pod, or POD/CONTAINER", word)
		}
		needs = append(needs, PodNeed{pod, container})
	}
	if len(needs) == 0 {
		return nil, errors.New("it names no pod")
	}
	return needs, nil
}

func checkNeeds(value string) (detail, hint string) {
	if _, err := ParseNeeds(value); err != nil {
		return err.Error(), "write the names of pods of this namespace, such as db or db/postgres"
	}
	return "", ""
}

// EnvFile is one file of an env-files annotation.
type EnvFile struct {
	Path string
	// Optional says that it may be missing.
	Optional bool
}

// ParseEnvFiles reads the annotation's value.
func ParseEnvFiles(value string) ([]EnvFile, error) {
	words, err := splitWords(value)
	if err != nil {
		return nil, err
	}
	var files []EnvFile
	for _, word := range words {
		name, optional := strings.CutPrefix(word, "-")
		if !path.IsAbs(name) || strings.ContainsRune(name, 0) {
			return nil, fmt.Errorf("%q is not an absolute path", word)
		}
		files = append(files, EnvFile{path.Clean(name), optional})
	}
	if len(files) == 0 {
		return nil, errors.New("it names no file")
	}
	return files, nil
}

func checkEnvFiles(value string) (detail, hint string) {
	if _, err := ParseEnvFiles(value); err != nil {
		return err.Error(), "write paths such as /etc/default/web; a path with blanks stands in quotes"
	}
	return "", ""
}

func checkLogins(value string) (detail, hint string) {
	logins, err := ParseRegistryLogins(value)
	if err == nil && len(logins) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return err.Error(), "write: " + registryLoginForm
	}
	return "", ""
}

// BindOption is the value of the annotation bind-mount-options.
type BindOption struct {
	Path string
	// Private is for the pod alone.
	Private bool
}

// ParseBindOption reads the annotation's value.
func ParseBindOption(value string) (BindOption, error) {
	at := strings.LastIndexByte(value, ':')
	if at < 0 || value[at+1:] != "z" && value[at+1:] != "Z" {
		return BindOption{}, fmt.Errorf("%q ends in neither :z nor :Z", value)
	}
	if !path.IsAbs(value[:at]) {
		return BindOption{}, fmt.Errorf("%q is not an absolute path", value[:at])
	}
	return BindOption{path.Clean(value[:at]), value[at+1:] == "Z"}, nil
}

func checkBindOption(value string) (detail, hint string) {
	if _, err := ParseBindOption(value); err != nil {
		return err.Error(), "write the path of a hostPath volume with :z or :Z, such as /srv/pages:z"
	}
	return "", ""
}

func checkBool(value string) (detail, hint string) {
	if value != "true" && value != "false" {
		return "is neither true nor false", `write "true" or "false", in quotes`
	}
	return "", ""
}

// The annotations of "podman kube play".
const (
	podmanPrefix = "io.podman.annotations."
	podmanUlimit = podmanPrefix + "ulimit"
)

var (
	ulimit  = regexp.MustCompile(`^[a-z]+=-?[0-9]+(:-?[0-9]+)?$`)
	numbers = regexp.MustCompile(`^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$`)
)

func checkUlimits(value string) (detail, hint string) {
	for limit := range strings.SplitSeq(value, ",") {
		if !ulimit.MatchString(strings.TrimSpace(limit)) {
			return "is not a list of limits", "write them as nofile=1024:2048,memlock=-1:-1"
		}
	}
	return "", ""
}

func checkPIDs(value string) (detail, hint string) {
	if n, err := strconv.ParseInt(value, 10, 64); err != nil || n < -1 || n == 0 {
		return "is not a number of processes", "write a number, or -1 for no limit"
	}
	return "", ""
}

func checkSet(value string) (detail, hint string) {
	if !numbers.MatchString(value) {
		return "is not a list of numbers", "write numbers and ranges, such as 0-1,3"
	}
	return "", ""
}

func checkTRUE(value string) (detail, hint string) {
	if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
		return "is neither TRUE nor FALSE", ""
	}
	return "", ""
}

// PodmanOptions are the options of both runtimes that the annotations of "podman kube play" ask for a container.
func PodmanOptions(annotations map[string]string, container string) []string {
	var options []string
	if limits, ok := annotations[podmanUlimit]; ok {
		for limit := range strings.SplitSeq(limits, ",") {
			options = append(options, "--ulimit="+strings.TrimSpace(limit))
		}
	}
	for _, o := range []struct{ key, option string }{{"pids-limit/", "--pids-limit"}, {"cpuset/", "--cpuset-cpus"}, {"memory-nodes/", "--cpuset-mems"}} {
		if value, ok := annotations[podmanPrefix+o.key+container]; ok {
			options = append(options, o.option+"="+value)
		}
	}
	if strings.EqualFold(annotations[podmanPrefix+"init/"+container], "true") {
		options = append(options, "--init")
	}
	return options
}
