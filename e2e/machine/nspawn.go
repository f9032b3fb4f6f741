package machine

import (
	"maps"
	"slices"
)

// Paths inside.
const (
	agentPath   = "/usr/local/lib/kubehost-e2e/agent"
	controlPath = "/usr/local/lib/kubehost-e2e/control"
)

func nspawnArgs(c Config, self string) []string {
	args := []string{
		"--directory=" + rootDir,
		"--boot",
		"--quiet",
		"--machine=e2e",
		"--register=no",     // no machined is needed on this machine, nor systemd
		"--keep-unit",       // nor a scope: it stays in the control groups that it was started in
		"--link-journal=no", // the journal stays inside
		"--resolv-conf=off", "--timezone=off",
		"--private-network", // published ports and bridges are the machine's own
		"--console=read-only",
		// Runtimes make namespaces, mounts, devices and nested containers.
		"--capability=all",
		"--system-call-filter=@keyring bpf @mount @privileged @raw-io @pkey",
		// slirp4netns and fuse-overlayfs, of rootless podman.
		"--bind=" + tmpDir + "/dev/tun:/dev/net/tun", "--bind=" + tmpDir + "/dev/fuse:/dev/fuse",
		"--bind-ro=" + self + ":" + agentPath,
		"--bind=" + c.Control + ":" + controlPath,
	}
	for _, dir := range plain {
		args = append(args, "--bind="+tmpDir+"/plain"+dir+":"+dir)
	}
	for _, inside := range slices.Sorted(maps.Keys(c.Binds)) {
		args = append(args, "--bind-ro="+c.Binds[inside]+":"+inside)
	}
	return args
}

// baseFiles are the files that every machine has.
func baseFiles() map[string]string {
	return map[string]string{
		"/etc/machine-id": machineID(),
		"/etc/hostname":   "e2e\n",
		// systemd-nspawn mounts the controllers of version 1 read-only.
		"/etc/systemd/system/e2e-cgroups.service": `[Unit]
Description=Control groups for all
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=` + agentPath + ` ` + cgroupsRole + `

[Install]
WantedBy=sysinit.target
`,
		// It is there as soon as services are: the tests see a host that is still booting.
		"/etc/systemd/system/e2e-agent.service": `[Unit]
Description=Commands of the end-to-end tests
Wants=dbus.socket
After=dbus.socket

[Service]
Type=exec
ExecStart=` + agentPath + ` ` + agentRole + `
# What a command has left running is not the agent's: it goes when the host does.
KillMode=process

[Install]
WantedBy=multi-user.target
`,
		// Everything that happened is to be found after a power cut.
		"/etc/systemd/journald.conf.d/e2e.conf": "[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n",
	}
}
