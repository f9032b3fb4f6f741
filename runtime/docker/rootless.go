package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/kubehost/kubehost/runtime"
)

// User is the engine of a user: its containers, mounts and networks are in namespaces of its own.
// The zero value is an engine of root.
type User struct {
	// Dir is the directory of its socket, where it keeps the process id of who holds the namespaces.
	Dir string
	// HostNetwork says that the engine itself is in the host's network namespace, and so are containers that ask for it.
	HostNetwork bool
}

// detached is where an engine that is in the host's network namespace keeps the one of its networks: one of version 29.5 or
// newer, made with version 2 of rootlesskit or newer. The others are in that of their networks themselves.
const detached = "dockerd-rootless/netns"

// userOf is the user whose engine has its socket there.
func userOf(socket string) User {
	dir := path.Dir(socket)
	_, err := os.Stat(path.Join(dir, detached))
	return User{Dir: dir, HostNetwork: err == nil}
}

// FindUser asks whether the engine is a user's.
func FindUser(ctx context.Context, r runtime.Runner) (User, error) {
	options, err := answer(ctx, r, "info", "--format", "{{json .SecurityOptions}}")
	if err != nil || !strings.Contains(options, "name=rootless") {
		return User{}, err
	}
	host, err := endpoint(ctx, r)
	if err != nil {
		return User{}, err
	}
	socket, ok := strings.CutPrefix(host, "unix://")
	if !ok {
		return User{}, fmt.Errorf("the docker engine is rootless and at %s, where its files cannot be reached\n  hint: use it through its socket: docker context use rootless", host)
	}
	return userOf(socket), nil
}

// ExpectUser says the same of an engine that perhaps does not run yet: that of a user has its socket in the user's
// runtime directory.
func ExpectUser(ctx context.Context, r runtime.Runner, runtimeDir string) (User, error) {
	host, err := endpoint(ctx, r)
	if socket, ok := strings.CutPrefix(host, "unix://"); ok && err == nil && path.Dir(socket) == path.Clean(runtimeDir) {
		return userOf(socket), nil
	}
	return User{}, err
}

// endpoint is where the command finds the engine.
func endpoint(ctx context.Context, r runtime.Runner) (string, error) {
	return answer(ctx, r, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
}

func answer(ctx context.Context, r runtime.Runner, args ...string) (string, error) {
	res, err := r.Run(ctx, runtime.Command{Argv: append([]string{"docker"}, args...)})
	if err == nil && res.Code != 0 {
		err = errors.New(strings.TrimSpace(string(res.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("docker %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(res.Stdout)), nil
}

// enter runs a command in the namespaces of users and mounts: only there does the user own what containers wrote, and may
// mount. The engine may have been started anew since.
const enter = `exec nsenter --preserve-credentials --user --mount --target "$(cat "$0/docker.pid")" -- "$@"`

// enterNet runs one in the network namespace of the engine's networks.
const enterNet = `net=--net; [ ! -e "$0/` + detached + `" ] || net=--net=$0/` + detached + `; ` +
	`exec nsenter --preserve-credentials --user "$net" --target "$(cat "$0/docker.pid")" -- "$@"`

// InNetwork is the command itself, unless the engine is a user's: then its networks are in a namespace of their own.
func (d Dialect) InNetwork(argv ...string) []string {
	if d.User.Dir != "" {
		return append([]string{"sh", "-c", enterNet, d.User.Dir}, argv...)
	}
	return argv
}

// Unshare is the command itself, unless the engine is a user's: then the ids in containers are not those of the host.
func (d Dialect) Unshare(argv ...string) runtime.Command {
	if d.User.Dir != "" {
		argv = append([]string{"sh", "-c", enter, d.User.Dir}, argv...)
	}
	return runtime.Command{Argv: argv}
}
