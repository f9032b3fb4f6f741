package probe

import (
	"slices"
	"strings"

	"github.com/kubehost/kubehost/runtime"
)

// refusal is what the runtime said when there was no command to run, or no way to. It is empty when the result is that of
// the command. Both share the exit codes and the streams, and only the words tell them apart, so a message that
// a command may well have printed itself (a probe that runs docker inside the container) is not sure.
//
// Engine 20.10 says it on stdout and with 126; later ones on stderr, and with 127 for a binary that is missing.
//
//	docker  126, 127  "OCI runtime exec failed: exec failed: …"
//	docker  1         "Error response from daemon: container … is not running", "Cannot connect to the Docker daemon at …"
//	podman  126, 127  "Error: crun: executable file `x` not found in $PATH: …: OCI runtime attempted to invoke a command that was not found"
//	podman  125       "Error: no container with name or ID …", and all else that is wrong with podman
//	podman  255       "Error: can only create exec sessions on running containers: container state improper"
func refusal(name string, r runtime.Result) (message string, sure bool) {
	line, ok := onlyLine(r)
	if !ok {
		return "", false
	}
	if name == "docker" {
		return dockerRefusal(line, r.Code)
	}
	line, ok = strings.CutPrefix(line, "Error: ")
	switch ends := func(s string) bool { return strings.HasSuffix(line, s) }; {
	case !ok:
	case r.Code == 125,
		r.Code == 126 && ends(": OCI permission denied"),
		r.Code == 127 && ends(": OCI runtime attempted to invoke a command that was not found"),
		r.Code == 255 && ends(": container state improper"):
		return line, true
	}
	return "", false
}

func dockerRefusal(line string, code int) (message string, sure bool) {
	starts := func(s string) bool { return strings.HasPrefix(line, s) }
	switch code {
	case 126, 127:
		line = strings.TrimPrefix(line, "Error response from daemon: ")
		if starts("OCI runtime exec failed: ") {
			return line, true
		}
	case 1:
		if slices.ContainsFunc([]string{"Error response from daemon: ", "Error: No such container: ", "Cannot connect to the Docker daemon at ",
			"error during connect: ", "permission denied while trying to connect to the Docker daemon"}, starts) {
			return line, false
		}
	}
	return "", false
}

// onlyLine is all that was printed, when that is one line, besides podman's warnings.
func onlyLine(r runtime.Result) (string, bool) {
	if len(r.Stdout) > 0 && len(r.Stderr) > 0 {
		return "", false
	}
	var only string
	for line := range strings.Lines(string(r.Stdout) + string(r.Stderr)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, `time="`) {
			continue
		}
		if only != "" {
			return "", false
		}
		only = line
	}
	return only, r.Code != 0 && only != ""
}
