package runtime_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/kubehost/kubehost/runtime"
)

func TestRemedy(t *testing.T) {
	file := func(err error) error {
		return fmt.Errorf("pod: %w", &fs.PathError{Op: "open", Path: "/state/pods/x", Err: err})
	}
	says := func(stderr string, argv ...string) error {
		return &runtime.StepError{What: "cannot", Err: &runtime.CommandError{Command: runtime.Command{Argv: argv}, Result: runtime.Result{Code: 1, Stderr: []byte(stderr)}}}
	}
	login := &runtime.CommandError{Command: runtime.Command{Argv: []string{"sh"}, Brief: []string{"podman", "pull", "x"}},
		Result: runtime.Result{Code: 125, Stderr: []byte("write /x: no space left on device")}}
	for _, c := range []struct {
		err  error
		want string
	}{
		{file(syscall.ENOSPC), "make room on the file system of /state/pods "},
		{errors.Join(errors.New("other"), file(syscall.EDQUOT)), "make room on the file system of /state/pods "},
		{syscall.ENOSPC, "make room on the file system of the host "},
		{file(syscall.EROFS), "make the file system of /state/pods writable"},
		{says("write /var/lib/docker/x: no space left on device", "docker", "pull", "x"), `make room where docker keeps images and containers: "docker system df"`},
		{login, "make room where podman keeps images"},
		{says("tar: x: No space left on device", "sh", "-c", "tar"), "make room: df -h"},
		{says("Cannot connect to the Docker daemon at unix:///run/docker.sock.", "docker", "ps"), "start the docker engine"},
		{says("Cannot connect to the Docker daemon at unix:///run/user/1000/docker.sock. Is the docker daemon running?", "docker", "ps"), "start the docker engine (systemctl --user start docker)"},
		{says("failed to connect to the docker API at unix:///run/user/1000/docker.sock; check if the daemon is running", "docker", "ps"), "start the docker engine (systemctl --user start docker)"},
		{says("dial tcp 192.0.2.1:443: connect: connection refused", "docker", "pull", "x"), ""},
		{file(syscall.EACCES), ""},
		{says("no such image", "docker", "pull", "x"), ""},
		{errors.New("no space left on device"), ""},
	} {
		got := runtime.Remedy(c.err)
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%v: %q, want %q…", c.err, got, c.want)
		}
	}
}
