package docker

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
)

// answers is a Runner that answers by the command's second word; one without an answer fails.
type answers map[string]string

func (a answers) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	text, ok := a[c.Argv[1]]
	if !ok {
		return runtime.Result{Code: 1, Stderr: []byte("no answer\n")}, nil
	}
	return runtime.Result{Stdout: []byte(text + "\n")}, nil
}

func TestFindUser(t *testing.T) {
	const rootless = `["name=seccomp,profile=default","name=rootless","name=cgroupns"]`
	for _, test := range []struct {
		name    string
		answers answers
		want    User
		err     string
	}{
		{name: "root's", answers: answers{"info": `["name=seccomp,profile=default"]`}},
		{name: "a user's", answers: answers{"info": rootless, "context": "unix:///run/user/1000/docker.sock"}, want: User{Dir: "/run/user/1000"}},
		{name: "elsewhere", answers: answers{"info": rootless, "context": "ssh://kube@other"}, err: "rootless and at ssh://kube@other"},
		{name: "gone", err: "docker info: no answer"},
		{name: "no context", answers: answers{"info": rootless}, err: "docker context: no answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := FindUser(t.Context(), test.answers)
			if got != test.want || (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestExpectUser(t *testing.T) {
	for host, want := range map[string]User{"unix:///run/user/1000/docker.sock": {Dir: "/run/user/1000"}, "unix:///var/run/docker.sock": {}, "tcp://other": {}} {
		if got, err := ExpectUser(t.Context(), answers{"context": host}, "/run/user/1000/"); got != want || err != nil {
			t.Errorf("%s: got %+v, %v", host, got, err)
		}
	}
	if _, err := ExpectUser(t.Context(), answers{}, "/run/user/1000"); err == nil {
		t.Error("no error without an answer")
	}
}

// TestEnter runs the wrapped commands with an nsenter that prints its arguments.
func TestEnter(t *testing.T) {
	dir := t.TempDir()
	nsenter := "#!/bin/sh\nfor a; do printf '%s|' \"$a\"; done\n"
	err := errors.Join(os.WriteFile(filepath.Join(dir, "nsenter"), []byte(nsenter), 0o755), os.WriteFile(filepath.Join(dir, "docker.pid"), []byte("77"), 0o644))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	said := func(argv []string) string {
		out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	socket := filepath.Join(dir, "docker.sock")
	d := Dialect{User: userOf(socket)}
	if !d.Features().NoHostNetwork {
		t.Error("the engine's own network is taken for the host's")
	}
	mount := said(d.Unshare("mount", "a b").Argv)
	net := said(d.InNetwork("dial", "x"))
	if err := os.MkdirAll(filepath.Join(dir, "dockerd-rootless", "netns"), 0o755); err != nil {
		t.Fatal(err)
	}
	detached := said(d.InNetwork("dial", "x"))
	if d.User = userOf(socket); d.Features().NoHostNetwork || !d.Features().Rootless {
		t.Errorf("of an engine in the host's network: %+v", d.Features())
	}
	const common = "--preserve-credentials|--user|"
	want := []string{common + "--mount|--target|77|--|mount|a b|", common + "--net|--target|77|--|dial|x|",
		common + "--net=" + dir + "/dockerd-rootless/netns|--target|77|--|dial|x|"}
	if diff := cmp.Diff(want, []string{mount, net, detached}); diff != "" {
		t.Error(diff)
	}
	if got := append((Dialect{}).Unshare("true").Argv, (Dialect{}).InNetwork("true")...); !cmp.Equal(got, []string{"true", "true"}) {
		t.Errorf("as root: %v", got)
	}
}
