package probe

import (
	"context"
	"testing"

	"github.com/kubehost/kubehost/runtime"
)

// What docker and podman print when they run no command, and what commands print that fail.
func TestRefusal(t *testing.T) { // fact 10.20
	const notFound = `OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown`
	const invoked = "OCI runtime attempted to invoke a command that was not found"
	result := func(code int, stdout, stderr string) runtime.Result {
		return runtime.Result{Stdout: []byte(stdout), Stderr: []byte(stderr), Code: code}
	}
	for _, test := range []struct {
		runtime string
		result  runtime.Result
		want    string
		sure    bool
	}{
		{"docker", result(126, notFound+"\r\n", ""), notFound, true},
		{"docker", result(127, "", notFound+"\n"), notFound, true},
		{"docker", result(127, "", "Error response from daemon: "+notFound+"\n"), notFound, true},
		{"docker", result(1, "", "Error response from daemon: Container 5adb is not running\n"), "Error response from daemon: Container 5adb is not running", false},
		{"docker", result(1, "", "Cannot connect to the Docker daemon at unix:///nope. Is the docker daemon running?\n"),
			"Cannot connect to the Docker daemon at unix:///nope. Is the docker daemon running?", false},
		{"docker", result(127, "", "sh: /nope: not found\n"), "", false},
		{"docker", result(126, "a\n", "b\n"), "", false},
		{"docker", result(126, notFound+"\n", "b\n"), "", false},
		{"docker", result(1, "", "Error response from daemon: x\nand more\n"), "", false},
		{"docker", result(125, "", "Error: no such container\n"), "", false},
		{"docker", result(0, notFound, ""), "", false},
		{"podman", result(127, "", "Error: runc: exec failed: unable to start container process: exec: \"nope\": executable file not found in $PATH: "+invoked+"\n"),
			"runc: exec failed: unable to start container process: exec: \"nope\": executable file not found in $PATH: " + invoked, true},
		{"podman", result(126, "", "time=\"2024-01-01\" level=warning msg=\"x\"\nError: crun: open executable: Permission denied: OCI permission denied\n"),
			"crun: open executable: Permission denied: OCI permission denied", true},
		{"podman", result(255, "", "Error: can only create exec sessions on running containers: container state improper\n"),
			"can only create exec sessions on running containers: container state improper", true},
		{"podman", result(125, "", "Error: no container with name or ID \"x\" found: no such container\n"),
			`no container with name or ID "x" found: no such container`, true},
		{"podman", result(255, "", "Error: cannot reach the database\n"), "", false},
		{"podman", result(127, "", "sh: /nope: not found\n"), "", false},
		{"podman", result(126, "", "sh: /etc: Permission denied\n"), "", false},
		{"podman", result(1, "", ""), "", false},
	} {
		if got, sure := refusal(test.runtime, test.result); got != test.want || sure != test.sure {
			t.Errorf("%s %d %q: %q %v", test.runtime, test.result.Code, string(test.result.Stdout)+string(test.result.Stderr), got, sure)
		}
	}
}

// A container may have a docker of its own, whose words are those of the host's: the host's is asked.
func TestRefusalConfirmed(t *testing.T) {
	for state, unknown := range map[string]bool{"true false\n": false, "false false\n": true, "true true\n": true, "": true} {
		run := NewExec(runner(func(_ context.Context, c runtime.Command) (runtime.Result, error) {
			if c.Argv[1] == "exec" {
				return runtime.Result{Stderr: []byte("Cannot connect to the Docker daemon at unix:///s. Is the docker daemon running?\n"), Code: 1}, nil
			}
			return runtime.Result{Stdout: []byte(state)}, nil
		}), named{name: "docker"})
		exit, err := run(t.Context(), Command{Container: "dind", Argv: []string{"docker", "ps"}, Timeout: long})
		if (err != nil) != unknown || !unknown && exit.Code != 1 {
			t.Errorf("%q: %+v, %v", state, exit, err)
		}
	}
}
