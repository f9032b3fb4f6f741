package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/kubehost/kubehost/e2e/machine"
)

// dockerdOfUser is the script that starts docker's engine for a user. Debian keeps it apart.
func dockerdOfUser() (string, error) {
	for _, program := range []string{"docker", "dockerd", "rootlesskit", "slirp4netns", "newuidmap"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("%s is not installed", program)
		}
	}
	for _, path := range []string{"dockerd-rootless.sh", "/usr/share/docker.io/contrib/dockerd-rootless.sh"} {
		if path, err := exec.LookPath(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("dockerd-rootless.sh is not installed")
}

// filesOfUsersDocker are those that dockerd-rootless-setuptool.sh leaves behind: the service of the engine, which is ready
// as soon as it is started, and the context in which the user's commands find it.
func filesOfUsersDocker(home string) (map[string]string, error) {
	script, err := dockerdOfUser()
	if err != nil {
		return nil, err
	}
	const context = "rootless"
	id := sha256.Sum256([]byte(context))
	return map[string]string{
		home + "/.config/systemd/user/docker.service": `[Unit]
Description=Docker Application Container Engine (Rootless)

[Service]
Environment=PATH=` + filepath.Dir(script) + `:/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/bin
ExecStart=` + script + `
ExecReload=/bin/kill -s HUP $MAINPID
TimeoutSec=0
RestartSec=2
Restart=always
StartLimitBurst=3
StartLimitInterval=60s
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
Type=simple
KillMode=mixed
`,
		// Enabled.
		home + "/.config/systemd/user/default.target.d/docker.conf": "[Unit]\nWants=docker.service\n",
		home + "/.docker/config.json":                               fmt.Sprintf("{\"currentContext\": %q}\n", context),
		home + "/.docker/contexts/meta/" + hex.EncodeToString(id[:]) + "/meta.json": fmt.Sprintf(
			`{"Name": %q, "Metadata": {}, "Endpoints": {"docker": {"Host": "unix:///run/user/%d/docker.sock"}}}`, context, machine.UserID),
	}, nil
}
